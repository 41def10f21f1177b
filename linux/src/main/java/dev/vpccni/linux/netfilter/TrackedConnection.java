package dev.vpccni.linux.netfilter;

import dev.vpccni.linux.netlink.Attributes;
import dev.vpccni.linux.netlink.MessageWriter;
import dev.vpccni.linux.netlink.NetlinkMessage;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * An IPv4 connection that the kernel tracks, as it was when it was looked at. Addresses have four
 * bytes each.
 */
public final class TrackedConnection {

    // linux/netfilter/nfnetlink_conntrack.h
    static final int CTA_TUPLE_ORIG = 1;
    static final int CTA_TUPLE_REPLY = 2;
    static final int CTA_ID = 12;
    static final int CTA_ZONE = 18;
    static final int CTA_TUPLE_IP = 1;
    static final int CTA_IP_V4_SRC = 1;
    private static final int CTA_STATUS = 3;
    private static final int CTA_MARK = 8;

    // linux/netfilter/nf_conntrack_common.h
    private static final int IPS_SEEN_REPLY = 1 << 1;
    private static final int IPS_SRC_NAT = 1 << 4;
    private static final int IPS_DST_NAT = 1 << 5;

    private static final int ADDRESS_BYTES = 4;

    private byte[] original = {};
    private byte @Nullable [] id;
    private byte @Nullable [] zone;
    private byte[] source = {};
    private byte[] replySource = {};
    private int status;
    private int mark;

    private TrackedConnection() {}

    /** Returns the address that sent the first packet. */
    public byte[] source() {
        return source.clone();
    }

    /** Returns the address that answers, whomever the first packet was for. */
    public byte[] replySource() {
        return replySource.clone();
    }

    /** Tells whether there was ever a packet back. */
    public boolean isAnswered() {
        return (status & IPS_SEEN_REPLY) != 0;
    }

    /** Tells whether the source is rewritten. */
    public boolean isSourceRewritten() {
        return (status & IPS_SRC_NAT) != 0;
    }

    /** Tells whether the destination is rewritten. */
    public boolean isDestinationRewritten() {
        return (status & IPS_DST_NAT) != 0;
    }

    /** Returns its mark, all 32 bits. */
    public int mark() {
        return mark;
    }

    /** Reads one; null if it is not of IPv4. */
    static @Nullable TrackedConnection read(NetlinkMessage message, int headerSize) {
        var read = new TrackedConnection();
        Attributes attributes = message.attributes(headerSize);
        while (attributes.next()) {
            switch (attributes.type()) {
                case CTA_TUPLE_ORIG -> {
                    read.original = attributes.asBytes();
                    read.source = sourceOf(attributes.nested());
                }
                case CTA_TUPLE_REPLY -> read.replySource = sourceOf(attributes.nested());
                case CTA_STATUS -> read.status = number(attributes.asBytes());
                case CTA_MARK -> read.mark = number(attributes.asBytes());
                case CTA_ID -> read.id = attributes.asBytes();
                case CTA_ZONE -> read.zone = attributes.asBytes();
                default -> {
                    // of no interest
                }
            }
        }
        boolean whole =
                read.source.length == ADDRESS_BYTES && read.replySource.length == ADDRESS_BYTES;
        return whole ? read : null;
    }

    /** Writes what names it. */
    void name(MessageWriter out) {
        out.attribute(CTA_TUPLE_ORIG | ExpressionCodec.NESTED, original);
        if (id != null) {
            out.attribute(CTA_ID, id);
        }
        if (zone != null) {
            out.attribute(CTA_ZONE, zone);
        }
    }

    /** Numbers are in network byte order. */
    private static int number(byte[] value) {
        return value.length == Integer.BYTES ? ByteBuffer.wrap(value).getInt() : 0;
    }

    private static byte[] sourceOf(Attributes tuple) {
        while (tuple.next()) {
            if (tuple.type() == CTA_TUPLE_IP) {
                Attributes ip = tuple.nested();
                while (ip.next()) {
                    if (ip.type() == CTA_IP_V4_SRC) {
                        return ip.asBytes();
                    }
                }
            }
        }
        return new byte[0];
    }

    @Override
    public String toString() {
        return Arrays.toString(source) + " to " + Arrays.toString(replySource) + ", mark " + mark;
    }
}
