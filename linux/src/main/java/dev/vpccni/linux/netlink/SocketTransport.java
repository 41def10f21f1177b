package dev.vpccni.linux.netlink;

import static dev.vpccni.linux.Sockets.AF_NETLINK;
import static dev.vpccni.linux.Sockets.MSG_TRUNC;
import static dev.vpccni.linux.Sockets.SOCK_CLOEXEC;
import static dev.vpccni.linux.Sockets.SOCK_RAW;
import static dev.vpccni.linux.Sockets.SOL_SOCKET;
import static dev.vpccni.linux.Sockets.SO_DOMAIN;
import static dev.vpccni.linux.Sockets.SO_PROTOCOL;
import static dev.vpccni.linux.Sockets.SO_RCVTIMEO;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.vpccni.linux.Descriptor;
import dev.vpccni.linux.Errno;
import dev.vpccni.linux.ErrnoException;
import dev.vpccni.linux.Sockets;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** A netlink socket of the kernel. */
final class SocketTransport implements Transport {

    private static final int SOL_NETLINK = 270;
    private static final int NETLINK_CAP_ACK = 10;
    private static final int NETLINK_EXT_ACK = 11;
    private static final int NETLINK_GET_STRICT_CHK = 12;

    /** Bytes that any socket takes at once. */
    private static final int SMALL = 64 << 10;

    private static final int SO_SNDBUFFORCE = 32;

    /** The kernel answers a request before send(2) returns, so this is never meant to pass. */
    private static final int TIMEOUT_SECONDS = 5;

    // What every socket is told, made once: an arena for each socket would cost more than the call.
    private static final MemorySegment ON = Arena.global().allocateFrom(JAVA_INT, 1);
    private static final MemorySegment TIMEOUT =
            Arena.global().allocateFrom(JAVA_LONG, TIMEOUT_SECONDS, 0);

    /** {@code struct sockaddr_nl}: family, port, groups; port 0 is the kernel. */
    private static final MemorySegment KERNEL =
            Arena.global().allocateFrom(JAVA_INT, AF_NETLINK, 0, 0);

    private final Descriptor descriptor;

    private SocketTransport(Descriptor descriptor) {
        this.descriptor = descriptor;
    }

    static SocketTransport open(int protocol) throws ErrnoException {
        int socket = Sockets.socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
        var transport = new SocketTransport(Descriptor.own(socket));
        transport.prepareOrClose();
        return transport;
    }

    static SocketTransport adopt(Descriptor descriptor, int protocol) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(JAVA_INT);
            if (option(descriptor, SO_DOMAIN, value) != AF_NETLINK
                    || option(descriptor, SO_PROTOCOL, value) != protocol) {
                throw new IOException("not a netlink socket of protocol " + protocol);
            }
        } catch (IOException | RuntimeException e) {
            descriptor.close();
            throw e;
        }
        var transport = new SocketTransport(descriptor);
        transport.prepareOrClose();
        return transport;
    }

    @Override
    public void send(MemorySegment datagram) throws ErrnoException {
        if (datagram.byteSize() > SMALL) {
            makeRoom(datagram.byteSize());
        }
        long _ = Sockets.send(descriptor.number(), datagram, 0);
    }

    @Override
    public long receive(MemorySegment buffer) throws ErrnoException {
        return Sockets.recv(descriptor.number(), buffer, MSG_TRUNC);
    }

    @Override
    public void close() {
        descriptor.close();
    }

    /** Without it the kernel takes no more at once than others' sockets may hold (EMSGSIZE). */
    private void makeRoom(long bytes) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment room = arena.allocateFrom(JAVA_INT, Math.toIntExact(2 * bytes));
            Sockets.setsockopt(descriptor.number(), SOL_SOCKET, SO_SNDBUFFORCE, room);
        }
    }

    private static int option(Descriptor descriptor, int name, MemorySegment value)
            throws ErrnoException {
        Sockets.getsockopt(descriptor.number(), SOL_SOCKET, name, value);
        return value.get(JAVA_INT, 0);
    }

    private void prepareOrClose() throws ErrnoException {
        try {
            int socket = descriptor.number();
            Sockets.setsockopt(socket, SOL_NETLINK, NETLINK_CAP_ACK, ON);
            Sockets.setsockopt(socket, SOL_NETLINK, NETLINK_EXT_ACK, ON);
            Sockets.setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, TIMEOUT);
            filterDumps(socket);
            Sockets.connect(socket, KERNEL);
        } catch (ErrnoException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Lets the kernel choose what a dump returns, where it can (since 4.20). */
    private static void filterDumps(int socket) throws ErrnoException {
        try {
            Sockets.setsockopt(socket, SOL_NETLINK, NETLINK_GET_STRICT_CHK, ON);
        } catch (ErrnoException e) {
            if (!e.is(Errno.ENOPROTOOPT)) {
                throw e;
            }
        }
    }
}
