package dev.vpccni.model;

/**
 * The identifier of a network interface (ENI), such as {@code eni-0123456789abcdef0}.
 *
 * @param value the text that EC2 gave it; not empty
 */
public record InterfaceId(String value) implements Comparable<InterfaceId> {

    public InterfaceId {
        if (value.isEmpty()) {
            throw new IllegalArgumentException("empty interface id");
        }
    }

    @Override
    public int compareTo(InterfaceId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
