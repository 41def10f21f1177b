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
 * System calls on files and namespaces. Each method is the call of the same name in section 2 of
 * the manual, except that it throws {@link ErrnoException} where the call returns -1, and makes the
 * call again where a signal interrupted it.
 *
 * <p>A call that blocks, blocks the carrier too when made from a virtual thread. What it does to
 * the thread's namespaces it does to the platform thread beneath, so {@link #setns} and {@link
 * #unshare} refuse virtual threads.
 *
 * @see <a href="https://man7.org/linux/man-pages/dir_section_2.html">system calls</a>
 */
public final class Libc {

    public static final int O_RDONLY = 0;
    public static final int O_WRONLY = 1;
    public static final int O_RDWR = 2;
    public static final int O_CLOEXEC = 0x80000;

    /** For {@link #setns} and {@link #unshare}: the network namespace. */
    public static final int CLONE_NEWNET = 0x40000000;

    /** For {@link #unshare}: the mount namespace. */
    public static final int CLONE_NEWNS = 0x20000;

    /** For {@link #mount}: make a file or folder visible in another place too. */
    public static final int MS_BIND = 0x1000;

    /** For {@link #umount2}: unmount now, clean up when the last user is gone. */
    public static final int MNT_DETACH = 2;

    /** For {@link #eventfd}: close on exec. */
    public static final int EFD_CLOEXEC = 0x80000;

    private static final MethodHandle OPEN = bind("open", JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle CLOSE = bind("close", JAVA_INT, JAVA_INT);
    private static final MethodHandle READ = bind("read", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
    private static final MethodHandle PREAD =
            bind("pread", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle WRITE =
            bind("write", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
    private static final MethodHandle SETNS = bind("setns", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle UNSHARE = bind("unshare", JAVA_INT, JAVA_INT);
    private static final MethodHandle UMOUNT2 = bind("umount2", JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle EVENTFD = bind("eventfd", JAVA_INT, JAVA_INT, JAVA_INT);

    private Libc() {}

    /** open(2) of an existing file. */
    public static int open(String path, int flags) throws ErrnoException {
        long outcome;
        do {
            try (var call = new Downcall()) {
                MemorySegment name = call.arena().allocateFrom(path);
                outcome = call.outcome((int) OPEN.invokeExact(call.state(), name, flags));
            } catch (Throwable e) {
                throw impossible(e);
            }
        } while (interrupted(outcome));
        return (int) checked("open " + path, outcome);
    }

    /**
     * close(2); the descriptor is gone on Linux whatever the call returns, so nothing is thrown.
     */
    public static void close(int fd) {
        try (var call = new Downcall()) {
            int _ = (int) CLOSE.invokeExact(call.state(), fd);
        } catch (Throwable e) {
            throw impossible(e);
        }
    }

    /** read(2) of at most the size of {@code buffer}. */
    public static long read(int fd, MemorySegment buffer) throws ErrnoException {
        long size = buffer.byteSize();
        long outcome;
        do {
            try (var call = new Downcall()) {
                outcome = call.outcome((long) READ.invokeExact(call.state(), fd, buffer, size));
            } catch (Throwable e) {
                throw impossible(e);
            }
        } while (interrupted(outcome));
        return checked("read", outcome);
    }

    /** pread(2) at {@code offset}, which leaves the file's position where it is. */
    public static long pread(int fd, MemorySegment buffer, long offset) throws ErrnoException {
        long size = buffer.byteSize();
        long outcome;
        do {
            try (var call = new Downcall()) {
                outcome =
                        call.outcome(
                                (long) PREAD.invokeExact(call.state(), fd, buffer, size, offset));
            } catch (Throwable e) {
                throw impossible(e);
            }
        } while (interrupted(outcome));
        return checked("pread", outcome);
    }

    /** write(2) of {@code data}; returns how many bytes were taken. */
    public static long write(int fd, MemorySegment data) throws ErrnoException {
        long size = data.byteSize();
        long outcome;
        do {
            try (var call = new Downcall()) {
                outcome = call.outcome((long) WRITE.invokeExact(call.state(), fd, data, size));
            } catch (Throwable e) {
                throw impossible(e);
            }
        } while (interrupted(outcome));
        return checked("write", outcome);
    }

    /**
     * setns(2): moves the calling platform thread.
     *
     * @throws IllegalStateException on a virtual thread, whose carrier would move
     */
    public static void setns(int fd, int type) throws ErrnoException {
        requirePlatformThread("setns");
        long outcome;
        try (var call = new Downcall()) {
            outcome = call.outcome((int) SETNS.invokeExact(call.state(), fd, type));
        } catch (Throwable e) {
            throw impossible(e);
        }
        checked("setns", outcome);
    }

    /**
     * unshare(2): moves the calling platform thread into new namespaces.
     *
     * @throws IllegalStateException on a virtual thread, whose carrier would move
     */
    public static void unshare(int flags) throws ErrnoException {
        requirePlatformThread("unshare");
        long outcome;
        try (var call = new Downcall()) {
            outcome = call.outcome((int) UNSHARE.invokeExact(call.state(), flags));
        } catch (Throwable e) {
            throw impossible(e);
        }
        checked("unshare", outcome);
    }

    /** mount(2) without type and data, as binding and changing propagation need it. */
    public static void mount(String source, String target, long flags) throws ErrnoException {
        MemorySegment none = MemorySegment.NULL;
        long outcome;
        try (var call = new Downcall()) {
            MemorySegment from = call.arena().allocateFrom(source);
            MemorySegment to = call.arena().allocateFrom(target);
            outcome =
                    call.outcome(
                            (int)
                                    Mount.CALL.invokeExact(
                                            call.state(), from, to, none, flags, none));
        } catch (Throwable e) {
            throw impossible(e);
        }
        checked("mount " + target, outcome);
    }

    /** umount2(2). */
    public static void umount2(String target, int flags) throws ErrnoException {
        long outcome;
        try (var call = new Downcall()) {
            MemorySegment name = call.arena().allocateFrom(target);
            outcome = call.outcome((int) UMOUNT2.invokeExact(call.state(), name, flags));
        } catch (Throwable e) {
            throw impossible(e);
        }
        checked("umount " + target, outcome);
    }

    /** eventfd(2), which one thread writes to wake another one that polls it. */
    public static int eventfd(int value, int flags) throws ErrnoException {
        long outcome;
        try (var call = new Downcall()) {
            outcome = call.outcome((int) EVENTFD.invokeExact(call.state(), value, flags));
        } catch (Throwable e) {
            throw impossible(e);
        }
        return (int) checked("eventfd", outcome);
    }

    private static void requirePlatformThread(String call) {
        if (Thread.currentThread().isVirtual()) {
            throw new IllegalStateException(call + " on a virtual thread would move its carrier");
        }
    }

    /** Bound when first used: each shape of call costs milliseconds at the start of a program. */
    private static final class Mount {
        static final MethodHandle CALL =
                bind("mount", JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS);
    }
}
