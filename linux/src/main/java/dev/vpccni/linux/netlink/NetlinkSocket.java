package dev.vpccni.linux.netlink;

import dev.vpccni.linux.Descriptor;
import dev.vpccni.linux.ErrnoException;
import dev.vpccni.linux.SegmentPool;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A conversation with the kernel over a netlink socket: one request at a time, each with its whole
 * reply and its own acknowledgement.
 *
 * <p>A socket belongs for life to the network namespace of the platform thread that {@linkplain
 * #open opened} it. Only opening has to happen inside another namespace; afterwards any thread may
 * use the socket, even of another process that {@linkplain #adopt received} it, and concurrent
 * requests wait for each other. The socket is connected to the kernel, so nothing else can answer.
 * The kernel handles a request before send(2) returns, so a request does not block for long.
 *
 * @see <a href="https://docs.kernel.org/userspace-api/netlink/intro.html">Introduction to
 *     Netlink</a>
 * @see <a href="https://man7.org/linux/man-pages/man7/netlink.7.html">netlink(7)</a>
 */
public final class NetlinkSocket implements AutoCloseable {

    /** The protocol for links, addresses, routes, rules and neighbours; see rtnetlink(7). */
    public static final int NETLINK_ROUTE = 0;

    /** The protocol of netfilter's subsystems. */
    public static final int NETLINK_NETFILTER = 12;

    /** A request flag: replace what exists. */
    public static final int NLM_F_REPLACE = 0x100;

    /** A request flag: fail with {@code EEXIST} if it exists. */
    public static final int NLM_F_EXCL = 0x200;

    /** A request flag: create it if it does not exist. */
    public static final int NLM_F_CREATE = 0x400;

    /** A request flag: put it behind what exists. */
    public static final int NLM_F_APPEND = 0x800;

    /** A flag of each message to the kernel; only those of a {@link #batch} are told. */
    public static final int NLM_F_REQUEST = 0x1;

    /** A request flag: answer also that it succeeded; only those of a {@link #batch} are told. */
    public static final int NLM_F_ACK = 0x4;

    private static final int NLMSG_NOOP = 1;
    private static final int NLM_F_DUMP_INTR = 0x10;
    private static final int NLM_F_DUMP = 0x300;

    /**
     * Bytes; the kernel never fills more than 32 KiB at once (netlink_dump in
     * net/netlink/af_netlink.c).
     */
    static final int BUFFER_SIZE = 32 << 10;

    /** How often to take a dump during which the objects keep changing. */
    private static final int DUMPS_MAX = 10;

    /** The kernel does one request at a time, and others are at hand when it is done. */
    private static final int BUFFERS_KEPT = 4;

    /** For a request, and then for the replies to it. */
    static final SegmentPool BUFFERS = new SegmentPool(BUFFER_SIZE, BUFFERS_KEPT);

    private final ReentrantLock lock = new ReentrantLock();
    private final Transport transport;
    private boolean closed;
    private int sequence;
    private int port;

    NetlinkSocket(Transport transport) {
        this.transport = transport;
    }

    /**
     * Opens a socket in the network namespace of the current platform thread.
     *
     * @param protocol such as {@link #NETLINK_ROUTE}
     * @throws ErrnoException if the kernel refuses, for example with {@code EMFILE} or {@code
     *     EPROTONOSUPPORT}
     */
    public static NetlinkSocket open(int protocol) throws ErrnoException {
        return new NetlinkSocket(SocketTransport.open(protocol));
    }

    /**
     * Opens a socket of protocol {@link #NETLINK_ROUTE} that only reads: a request that would
     * change something fails, and the kernel does not hear of it.
     *
     * @throws ErrnoException if the kernel refuses
     */
    public static NetlinkSocket openForReading() throws ErrnoException {
        return new NetlinkSocket(new ReadingTransport(SocketTransport.open(NETLINK_ROUTE)));
    }

    /**
     * Takes over a netlink socket that somebody else opened, perhaps in another namespace, and
     * closes it in the end, also when this method throws.
     *
     * @throws IOException if {@code descriptor} is no netlink socket of this protocol
     */
    public static NetlinkSocket adopt(Descriptor descriptor, int protocol) throws IOException {
        return new NetlinkSocket(SocketTransport.adopt(descriptor, protocol));
    }

    /**
     * Changes something: sends a request whose reply is an acknowledgement alone.
     *
     * @param type such as {@code RTM_NEWROUTE}
     * @param flags such as {@link #NLM_F_CREATE}; that this is a request, to acknowledge, goes
     *     without saying
     * @param body writes the family header and attributes, at most 32 KiB less 16 bytes
     * @throws ErrnoException if the kernel answers with an error, or not within 5 seconds ({@code
     *     EAGAIN})
     * @throws ClosedChannelException if this socket is closed
     */
    public void change(int type, int flags, Consumer<MessageWriter> body) throws IOException {
        get(type, flags, body, _ -> null);
    }

    /**
     * Sends a request and returns what {@code parser} makes of the messages of the reply, without
     * those that it makes null of.
     *
     * @param parser is given messages that are valid only during the call
     * @throws ErrnoException if the kernel answers with an error, or not within 5 seconds ({@code
     *     EAGAIN})
     * @throws ClosedChannelException if this socket is closed
     * @throws IOException if the reply is malformed
     */
    public <T> List<T> get(
            int type,
            int flags,
            Consumer<MessageWriter> body,
            Function<NetlinkMessage, @Nullable T> parser)
            throws IOException {
        lock.lock();
        try {
            var results = new ArrayList<T>(1);
            exchange(type, flags, body, parser, results);
            return results;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Asks for every object of a kind. While objects change during the answer, the kernel may skip
     * some and says so; then the question is asked again.
     *
     * @throws IOException as {@link #get}, and if objects changed during each of 10 answers
     */
    public <T> List<T> dump(
            int type, Consumer<MessageWriter> body, Function<NetlinkMessage, @Nullable T> parser)
            throws IOException {
        lock.lock();
        try {
            var results = new ArrayList<T>();
            for (int dumps = 0; dumps < DUMPS_MAX; dumps++) {
                results.clear();
                if (exchange(type, NLM_F_DUMP, body, parser, results)) {
                    return results;
                }
            }
            throw new IOException(
                    "netlink request " + type + ": objects changed during each of 10 dumps");
        } finally {
            lock.unlock();
        }
    }

    /**
     * Sends several messages that the kernel carries out together or not at all, as it does those
     * between {@code NFNL_MSG_BATCH_BEGIN} and its end. One of them has to ask for the
     * acknowledgement, {@link #NLM_F_ACK}; what fails is answered in its place.
     *
     * @param bytesMax how many bytes they have at most
     * @param type of the first message
     * @param body writes the first one, and each further one behind {@link MessageWriter#next}
     * @throws ErrnoException if the kernel answers one of them with an error; then nothing changed
     * @throws ClosedChannelException if this socket is closed
     */
    public void batch(int bytesMax, int type, Consumer<MessageWriter> body) throws IOException {
        lock.lock();
        try (Arena arena = Arena.ofConfined();
                SegmentPool.Loan loan = BUFFERS.borrow()) {
            if (closed) {
                throw new ClosedChannelException();
            }
            var writer = new MessageWriter(arena.allocate(bytesMax, Long.BYTES));
            writer.start(type, NLM_F_REQUEST, ++sequence);
            body.accept(writer);
            transport.send(writer.finish());
            var _ = read(type, loan.segment(), _ -> null, new ArrayList<Object>());
        } finally {
            lock.unlock();
        }
    }

    /**
     * Returns the number by which the kernel knows this socket within its namespace, and which
     * notifications of changes made by it bear.
     *
     * @throws IOException as {@link #change}
     */
    public int port() throws IOException {
        lock.lock();
        try {
            if (port == 0) {
                change(NLMSG_NOOP, 0, _ -> {}); // whose acknowledgement is addressed to it
            }
            return port;
        } finally {
            lock.unlock();
        }
    }

    /** Closes the socket once a request in progress is answered. Closing again has no effect. */
    @Override
    public void close() {
        lock.lock();
        try {
            if (!closed) {
                closed = true; // from now on the descriptor may be somebody else's
                transport.close();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Returns false if the answer is a dump that was interrupted. */
    private <T> boolean exchange(
            int type,
            int flags,
            Consumer<MessageWriter> body,
            Function<NetlinkMessage, @Nullable T> parser,
            List<T> results)
            throws IOException {
        if (closed) {
            throw new ClosedChannelException();
        }
        try (SegmentPool.Loan loan = BUFFERS.borrow()) {
            MemorySegment buffer = loan.segment();
            var writer = new MessageWriter(buffer);
            writer.start(type, flags | NLM_F_REQUEST | NLM_F_ACK, ++sequence);
            body.accept(writer);
            transport.send(writer.finish());
            return read(type, buffer, parser, results);
        }
    }

    private <T> boolean read(
            int type,
            MemorySegment buffer,
            Function<NetlinkMessage, @Nullable T> parser,
            List<T> results)
            throws IOException {
        boolean consistent = true;
        while (true) {
            Datagram message = receive(type, buffer);
            while (message.next()) {
                if (message.sequence() != sequence) {
                    continue; // the late answer to a request that timed out
                }
                port = message.port();
                consistent &= (message.flags() & NLM_F_DUMP_INTR) == 0;
                if (Acknowledgement.ends(message.type())) {
                    check(type, message);
                    return consistent;
                }
                T result = parser.apply(message.message());
                if (result != null) {
                    results.add(result);
                }
            }
        }
    }

    private Datagram receive(int type, MemorySegment buffer) throws IOException {
        long size = transport.receive(buffer);
        if (size > buffer.byteSize()) {
            throw new IOException("netlink request " + type + ": datagram of " + size + " bytes");
        }
        return new Datagram(buffer.asSlice(0, size));
    }

    private static void check(int type, Datagram message) throws ErrnoException {
        Acknowledgement ack =
                Acknowledgement.of(message.type(), message.flags(), message.payload());
        if (ack.errno() != 0) {
            throw new ErrnoException("netlink request " + type, ack.errno(), ack.text());
        }
    }
}
