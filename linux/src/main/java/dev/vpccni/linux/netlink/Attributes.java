package dev.vpccni.linux.netlink;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/**
 * A cursor over attributes, before the first one at first. It ends where the attributes end or make
 * no sense any more, so it never reads beyond them.
 */
public final class Attributes {

    private static final int HEADER_SIZE = 4;

    /** The two highest bits say "contains attributes" and "network byte order". */
    private static final int TYPE_MASK = 0x3fff;

    private final MemorySegment segment;
    private long next;
    private long value;
    private int size;
    private int type;

    Attributes(MemorySegment segment, long start) {
        this.segment = segment;
        this.next = start;
    }

    /** Moves to the next attribute; false means there is none. */
    public boolean next() {
        if (next + HEADER_SIZE > segment.byteSize()) {
            return false;
        }
        int length = Short.toUnsignedInt(segment.get(JAVA_SHORT_UNALIGNED, next));
        if (length < HEADER_SIZE || next + length > segment.byteSize()) {
            return false;
        }
        type = segment.get(JAVA_SHORT_UNALIGNED, next + Short.BYTES) & TYPE_MASK;
        value = next + HEADER_SIZE;
        size = length - HEADER_SIZE;
        next += Datagram.aligned(length);
        return true;
    }

    /** Returns what the attribute is, such as {@code IFLA_IFNAME}. */
    public int type() {
        return type;
    }

    /** Returns the number of bytes of the value. */
    public int size() {
        return size;
    }

    /** Returns the value as an unsigned byte; 0 if it is empty. */
    public int as8() {
        return size < 1 ? 0 : Byte.toUnsignedInt(segment.get(JAVA_BYTE, value));
    }

    /** Returns the value as two bytes, unsigned; 0 if it is shorter. */
    public int as16() {
        return size < 2 ? 0 : Short.toUnsignedInt(segment.get(JAVA_SHORT_UNALIGNED, value));
    }

    /** Returns the value as four bytes; 0 if it is shorter. */
    public int as32() {
        return size < 4 ? 0 : segment.get(JAVA_INT_UNALIGNED, value);
    }

    /** Returns a copy of the value. */
    public byte[] asBytes() {
        byte[] bytes = new byte[size];
        MemorySegment.copy(segment, JAVA_BYTE, value, bytes, 0, size);
        return bytes;
    }

    /** Returns the value as UTF-8, up to the first zero byte. */
    public String asString() {
        byte[] bytes = asBytes();
        int end = 0;
        while (end < bytes.length && bytes[end] != 0) {
            end++;
        }
        return new String(bytes, 0, end, StandardCharsets.UTF_8);
    }

    /** Returns the attributes within the value. */
    public Attributes nested() {
        return new Attributes(segment.asSlice(value, size), 0);
    }
}
