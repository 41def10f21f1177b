package dev.vpccni.model;

/**
 * The identifier of a VPC, such as {@code vpc-0123456789abcdef0}.
 *
 * @param value the text that EC2 gave it; not empty
 */
public record VpcId(String value) implements Comparable<VpcId> {

    public VpcId {
        if (value.isEmpty()) {
            throw new IllegalArgumentException("empty VPC id");
        }
    }

    @Override
    public int compareTo(VpcId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
