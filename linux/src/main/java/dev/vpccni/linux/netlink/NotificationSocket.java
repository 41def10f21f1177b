package dev.vpccni.linux.netlink;

import static dev.vpccni.linux.Libc.EFD_CLOEXEC;
import static dev.vpccni.linux.Sockets.AF_NETLINK;
import static dev.vpccni.linux.Sockets.MSG_DONTWAIT;
import static dev.vpccni.linux.Sockets.MSG_TRUNC;
import static dev.vpccni.linux.Sockets.POLLIN;
import static dev.vpccni.linux.Sockets.SOCK_CLOEXEC;
import static dev.vpccni.linux.Sockets.SOCK_RAW;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.vpccni.linux.Descriptor;
import dev.vpccni.linux.Errno;
import dev.vpccni.linux.ErrnoException;
import dev.vpccni.linux.Libc;
import dev.vpccni.linux.SegmentPool;
import dev.vpccni.linux.Sockets;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Hears what the kernel multicasts to groups. One thread, a platform thread, receives, since
 * waiting blocks; any thread may {@linkplain #wakeUp wake} it. The one that receives also closes.
 */
public final class NotificationSocket implements AutoCloseable {

    /**
     * So many datagrams that mean nothing are read in one wait, for there may be no end of them.
     */
    private static final int MEANINGLESS_MAX = 10_000;

    private final Descriptor socket;
    private final Descriptor alarm;

    private NotificationSocket(Descriptor socket, Descriptor alarm) {
        this.socket = socket;
        this.alarm = alarm;
    }

    /**
     * Opens a socket in the network namespace of the current platform thread.
     *
     * @param protocol such as {@link NetlinkSocket#NETLINK_ROUTE}
     * @param groups a mask, such as {@code RTMGRP_LINK | RTMGRP_IPV4_ROUTE}
     * @throws ErrnoException if the kernel refuses
     */
    public static NotificationSocket open(int protocol, int groups) throws ErrnoException {
        Descriptor socket =
                Descriptor.own(Sockets.socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol));
        try (Arena arena = Arena.ofConfined()) {
            Sockets.bindTo(socket.number(), arena.allocateFrom(JAVA_INT, AF_NETLINK, 0, groups));
            return new NotificationSocket(socket, Descriptor.own(Libc.eventfd(0, EFD_CLOEXEC)));
        } catch (ErrnoException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /**
     * Has the kernel keep messages back from now on.
     *
     * @param ports of sockets whose changes are not to be told
     * @param types of messages that are not
     * @throws ErrnoException if the kernel refuses
     */
    public void ignore(Set<Integer> ports, Set<Integer> types) throws ErrnoException {
        MessageFilter.drop(socket.number(), ports, types);
    }

    /**
     * Waits until there are messages that mean something, somebody calls {@link #wakeUp}, or the
     * time is up.
     *
     * @param reader what a message means, null for nothing; it is valid only during the call
     * @return what the messages of one datagram mean, none if there were none in time, or very many
     *     without a meaning; or null if messages were lost because they came faster than they were
     *     read, so that the caller has to look at everything afresh
     * @throws IOException if the kernel refuses, or a message is malformed
     */
    public <T> @Nullable List<T> receive(
            Duration timeout, Function<NetlinkMessage, @Nullable T> reader) throws IOException {
        long deadline = System.nanoTime() + timeout.toNanos();
        var means = new ArrayList<T>();
        boolean more = true;
        for (int i = 0; means.isEmpty() && more && i < MEANINGLESS_MAX; i++) {
            var messages = new AtomicInteger();
            Consumer<NetlinkMessage> each =
                    message -> {
                        messages.incrementAndGet();
                        T meaning = reader.apply(message);
                        if (meaning != null) {
                            means.add(meaning);
                        }
                    };
            if (!receive(Math.max(0, deadline - System.nanoTime()), each)) {
                return null;
            }
            more = messages.get() > 0;
        }
        return means;
    }

    /** Hands over the messages of at most one datagram; returns false if messages were lost. */
    private boolean receive(long nanos, Consumer<NetlinkMessage> each) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            // Two times struct pollfd: fd, events, revents.
            MemorySegment ready =
                    arena.allocateFrom(JAVA_INT, socket.number(), POLLIN, alarm.number(), POLLIN);
            Sockets.poll(ready, millis(Duration.ofNanos(nanos)));
            if (signalled(ready, 3)) {
                long _ = Libc.read(alarm.number(), arena.allocate(JAVA_LONG));
            }
            return !signalled(ready, 1) || receiveNow(each);
        }
    }

    private static int millis(Duration timeout) {
        return (int) Math.min(timeout.toMillis(), Integer.MAX_VALUE);
    }

    /**
     * Waits until this socket or one of {@code others} has messages, or somebody calls {@link
     * #wakeUp} of this one, or the time is up.
     *
     * @throws IOException if the kernel refuses
     */
    public void await(List<NotificationSocket> others, Duration timeout) throws IOException {
        var events = new int[2 * (others.size() + 2)]; // struct pollfd: fd, events, revents
        int size = 0;
        for (int descriptor : descriptors(others)) {
            events[size++] = descriptor;
            events[size++] = POLLIN;
        }
        try (Arena arena = Arena.ofConfined()) {
            Sockets.poll(arena.allocateFrom(JAVA_INT, events), millis(timeout));
        }
    }

    private int[] descriptors(List<NotificationSocket> others) {
        return IntStream.concat(
                        IntStream.of(socket.number(), alarm.number()),
                        others.stream().mapToInt(other -> other.socket.number()))
                .toArray();
    }

    /** Makes the present or next {@link #receive} return at once. */
    public void wakeUp() throws ErrnoException {
        try (Arena one = Arena.ofConfined()) {
            long _ = Libc.write(alarm.number(), one.allocateFrom(JAVA_LONG, 1));
        }
    }

    @Override
    public void close() {
        socket.close();
        alarm.close();
    }

    private static boolean signalled(MemorySegment ready, int index) {
        return ready.getAtIndex(JAVA_INT, index) >>> Short.SIZE != 0;
    }

    private boolean receiveNow(Consumer<NetlinkMessage> each) throws IOException {
        try (SegmentPool.Loan loan = NetlinkSocket.BUFFERS.borrow()) {
            MemorySegment buffer = loan.segment();
            long size = Sockets.recv(socket.number(), buffer, MSG_TRUNC | MSG_DONTWAIT);
            if (size > buffer.byteSize()) {
                return false;
            }
            var message = new Datagram(buffer.asSlice(0, size));
            while (message.next()) {
                each.accept(message.message());
            }
            return true;
        } catch (ErrnoException e) {
            if (e.is(Errno.ENOBUFS)) {
                return false;
            }
            if (e.is(Errno.EAGAIN)) {
                return true;
            }
            throw e;
        }
    }
}
