package dev.vpccni.model;

/**
 * The identifier of an EC2 instance, such as {@code i-0123456789abcdef0}.
 *
 * @param value the text that EC2 gave it; not empty
 */
public record InstanceId(String value) implements Comparable<InstanceId> {

    public InstanceId {
        if (value.isEmpty()) {
            throw new IllegalArgumentException("empty instance id");
        }
    }

    @Override
    public int compareTo(InstanceId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
