package dev.vpccni.linux.netlink;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;

/** What the kernel might send. */
final class Messages {

    static final int NLMSG_ERROR = 2;
    static final int NLMSG_DONE = 3;
    static final int NLM_F_DUMP_INTR = 0x10;
    static final int NLM_F_ACK_TLVS = 0x200;

    private Messages() {}

    /** A message whose payload is one number. */
    static byte[] number(int type, int flags, int sequence, int value) {
        return message(type, flags, sequence, value);
    }

    /** An acknowledgement, as of a socket with NETLINK_CAP_ACK; errno is positive. */
    static byte[] acknowledgement(int sequence, int errno, String text) {
        var writer = new MessageWriter(MemorySegment.ofArray(new byte[1024]));
        writer.start(NLMSG_ERROR, text.isEmpty() ? 0 : NLM_F_ACK_TLVS, sequence);
        writer.header(Integer.BYTES + Datagram.HEADER_SIZE).set32(0, -errno);
        if (!text.isEmpty()) {
            writer.attribute(1, text);
        }
        return writer.finish().toArray(JAVA_BYTE);
    }

    /** The end of a dump. */
    static byte[] done(int sequence) {
        return message(NLMSG_DONE, 0, sequence, 0);
    }

    /** One datagram with several messages. */
    static byte[] together(byte[]... messages) {
        var all = new ByteArrayOutputStream();
        for (byte[] message : messages) {
            all.writeBytes(message);
        }
        return all.toByteArray();
    }

    private static byte[] message(int type, int flags, int sequence, int value) {
        var writer = new MessageWriter(MemorySegment.ofArray(new byte[64]));
        writer.start(type, flags, sequence);
        writer.header(Integer.BYTES).set32(0, value);
        return writer.finish().toArray(JAVA_BYTE);
    }
}
