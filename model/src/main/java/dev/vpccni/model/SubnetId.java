package dev.vpccni.model;

/**
 * The identifier of a subnet, such as {@code subnet-0123456789abcdef0}.
 *
 * @param value the text that EC2 gave it; not empty
 */
public record SubnetId(String value) implements Comparable<SubnetId> {

    public SubnetId {
        if (value.isEmpty()) {
            throw new IllegalArgumentException("empty subnet id");
        }
    }

    @Override
    public int compareTo(SubnetId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
