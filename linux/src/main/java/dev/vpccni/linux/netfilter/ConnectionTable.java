package dev.vpccni.linux.netfilter;

import dev.vpccni.linux.Errno;
import dev.vpccni.linux.ErrnoException;
import dev.vpccni.linux.Sockets;
import dev.vpccni.linux.netlink.Attributes;
import dev.vpccni.linux.netlink.MessageWriter;
import dev.vpccni.linux.netlink.NetlinkMessage;
import dev.vpccni.linux.netlink.NetlinkSocket;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The connections that the kernel tracks in one network namespace, of all protocols, translated
 * ones and others. Takes the capability {@code CAP_NET_ADMIN}. Thread-safe.
 *
 * @see <a href="https://man7.org/linux/man-pages/man8/conntrack.8.html">conntrack(8)</a>
 */
public final class ConnectionTable implements AutoCloseable {

    /** {@code NFNL_SUBSYS_CTNETLINK}, in the upper byte of a message's type. */
    private static final int SUBSYSTEM = 1 << Byte.SIZE;

    // linux/netfilter/nfnetlink_conntrack.h
    private static final int NEW = SUBSYSTEM;
    private static final int GET = SUBSYSTEM | 1;
    private static final int DELETE = SUBSYSTEM | 2;
    private static final int CTA_TUPLE_ORIG = 1;
    private static final int CTA_TUPLE_REPLY = 2;
    private static final int CTA_ID = 12;
    private static final int CTA_MARK = 8;
    private static final int CTA_ZONE = 18;
    private static final int CTA_MARK_MASK = 21;
    private static final int CTA_FILTER = 25;
    private static final int CTA_TUPLE_IP = 1;
    private static final int CTA_IP_V4_SRC = 1;
    private static final int CTA_IP_V6_SRC = 3;

    /** {@code CTA_FILTER_F_CTA_IP_SRC}: only the source of the tuple counts. */
    private static final int SOURCE = 1;

    /** {@code struct nfgenmsg}: family, version, resource. */
    private static final int HEADER_SIZE = 4;

    /** So many are known at a time, some hundred bytes each; what is beyond comes next. */
    private static final int FOUND_MAX = 4096;

    /** A table has no more than some hundred thousand, and nobody makes them this fast. */
    private static final int ROUNDS_MAX = 100;

    private final NetlinkSocket socket;

    private ConnectionTable(NetlinkSocket socket) {
        this.socket = socket;
    }

    /**
     * Opens the table of the network namespace of the current platform thread.
     *
     * @throws ErrnoException if the kernel refuses, with {@code EPROTONOSUPPORT} if it has no
     *     netfilter
     */
    public static ConnectionTable open() throws ErrnoException {
        return new ConnectionTable(NetlinkSocket.open(NetlinkSocket.NETLINK_NETFILTER));
    }

    /** One that was found; the attributes that name it, as the kernel wrote them. */
    private static final class Connection {
        private byte @Nullable [] original;
        private byte @Nullable [] id;
        private byte @Nullable [] zone;
    }

    /** What is to be done with a connection. */
    public sealed interface Change {
        /** It is forgotten; its next packet begins a new one. */
        record End() implements Change {}

        /** Of its mark the bits of {@code mask} become {@code value}; others stay. */
        record Mark(int value, int mask) implements Change {}
    }

    /** Decides on a connection; null leaves it alone. */
    public interface Judge {
        @Nullable Change of(TrackedConnection connection);
    }

    private record Judged(TrackedConnection connection, Change change) {}

    /**
     * Looks at each IPv4 connection, and does with it as {@code judge} says, who must be content
     * with what was done.
     *
     * @return how many were changed or ended
     * @throws IOException if the kernel refuses, or tracks no connections ({@code EINVAL})
     */
    public int review(Judge judge) throws IOException {
        int changed = 0;
        for (int round = 0; round < ROUNDS_MAX; round++) {
            List<Judged> found = judge(judge);
            for (Judged judged : found) {
                changed += carryOut(judged) ? 1 : 0;
            }
            if (found.size() < FOUND_MAX) {
                break;
            }
        }
        return changed;
    }

    private List<Judged> judge(Judge judge) throws IOException {
        var found = new int[1];
        return socket.dump(
                GET,
                out -> out.header(HEADER_SIZE).set8(0, Sockets.AF_INET),
                message -> {
                    if (found[0] >= FOUND_MAX) {
                        return null;
                    }
                    TrackedConnection seen = TrackedConnection.read(message, HEADER_SIZE);
                    if (seen == null) {
                        return null;
                    }
                    Change change = judge.of(seen);
                    if (change == null) {
                        return null;
                    }
                    found[0]++;
                    return new Judged(seen, change);
                });
    }

    /** Returns false if it has ended by itself. */
    private boolean carryOut(Judged judged) throws IOException {
        try {
            switch (judged.change()) {
                case Change.End() -> socket.change(DELETE, 0, out -> name(out, judged));
                case Change.Mark(int value, int mask) ->
                        socket.change(
                                NEW,
                                0,
                                out -> {
                                    name(out, judged);
                                    out.attribute(CTA_MARK, inNetworkOrder(value));
                                    out.attribute(CTA_MARK_MASK, inNetworkOrder(mask));
                                });
            }
            return true;
        } catch (ErrnoException e) {
            if (e.is(Errno.ENOENT)) {
                return false;
            }
            throw e;
        }
    }

    private static void name(MessageWriter out, Judged judged) {
        out.header(HEADER_SIZE).set8(0, Sockets.AF_INET);
        judged.connection().name(out);
    }

    private static byte[] inNetworkOrder(int number) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(number).array();
    }

    /**
     * Ends the connections that {@code address} has begun, and those that it answers, also under
     * another address. Their next packets begin new ones.
     *
     * @return how many there were
     * @throws IOException if the kernel refuses, or tracks no connections ({@code EINVAL})
     */
    public int end(InetAddress address) throws IOException {
        return end(address, CTA_TUPLE_ORIG) + end(address, CTA_TUPLE_REPLY);
    }

    /**
     * @param tuple by whose source the address is looked for
     */
    private int end(InetAddress address, int tuple) throws IOException {
        int ended = 0;
        for (int round = 0; round < ROUNDS_MAX; round++) {
            List<Connection> found = find(address, tuple);
            for (Connection connection : found) {
                ended += end(address, connection) ? 1 : 0;
            }
            if (found.size() < FOUND_MAX) {
                break;
            }
        }
        return ended;
    }

    /**
     * Each connection is looked at again here, for kernels before 5.8 do not filter. Later ones do,
     * but of IPv6 addresses they leave out the one that is asked for (ctnetlink_filter_match_tuple,
     * seen in 6.18), so there they are not told to.
     */
    private List<Connection> find(InetAddress address, int tuple) throws IOException {
        byte[] bytes = address.getAddress();
        var found = new int[1];
        return socket.dump(
                GET,
                out -> {
                    header(out, address);
                    if (address instanceof Inet6Address) {
                        return;
                    }
                    int nest = out.nest(tuple | ExpressionCodec.NESTED);
                    int ip = out.nest(CTA_TUPLE_IP | ExpressionCodec.NESTED);
                    out.attribute(source(address), bytes).end(ip).end(nest);
                    int filter = out.nest(CTA_FILTER | ExpressionCodec.NESTED);
                    out.attribute(tuple, SOURCE).end(filter);
                },
                message -> {
                    boolean more = found[0] < FOUND_MAX;
                    Connection one = more ? read(message, tuple, source(address), bytes) : null;
                    found[0] += one == null ? 0 : 1;
                    return one;
                });
    }

    private static void header(MessageWriter out, InetAddress address) {
        int family = address instanceof Inet4Address ? Sockets.AF_INET : Sockets.AF_INET6;
        out.header(HEADER_SIZE).set8(0, family);
    }

    private static int source(InetAddress address) {
        return address instanceof Inet4Address ? CTA_IP_V4_SRC : CTA_IP_V6_SRC;
    }

    /** Returns false if it has ended by itself. */
    private boolean end(InetAddress address, Connection connection) throws IOException {
        try {
            socket.change(
                    DELETE,
                    0,
                    out -> {
                        header(out, address);
                        copy(out, CTA_TUPLE_ORIG | ExpressionCodec.NESTED, connection.original);
                        copy(out, CTA_ID, connection.id);
                        copy(out, CTA_ZONE, connection.zone);
                    });
            return true;
        } catch (ErrnoException e) {
            if (e.is(Errno.ENOENT)) {
                return false;
            }
            throw e;
        }
    }

    private static void copy(MessageWriter out, int type, byte @Nullable [] value) {
        if (value != null) {
            out.attribute(type, value);
        }
    }

    /** Reads a connection; null if {@code address} is not the source of its tuple. */
    private static @Nullable Connection read(
            NetlinkMessage message, int tuple, int source, byte[] address) {
        var connection = new Connection();
        boolean same = false;
        Attributes attributes = message.attributes(HEADER_SIZE);
        while (attributes.next()) {
            if (attributes.type() == tuple) {
                same = isFrom(attributes.nested(), source, address);
            }
            switch (attributes.type()) {
                case CTA_TUPLE_ORIG -> connection.original = attributes.asBytes();
                case CTA_ID -> connection.id = attributes.asBytes();
                case CTA_ZONE -> connection.zone = attributes.asBytes();
                default -> {
                    // of no interest
                }
            }
        }
        // Deleting without a tuple would delete them all.
        return same && connection.original != null ? connection : null;
    }

    private static boolean isFrom(Attributes tuple, int source, byte[] address) {
        while (tuple.next()) {
            if (tuple.type() == CTA_TUPLE_IP) {
                Attributes ip = tuple.nested();
                while (ip.next()) {
                    if (ip.type() == source) {
                        return Arrays.equals(ip.asBytes(), address);
                    }
                }
            }
        }
        return false;
    }

    @Override
    public void close() {
        socket.close();
    }
}
