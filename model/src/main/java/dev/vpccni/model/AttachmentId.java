package dev.vpccni.model;

/**
 * The identifier of an ENI's attachment to an instance, such as {@code
 * eni-attach-0123456789abcdef0}.
 *
 * @param value the text that EC2 gave it; not empty
 */
public record AttachmentId(String value) implements Comparable<AttachmentId> {

    public AttachmentId {
        if (value.isEmpty()) {
            throw new IllegalArgumentException("empty attachment id");
        }
    }

    @Override
    public int compareTo(AttachmentId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
