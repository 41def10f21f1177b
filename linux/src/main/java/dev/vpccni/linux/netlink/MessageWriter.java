package dev.vpccni.linux.netlink;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/**
 * Writes one netlink message after the other into the same buffer: a family header, such as {@code
 * struct rtmsg}, then attributes, which may nest. Integers are in native byte order. What does not
 * fit throws {@link IndexOutOfBoundsException}. Not thread-safe.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/netlink.7.html">netlink(7)</a>
 * @see <a href="https://man7.org/linux/man-pages/man7/rtnetlink.7.html">rtnetlink(7)</a>
 */
public final class MessageWriter {

    private static final int ATTRIBUTE_HEADER_SIZE = 4;

    private final MemorySegment buffer;
    private int start;
    private int position;
    private int header;

    /** Writes into {@code buffer}. */
    public MessageWriter(MemorySegment buffer) {
        this.buffer = buffer;
    }

    /** Starts a message at the beginning of the buffer, in place of the one that is there. */
    public void start(int type, int flags, int sequence) {
        start = 0;
        messageHeader(type, flags, sequence);
    }

    /** Starts another message behind the one under way, with the same sequence number. */
    public MessageWriter next(int type, int flags) {
        int sequence = buffer.get(JAVA_INT_UNALIGNED, start + Datagram.SEQUENCE);
        buffer.set(JAVA_INT_UNALIGNED, start + Datagram.LENGTH, position - start);
        start = position; // which is aligned, as all that is written is
        messageHeader(type, flags, sequence);
        return this;
    }

    /** Adds flags to those of the message under way. */
    public MessageWriter flag(int flags) {
        int at = start + Datagram.FLAGS;
        int before = buffer.get(JAVA_SHORT_UNALIGNED, at);
        buffer.set(JAVA_SHORT_UNALIGNED, at, (short) (before | flags));
        return this;
    }

    /** Returns the messages that were written since {@link #start}. */
    public MemorySegment finish() {
        buffer.set(JAVA_INT_UNALIGNED, start + Datagram.LENGTH, position - start);
        return buffer.asSlice(0, position);
    }

    private void messageHeader(int type, int flags, int sequence) {
        buffer.set(JAVA_SHORT_UNALIGNED, start + Datagram.TYPE, (short) type);
        buffer.set(JAVA_SHORT_UNALIGNED, start + Datagram.FLAGS, (short) flags);
        buffer.set(JAVA_INT_UNALIGNED, start + Datagram.SEQUENCE, sequence);
        buffer.set(JAVA_INT_UNALIGNED, start + Datagram.PORT, 0);
        position = start + Datagram.HEADER_SIZE;
        header = position;
    }

    /** Appends a header of {@code size} zero bytes, which the setters fill in. */
    public MessageWriter header(int size) {
        header = position;
        int end = Datagram.aligned(size);
        for (int i = 0; i < end; i += Integer.BYTES) {
            buffer.set(JAVA_INT_UNALIGNED, position + i, 0);
        }
        position += end;
        return this;
    }

    /** Sets a byte of the header that was appended last. */
    public MessageWriter set8(int offset, int value) {
        buffer.set(JAVA_BYTE, header + offset, (byte) value);
        return this;
    }

    /** Sets two bytes of the header that was appended last. */
    public MessageWriter set16(int offset, int value) {
        buffer.set(JAVA_SHORT_UNALIGNED, header + offset, (short) value);
        return this;
    }

    /** Sets four bytes of the header that was appended last. */
    public MessageWriter set32(int offset, int value) {
        buffer.set(JAVA_INT_UNALIGNED, header + offset, value);
        return this;
    }

    /** Appends an attribute of four bytes. */
    public MessageWriter attribute(int type, int value) {
        attributeHeader(type, Integer.BYTES);
        buffer.set(JAVA_INT_UNALIGNED, position, value);
        position += Integer.BYTES;
        return this;
    }

    /** Appends an attribute of two bytes. */
    public MessageWriter attribute16(int type, int value) {
        attributeHeader(type, Short.BYTES);
        buffer.set(JAVA_INT_UNALIGNED, position, 0);
        buffer.set(JAVA_SHORT_UNALIGNED, position, (short) value);
        position += Integer.BYTES;
        return this;
    }

    /** Appends an attribute of one byte. */
    public MessageWriter attribute8(int type, int value) {
        attributeHeader(type, Byte.BYTES);
        buffer.set(JAVA_INT_UNALIGNED, position, 0);
        buffer.set(JAVA_BYTE, position, (byte) value);
        position += Integer.BYTES;
        return this;
    }

    /** Appends an attribute of any bytes, such as an address in network byte order. */
    public MessageWriter attribute(int type, byte[] value) {
        attributeHeader(type, value.length);
        MemorySegment.copy(value, 0, buffer, JAVA_BYTE, position, value.length);
        pad(value.length);
        return this;
    }

    /** Appends a text in UTF-8 with a zero byte behind it. */
    public MessageWriter attribute(int type, String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        attributeHeader(type, bytes.length + 1);
        MemorySegment.copy(bytes, 0, buffer, JAVA_BYTE, position, bytes.length);
        buffer.set(JAVA_BYTE, position + bytes.length, (byte) 0);
        pad(bytes.length + 1);
        return this;
    }

    /** Starts an attribute that contains attributes, and returns what {@link #end} wants. */
    public int nest(int type) {
        int start = position;
        attributeHeader(type, 0);
        return start;
    }

    /** Ends the attribute that {@link #nest} started. */
    public MessageWriter end(int nest) {
        buffer.set(JAVA_SHORT_UNALIGNED, nest, (short) (position - nest));
        return this;
    }

    private void attributeHeader(int type, int size) {
        int length = ATTRIBUTE_HEADER_SIZE + size;
        buffer.set(JAVA_SHORT_UNALIGNED, position, (short) length);
        buffer.set(JAVA_SHORT_UNALIGNED, position + Short.BYTES, (short) type);
        position += ATTRIBUTE_HEADER_SIZE;
    }

    /** Moves behind {@code size} bytes and zeroes what alignment leaves free. */
    private void pad(int size) {
        int end = Datagram.aligned(size);
        for (int i = size; i < end; i++) {
            buffer.set(JAVA_BYTE, position + i, (byte) 0);
        }
        position += end;
    }
}
