package dev.vpccni.linux;

import static dev.vpccni.linux.Downcall.bind;
import static dev.vpccni.linux.Downcall.checked;
import static dev.vpccni.linux.Downcall.impossible;
import static dev.vpccni.linux.Downcall.interrupted;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * System calls on sockets, with the manners of {@link Libc}. The numbers are those of Linux on
 * x86-64 and arm64.
 */
public final class Sockets {

    public static final int AF_UNIX = 1;
    public static final int AF_INET = 2;
    public static final int AF_INET6 = 10;
    public static final int AF_NETLINK = 16;
    public static final int SOCK_STREAM = 1;
    public static final int SOCK_RAW = 3;
    public static final int SOCK_CLOEXEC = 0x80000;
    public static final int SOCK_NONBLOCK = 0x800;
    public static final int SOL_SOCKET = 1;
    public static final int SO_RCVBUF = 8;
    public static final int SO_PEERCRED = 17;
    public static final int SO_RCVTIMEO = 20;
    public static final int SO_ATTACH_FILTER = 26;
    public static final int SO_PROTOCOL = 38;
    public static final int SO_DOMAIN = 39;
    public static final int MSG_TRUNC = 0x20;
    public static final int MSG_CTRUNC = 0x8;
    public static final int MSG_DONTWAIT = 0x40;
    public static final int MSG_NOSIGNAL = 0x4000;
    public static final int MSG_CMSG_CLOEXEC = 0x40000000;
    public static final int SHUT_RDWR = 2;
    public static final int POLLIN = 1;
    public static final int POLLERR = 8;
    public static final int POLLHUP = 0x10;

    private static final MethodHandle SOCKET =
            bind("socket", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle BIND = bind("bind", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle CONNECT =
            bind("connect", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle LISTEN = bind("listen", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle ACCEPT4 =
            bind("accept4", JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT);
    private static final MethodHandle SHUTDOWN = bind("shutdown", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle SETSOCKOPT =
            bind("setsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle GETSOCKOPT =
            bind("getsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle SEND =
            bind("send", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
    private static final MethodHandle RECV =
            bind("recv", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);

    // They return ssize_t, but never more bytes than an int counts (MAX_RW_COUNT); with the shape
    // of connect they cost nothing to bind.
    private static final MethodHandle SENDMSG =
            bind("sendmsg", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle RECVMSG =
            bind("recvmsg", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle POLL = bind("poll", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);

    private Sockets() {}

    /** socket(2), in the network namespace of the calling platform thread. */
    public static int socket(int domain, int type, int protocol) throws ErrnoException {
        long outcome;
        try (var call = new Downcall()) {
            outcome = call.outcome((int) SOCKET.invokeExact(call.state(), domain, type, protocol));
        } catch (Throwable e) {
            throw impossible(e);
        }
        return (int) checked("socket", outcome);
    }

    /** bind(2). */
    public static void bindTo(int fd, MemorySegment address) throws ErrnoException {
        int size = (int) address.byteSize();
        long outcome;
        try (var call = new Downcall()) {
            outcome = call.outcome((int) BIND.invokeExact(call.state(), fd, address, size));
        } catch (Throwable e) {
            throw impossible(e);
        }
        checked("bind", outcome);
    }

    /** connect(2). */
    public static void connect(int fd, MemorySegment address) throws ErrnoException {
        int size = (int) address.byteSize();
        long outcome;
        do {
            try (var call = new Downcall()) {
                outcome = call.outcome((int) CONNECT.invokeExact(call.state(), fd, address, size));
            } catch (Throwable e) {
                throw impossible(e);
            }
        } while (interrupted(outcome));
        checked("connect", outcome);
    }

    /** listen(2). */
    public static void listen(int fd, int backlog) throws ErrnoException {
        long outcome;
        try (var call = new Downcall()) {
            outcome = call.outcome((int) LISTEN.invokeExact(call.state(), fd, backlog));
        } catch (Throwable e) {
            throw impossible(e);
        }
        checked("listen", outcome);
    }

    /** accept4(2), without asking for the peer's address. */
    public static int accept4(int fd, int flags) throws ErrnoException {
        MemorySegment none = MemorySegment.NULL;
        long outcome;
        do {
            try (var call = new Downcall()) {
                outcome =
                        call.outcome(
                                (int) ACCEPT4.invokeExact(call.state(), fd, none, none, flags));
            } catch (Throwable e) {
                throw impossible(e);
            }
        } while (interrupted(outcome));
        return (int) checked("accept", outcome);
    }

    /** shutdown(2). */
    public static void shutdown(int fd, int how) throws ErrnoException {
        long outcome;
        try (var call = new Downcall()) {
            outcome = call.outcome((int) SHUTDOWN.invokeExact(call.state(), fd, how));
        } catch (Throwable e) {
            throw impossible(e);
        }
        checked("shutdown", outcome);
    }

    /** setsockopt(2). */
    public static void setsockopt(int fd, int level, int name, MemorySegment value)
            throws ErrnoException {
        int size = (int) value.byteSize();
        long outcome;
        try (var call = new Downcall()) {
            outcome =
                    call.outcome(
                            (int)
                                    SETSOCKOPT.invokeExact(
                                            call.state(), fd, level, name, value, size));
        } catch (Throwable e) {
            throw impossible(e);
        }
        checked("setsockopt", outcome);
    }

    /** getsockopt(2) into the whole of {@code value}. */
    public static void getsockopt(int fd, int level, int name, MemorySegment value)
            throws ErrnoException {
        long outcome;
        try (var call = new Downcall()) {
            MemorySegment size = call.arena().allocateFrom(JAVA_INT, (int) value.byteSize());
            outcome =
                    call.outcome(
                            (int)
                                    GETSOCKOPT.invokeExact(
                                            call.state(), fd, level, name, value, size));
        } catch (Throwable e) {
            throw impossible(e);
        }
        checked("getsockopt", outcome);
    }

    /** send(2); returns how many bytes were taken. */
    public static long send(int fd, MemorySegment data, int flags) throws ErrnoException {
        long size = data.byteSize();
        long outcome;
        do {
            try (var call = new Downcall()) {
                outcome =
                        call.outcome((long) SEND.invokeExact(call.state(), fd, data, size, flags));
            } catch (Throwable e) {
                throw impossible(e);
            }
        } while (interrupted(outcome));
        return checked("send", outcome);
    }

    /** recv(2) of at most the size of {@code buffer}. */
    public static long recv(int fd, MemorySegment buffer, int flags) throws ErrnoException {
        long size = buffer.byteSize();
        long outcome;
        do {
            try (var call = new Downcall()) {
                outcome =
                        call.outcome(
                                (long) RECV.invokeExact(call.state(), fd, buffer, size, flags));
            } catch (Throwable e) {
                throw impossible(e);
            }
        } while (interrupted(outcome));
        return checked("recv", outcome);
    }

    /** sendmsg(2); {@code message} begins with a {@code struct msghdr}. */
    public static int sendmsg(int fd, MemorySegment message, int flags) throws ErrnoException {
        long outcome;
        do {
            try (var call = new Downcall()) {
                outcome = call.outcome((int) SENDMSG.invokeExact(call.state(), fd, message, flags));
            } catch (Throwable e) {
                throw impossible(e);
            }
        } while (interrupted(outcome));
        return (int) checked("sendmsg", outcome);
    }

    /** recvmsg(2); {@code message} begins with a {@code struct msghdr}. */
    public static int recvmsg(int fd, MemorySegment message, int flags) throws ErrnoException {
        long outcome;
        do {
            try (var call = new Downcall()) {
                outcome = call.outcome((int) RECVMSG.invokeExact(call.state(), fd, message, flags));
            } catch (Throwable e) {
                throw impossible(e);
            }
        } while (interrupted(outcome));
        return (int) checked("recvmsg", outcome);
    }

    /**
     * poll(2) on an array of {@code struct pollfd}; a signal counts as nothing ready.
     *
     * @param timeoutMillis how long to wait; negative means for ever
     * @return how many descriptors are ready
     */
    public static int poll(MemorySegment descriptors, int timeoutMillis) throws ErrnoException {
        long count = descriptors.byteSize() / 8;
        long outcome;
        try (var call = new Downcall()) {
            outcome =
                    call.outcome(
                            (int)
                                    POLL.invokeExact(
                                            call.state(), descriptors, count, timeoutMillis));
        } catch (Throwable e) {
            throw impossible(e);
        }
        return interrupted(outcome) ? 0 : (int) checked("poll", outcome);
    }
}
