package dev.vpccni.linux;

import static dev.vpccni.linux.Downcall.bind;
import static dev.vpccni.linux.Downcall.checked;
import static dev.vpccni.linux.Downcall.impossible;
import static dev.vpccni.linux.Downcall.interrupted;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The calls of epoll(7), with the manners of {@link Libc}, and {@code struct epoll_event}.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/epoll.7.html">epoll(7)</a>
 */
public final class Epoll {

    public static final int EPOLLIN = 1;
    public static final int EPOLLOUT = 4;
    public static final int EPOLLERR = 8;
    public static final int EPOLLHUP = 0x10;
    public static final int EPOLLONESHOT = 1 << 30;

    public static final int EPOLL_CTL_ADD = 1;
    public static final int EPOLL_CTL_DEL = 2;
    public static final int EPOLL_CTL_MOD = 3;

    /** On x86-64 alone the two fields of the struct lie side by side (linux/eventpoll.h). */
    private static final int DATA = System.getProperty("os.arch").equals("amd64") ? 4 : 8;

    /** The size of {@code struct epoll_event} in bytes. */
    public static final int EVENT_SIZE = DATA + Long.BYTES;

    // Each shape of call takes the linker milliseconds once, so these are bound with shapes that
    // others have. Integers travel in registers of 64 bits on both architectures: epoll_ctl does
    // not look at the fifth one, nor epoll_wait at the upper half of its third, nor we at that of
    // its result.
    private static final MethodHandle CREATE1 = bind("epoll_create1", JAVA_INT, JAVA_INT);
    private static final MethodHandle CTL =
            bind("epoll_ctl", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle WAIT =
            bind("epoll_wait", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);

    private Epoll() {}

    /** epoll_create1(2), closed on exec. */
    public static int create() throws ErrnoException {
        long outcome;
        try (var call = new Downcall()) {
            outcome = call.outcome((int) CREATE1.invokeExact(call.state(), Sockets.SOCK_CLOEXEC));
        } catch (Throwable e) {
            throw impossible(e);
        }
        return (int) checked("epoll_create1", outcome);
    }

    /**
     * epoll_ctl(2).
     *
     * @param operation {@link #EPOLL_CTL_ADD}, {@link #EPOLL_CTL_DEL} or {@link #EPOLL_CTL_MOD}
     * @param events a mask, such as {@link #EPOLLIN}
     * @param key what {@link #key} returns of the descriptor's events
     */
    public static void control(int epoll, int operation, int fd, int events, long key)
            throws ErrnoException {
        long outcome;
        try (var call = new Downcall()) {
            MemorySegment event = call.arena().allocate(EVENT_SIZE, Long.BYTES);
            event.set(JAVA_INT, 0, events);
            event.set(JAVA_LONG_UNALIGNED, DATA, key);
            outcome =
                    call.outcome(
                            (int) CTL.invokeExact(call.state(), epoll, operation, fd, event, 0));
        } catch (Throwable e) {
            throw impossible(e);
        }
        checked("epoll_ctl", outcome);
    }

    /**
     * epoll_wait(2); a signal counts as nothing ready.
     *
     * @param events to be filled with events, as many as fit
     * @param timeoutMillis how long to wait; negative means for ever
     * @return how many there are
     */
    public static int await(int epoll, MemorySegment events, int timeoutMillis)
            throws ErrnoException {
        long max = events.byteSize() / EVENT_SIZE;
        long outcome;
        try (var call = new Downcall()) {
            int result =
                    (int) (long) WAIT.invokeExact(call.state(), epoll, events, max, timeoutMillis);
            outcome = call.outcome(result);
        } catch (Throwable e) {
            throw impossible(e);
        }
        return interrupted(outcome) ? 0 : (int) checked("epoll_wait", outcome);
    }

    /** Returns the mask of what is ready, of an event that {@link #await} filled in. */
    public static int events(MemorySegment events, int index) {
        return events.get(JAVA_INT, (long) index * EVENT_SIZE);
    }

    /** Returns whose event it is. */
    public static long key(MemorySegment events, int index) {
        return events.get(JAVA_LONG_UNALIGNED, (long) index * EVENT_SIZE + DATA);
    }
}
