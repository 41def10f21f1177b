package dev.vpccni.linux.netlink;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/**
 * The message that ends a reply.
 *
 * @param errno a positive error number, or 0 if the request succeeded
 * @param text the kernel's explanation, or the empty string if it gave none
 */
record Acknowledgement(int errno, String text) {

    private static final int NLMSG_ERROR = 2;
    private static final int NLMSG_DONE = 3;
    private static final int NLM_F_ACK_TLVS = 0x200;
    private static final int NLMSGERR_ATTR_MSG = 1;
    private static final Acknowledgement SUCCESS = new Acknowledgement(0, "");

    /** Tells whether a message of this type ends a reply. */
    static boolean ends(int type) {
        return type == NLMSG_ERROR || type == NLMSG_DONE;
    }

    /**
     * Reads a message that {@linkplain #ends ends} a reply, on a socket with {@code
     * NETLINK_CAP_ACK} set.
     */
    static Acknowledgement of(int type, int flags, MemorySegment payload) {
        int errno = payload.byteSize() < Integer.BYTES ? 0 : -payload.get(JAVA_INT_UNALIGNED, 0);
        if (errno == 0) {
            return SUCCESS;
        }
        // struct nlmsgerr repeats the header of the request after the error; NLMSG_DONE does not.
        int attributes = Integer.BYTES + (type == NLMSG_ERROR ? Datagram.HEADER_SIZE : 0);
        boolean explained = (flags & NLM_F_ACK_TLVS) != 0;
        return new Acknowledgement(
                errno, explained ? text(new Attributes(payload, attributes)) : "");
    }

    private static String text(Attributes attributes) {
        while (attributes.next()) {
            if (attributes.type() == NLMSGERR_ATTR_MSG) {
                return attributes.asString();
            }
        }
        return "";
    }
}
