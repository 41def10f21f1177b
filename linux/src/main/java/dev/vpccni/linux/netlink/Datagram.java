package dev.vpccni.linux.netlink;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * A cursor over the messages of a datagram, before the first one at first. A damaged datagram is
 * refused, never overrun.
 */
final class Datagram {

    // struct nlmsghdr
    static final int LENGTH = 0;
    static final int TYPE = 4;
    static final int FLAGS = 6;
    static final int SEQUENCE = 8;
    static final int PORT = 12;
    static final int HEADER_SIZE = 16;

    private final MemorySegment segment;
    private long start;
    private long length;

    Datagram(MemorySegment segment) {
        this.segment = segment;
    }

    /**
     * Moves to the next message; false means there is none.
     *
     * @throws IOException if it claims to be shorter than its header or longer than what is left
     */
    boolean next() throws IOException {
        start += aligned(length);
        long left = segment.byteSize() - start;
        if (left <= 0) {
            return false;
        }
        length =
                left < HEADER_SIZE
                        ? left
                        : Integer.toUnsignedLong(segment.get(JAVA_INT_UNALIGNED, start + LENGTH));
        if (length < HEADER_SIZE || length > left) {
            throw new IOException(
                    "netlink message of " + length + " bytes where " + left + " are left");
        }
        return true;
    }

    int type() {
        return Short.toUnsignedInt(segment.get(JAVA_SHORT_UNALIGNED, start + TYPE));
    }

    int flags() {
        return Short.toUnsignedInt(segment.get(JAVA_SHORT_UNALIGNED, start + FLAGS));
    }

    NetlinkMessage message() {
        return new NetlinkMessage(type(), flags(), payload());
    }

    int sequence() {
        return segment.get(JAVA_INT_UNALIGNED, start + SEQUENCE);
    }

    /** The port of the socket that the message comes from, or on whose behalf; 0 is the kernel. */
    int port() {
        return segment.get(JAVA_INT_UNALIGNED, start + PORT);
    }

    /** What follows the header, without a copy. */
    MemorySegment payload() {
        return segment.asSlice(start + HEADER_SIZE, length - HEADER_SIZE);
    }

    /** Rounds up to the 4 bytes at which netlink aligns messages and attributes. */
    static int aligned(int size) {
        return (size + 3) & ~3;
    }

    private static long aligned(long size) {
        return (size + 3) & ~3L;
    }
}
