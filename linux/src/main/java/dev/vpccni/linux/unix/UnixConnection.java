package dev.vpccni.linux.unix;

import static dev.vpccni.linux.Sockets.AF_UNIX;
import static dev.vpccni.linux.Sockets.MSG_DONTWAIT;
import static dev.vpccni.linux.Sockets.POLLERR;
import static dev.vpccni.linux.Sockets.POLLHUP;
import static dev.vpccni.linux.Sockets.SHUT_RDWR;
import static dev.vpccni.linux.Sockets.SOCK_CLOEXEC;
import static dev.vpccni.linux.Sockets.SOCK_STREAM;
import static dev.vpccni.linux.Sockets.SOL_SOCKET;
import static dev.vpccni.linux.Sockets.SO_PEERCRED;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.vpccni.linux.Descriptor;
import dev.vpccni.linux.Errno;
import dev.vpccni.linux.ErrnoException;
import dev.vpccni.linux.Sockets;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * One end of a Unix stream connection, over which bytes and file descriptors travel. A stream has
 * no messages; descriptors arrive with the first byte that was sent along with them.
 *
 * <p>One thread uses a connection at a time; another one may {@link #shutdown} it. {@link #receive}
 * and {@link #send} wait, and on a virtual thread block the carrier; {@link #receiveNow} and {@link
 * #sendNow} do not wait, and a {@link Poller} tells when it is time for them. A connection that
 * nobody uses just now costs a descriptor, and no memory outside the heap.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/unix.7.html">unix(7), SCM_RIGHTS</a>
 */
public final class UnixConnection implements AutoCloseable {

    /** The kernel passes no more at once (SCM_MAX_FD). */
    public static final int DESCRIPTORS_MAX = 253;

    private final Descriptor socket;

    UnixConnection(Descriptor socket) {
        this.socket = socket;
    }

    /**
     * Connects to a server.
     *
     * @throws ErrnoException such as {@code ENOENT} where there is no socket, {@code ECONNREFUSED}
     *     where nobody listens
     */
    public static UnixConnection connect(Path path) throws ErrnoException {
        Descriptor socket = Descriptor.own(Sockets.socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        try (Arena arena = Arena.ofConfined()) {
            Sockets.connect(socket.number(), UnixAddress.of(path, arena));
            return new UnixConnection(socket);
        } catch (ErrnoException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /** Tells who is at the other end. */
    public PeerCredentials peer() throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            var ucred = arena.allocate(JAVA_INT, 3);
            Sockets.getsockopt(socket.number(), SOL_SOCKET, SO_PEERCRED, ucred);
            return new PeerCredentials(
                    ucred.getAtIndex(JAVA_INT, 0),
                    ucred.getAtIndex(JAVA_INT, 1),
                    ucred.getAtIndex(JAVA_INT, 2));
        }
    }

    /**
     * Waits for bytes, and takes the descriptors that come with them, each closed on exec.
     *
     * @param target where the bytes go
     * @param offset of the first one
     * @param length how many to take at most, at least 1
     * @param descriptors to which those that came are added; the caller closes them
     * @param descriptorsMax how many may come at most
     * @return how many bytes came, or -1 if the peer sends no more
     * @throws ErrnoException with {@code EMFILE} if descriptors came and there was no room for them
     * @throws IOException if more descriptors came than may; those that came are closed then
     */
    public int receive(
            byte[] target,
            int offset,
            int length,
            List<? super Descriptor> descriptors,
            int descriptorsMax)
            throws IOException {
        return receive(target, offset, length, descriptors, descriptorsMax, 0);
    }

    /**
     * Waits for bytes alone; descriptors that come with them are closed and an error.
     *
     * @return how many bytes came, or -1 if the peer sends no more
     */
    public int receive(byte[] target, int offset, int length) throws IOException {
        return receive(target, offset, length, List.of(), 0);
    }

    /** Like {@link #receive}, but does not wait: returns 0 if there is nothing yet. */
    public int receiveNow(
            byte[] target,
            int offset,
            int length,
            List<? super Descriptor> descriptors,
            int descriptorsMax)
            throws IOException {
        try {
            return receive(target, offset, length, descriptors, descriptorsMax, MSG_DONTWAIT);
        } catch (ErrnoException e) {
            if (e.is(Errno.EAGAIN)) {
                return 0;
            }
            throw e;
        }
    }

    /**
     * Waits until {@code target} is full.
     *
     * @throws EOFException if the peer sends no more before that
     */
    public void receiveFully(
            byte[] target, List<? super Descriptor> descriptors, int descriptorsMax)
            throws IOException {
        int taken = 0;
        while (taken < target.length) {
            int came =
                    receive(
                            target,
                            taken,
                            target.length - taken,
                            descriptors,
                            descriptorsMax - descriptors.size());
            if (came < 0) {
                throw new EOFException(taken + " of " + target.length + " bytes came");
            }
            taken += came;
        }
    }

    /**
     * Sends all bytes, and with the first of them copies of descriptors, which stay the caller's.
     *
     * @param descriptors at most {@link #DESCRIPTORS_MAX}
     * @throws IllegalArgumentException if there are descriptors but no byte to send them with
     * @throws ErrnoException with {@code EPIPE} if the peer has closed
     */
    public void send(byte[] data, Descriptor... descriptors) throws ErrnoException {
        if (data.length == 0 && descriptors.length > 0) {
            throw new IllegalArgumentException("descriptors travel with at least one byte");
        }
        try (var message = new SocketMessage()) {
            int sent = 0;
            while (sent < data.length) {
                sent +=
                        sent == 0
                                ? message.send(socket.number(), data, 0, 0, descriptors)
                                : message.send(socket.number(), data, sent, 0);
            }
        }
    }

    /**
     * Sends bytes, as many as the peer has room for, and does not wait.
     *
     * @param offset of the first one
     * @return the offset behind the last one that was taken
     * @throws ErrnoException with {@code EPIPE} if the peer has closed
     */
    public int sendNow(byte[] data, int offset) throws ErrnoException {
        int sent = offset;
        try (var message = new SocketMessage()) {
            while (sent < data.length) {
                sent += message.send(socket.number(), data, sent, MSG_DONTWAIT);
            }
        } catch (ErrnoException e) {
            if (!e.is(Errno.EAGAIN)) {
                throw e;
            }
        }
        return sent;
    }

    /** Tells, without waiting, whether the peer has closed. One that only sends no more has not. */
    public boolean hungUp() throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            // struct pollfd: fd, events, revents; the end is told without being asked for.
            var pollfd = arena.allocateFrom(JAVA_INT, socket.number(), 0);
            int ready = Sockets.poll(pollfd, 0);
            int events = pollfd.getAtIndex(JAVA_INT, 1) >>> Short.SIZE;
            return ready > 0 && (events & (POLLHUP | POLLERR)) != 0;
        }
    }

    /**
     * Ends both directions without closing: whoever waits for bytes, here or at the peer, is told
     * that there are no more. Any thread may call this, also while another one waits.
     */
    public void shutdown() throws ErrnoException {
        try {
            Sockets.shutdown(socket.number(), SHUT_RDWR);
        } catch (ErrnoException e) {
            if (!e.is(Errno.ENOTCONN)) {
                throw e;
            }
        }
    }

    /** Closes, by the thread that uses the connection. Closing again has no effect. */
    @Override
    public void close() {
        socket.close();
    }

    /** Returns the number that system calls know the connection by. */
    int number() {
        return socket.number();
    }

    private int receive(
            byte[] target,
            int offset,
            int length,
            List<? super Descriptor> descriptors,
            int descriptorsMax,
            int flags)
            throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        try (var message = new SocketMessage()) {
            return message.receive(
                    socket.number(), target, offset, length, descriptors, descriptorsMax, flags);
        }
    }
}
