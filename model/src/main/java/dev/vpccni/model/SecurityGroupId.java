package dev.vpccni.model;

/**
 * The identifier of a security group, such as {@code sg-0123456789abcdef0}.
 *
 * @param value the text that EC2 gave it; not empty
 */
public record SecurityGroupId(String value) implements Comparable<SecurityGroupId> {

    public SecurityGroupId {
        if (value.isEmpty()) {
            throw new IllegalArgumentException("empty security group id");
        }
    }

    @Override
    public int compareTo(SecurityGroupId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
