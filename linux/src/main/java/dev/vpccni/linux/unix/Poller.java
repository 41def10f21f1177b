package dev.vpccni.linux.unix;

import static dev.vpccni.linux.Epoll.EPOLLERR;
import static dev.vpccni.linux.Epoll.EPOLLHUP;
import static dev.vpccni.linux.Epoll.EPOLLIN;
import static dev.vpccni.linux.Epoll.EPOLLONESHOT;
import static dev.vpccni.linux.Epoll.EPOLLOUT;
import static dev.vpccni.linux.Epoll.EPOLL_CTL_ADD;
import static dev.vpccni.linux.Epoll.EPOLL_CTL_DEL;
import static dev.vpccni.linux.Epoll.EPOLL_CTL_MOD;
import static dev.vpccni.linux.Libc.EFD_CLOEXEC;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.vpccni.linux.Descriptor;
import dev.vpccni.linux.Epoll;
import dev.vpccni.linux.ErrnoException;
import dev.vpccni.linux.Libc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;

/**
 * Waits for many connections at once. One platform thread at a time {@linkplain #await waits}, or
 * closes; any thread may add, change, remove, and {@linkplain #wakeUp wake} it, also while it is
 * being closed. A connection that is closed is out of it by itself.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/epoll.7.html">epoll(7)</a>
 */
public final class Poller implements AutoCloseable {

    /** How many events are taken at once; others are there the next time. */
    private static final int EVENTS_MAX = 64;

    /** The key of the alarm, which is nobody's. */
    private static final long ALARM = -1;

    private final Descriptor epoll;
    private final Descriptor alarm;

    /** What to hear of; that a peer has closed is told in any case. */
    public enum Interest {
        /** Bytes have come, or there will be no more. */
        BYTES(EPOLLIN),
        /** Bytes have come, or there will be no more; told once. */
        NEXT_BYTES(EPOLLIN | EPOLLONESHOT),
        /** There is room for bytes to send. */
        ROOM(EPOLLOUT),
        /** The peer has closed; told once. */
        END(EPOLLONESHOT);

        private final int mask;

        Interest(int mask) {
            this.mask = mask;
        }
    }

    /** Hears what {@link #await} waited for. */
    @FunctionalInterface
    public interface Listener {

        /**
         * Is told that something is ready.
         *
         * @param key that it was added with
         * @param ended whether the peer has closed
         */
        void ready(long key, boolean ended);
    }

    private Poller(Descriptor epoll, Descriptor alarm) {
        this.epoll = epoll;
        this.alarm = alarm;
    }

    /**
     * Returns a poller of nothing yet.
     *
     * @throws ErrnoException if the kernel refuses, for example with {@code EMFILE}
     */
    public static Poller open() throws ErrnoException {
        Descriptor alarm = Descriptor.own(Libc.eventfd(0, EFD_CLOEXEC));
        try {
            var poller = new Poller(Descriptor.own(Epoll.create()), alarm);
            poller.control(EPOLL_CTL_ADD, alarm.number(), EPOLLIN, ALARM);
            return poller;
        } catch (ErrnoException e) {
            alarm.close();
            throw e;
        }
    }

    /**
     * Begins to tell of connections that can be accepted.
     *
     * @param key at least 0, and nobody else's
     */
    public void add(UnixServer server, long key) throws ErrnoException {
        control(EPOLL_CTL_ADD, server.number(), EPOLLIN, key);
    }

    /** Tells no more of a server. */
    public void remove(UnixServer server) throws ErrnoException {
        control(EPOLL_CTL_DEL, server.number(), 0, 0);
    }

    /**
     * Begins to tell of a connection.
     *
     * @param key at least 0, and nobody else's
     */
    public void add(UnixConnection connection, Interest interest, long key) throws ErrnoException {
        control(EPOLL_CTL_ADD, connection.number(), interest.mask, key);
    }

    /** Tells something else of a connection. */
    public void change(UnixConnection connection, Interest interest, long key)
            throws ErrnoException {
        control(EPOLL_CTL_MOD, connection.number(), interest.mask, key);
    }

    /** Tells no more of a connection. After closing it has no effect. */
    public synchronized void remove(UnixConnection connection) throws ErrnoException {
        if (epoll.isOpen()) {
            control(EPOLL_CTL_DEL, connection.number(), 0, 0);
        }
    }

    /**
     * Waits until something is ready, somebody calls {@link #wakeUp}, or the time is up.
     *
     * @param timeout rounded up to milliseconds; negative means for ever
     */
    public void await(Duration timeout, Listener listener) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment events = arena.allocate((long) EVENTS_MAX * Epoll.EVENT_SIZE, Long.BYTES);
            int count = Epoll.await(epoll.number(), events, millis(timeout));
            for (int i = 0; i < count; i++) {
                long key = Epoll.key(events, i);
                if (key == ALARM) {
                    long _ = Libc.read(alarm.number(), arena.allocate(JAVA_LONG));
                } else {
                    int mask = Epoll.events(events, i);
                    listener.ready(key, (mask & (EPOLLHUP | EPOLLERR)) != 0);
                }
            }
        }
    }

    /** Makes the present or next {@link #await} return at once. After closing it has no effect. */
    public synchronized void wakeUp() throws ErrnoException {
        if (!alarm.isOpen()) {
            return; // its number may be another file's by now
        }
        try (Arena arena = Arena.ofConfined()) {
            long _ = Libc.write(alarm.number(), arena.allocateFrom(JAVA_LONG, 1));
        }
    }

    @Override
    public synchronized void close() {
        epoll.close();
        alarm.close();
    }

    private static int millis(Duration timeout) {
        if (timeout.isNegative()) {
            return -1;
        }
        return (int) Math.min(timeout.plusNanos(999_999).toMillis(), Integer.MAX_VALUE);
    }

    private synchronized void control(int operation, int descriptor, int events, long key)
            throws ErrnoException {
        Epoll.control(epoll.number(), operation, descriptor, events, key);
    }
}
