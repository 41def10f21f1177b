package dev.vpccni.linux.netlink;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/**
 * A message that the kernel sent. Its payload lies in the socket's buffer: it is to be read while
 * it is being handed over, and copied if it is to be kept.
 *
 * @param type what the payload is, such as {@code RTM_NEWLINK}
 * @param flags {@code NLM_F_*}
 * @param payload a family header and attributes, in native byte order
 */
public record NetlinkMessage(int type, int flags, MemorySegment payload) {

    /** Reads an unsigned byte of the payload; 0 beyond its end. */
    public int get8(int offset) {
        return offset + 1 <= payload.byteSize()
                ? Byte.toUnsignedInt(payload.get(JAVA_BYTE, offset))
                : 0;
    }

    /** Reads two bytes of the payload as an unsigned number; 0 beyond its end. */
    public int get16(int offset) {
        return offset + 2 <= payload.byteSize()
                ? Short.toUnsignedInt(payload.get(JAVA_SHORT_UNALIGNED, offset))
                : 0;
    }

    /** Reads four bytes of the payload; 0 beyond its end. */
    public int get32(int offset) {
        return offset + 4 <= payload.byteSize() ? payload.get(JAVA_INT_UNALIGNED, offset) : 0;
    }

    /** Returns the attributes behind a family header of {@code headerSize} bytes. */
    public Attributes attributes(int headerSize) {
        return new Attributes(payload, Datagram.aligned(headerSize));
    }
}
