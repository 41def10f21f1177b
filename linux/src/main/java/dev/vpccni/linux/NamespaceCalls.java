package dev.vpccni.linux;

import static dev.vpccni.linux.Downcall.bind;
import static dev.vpccni.linux.Downcall.checked;
import static dev.vpccni.linux.Downcall.impossible;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** System calls that tell which namespace is which, with the manners of {@link Libc}. */
public final class NamespaceCalls {

    /** The size of {@code struct stat} on 64-bit Linux, or more, in bytes. */
    public static final long STAT_SIZE = 256;

    /** Where {@code struct stat} has the device, a long, on x86-64 and arm64. */
    public static final long STAT_DEVICE = 0;

    /** Where {@code struct stat} has the number of the inode, a long, on x86-64 and arm64. */
    public static final long STAT_INODE = 8;

    private static final int SIOCGSKNS = 0x894c;
    private static final int NS_GET_NSTYPE = 0xb703;

    // Shapes of calls that are bound already, for each new one costs milliseconds at the start. The
    // kernel's ioctl takes an unsigned int, and these requests no argument; fstat ignores a third.
    private static final MethodHandle IOCTL = bind("ioctl", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle FSTAT = bind("fstat", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);

    private NamespaceCalls() {}

    /**
     * fstat(2).
     *
     * @param stat of at least {@link #STAT_SIZE} bytes
     */
    public static void fstat(int fd, MemorySegment stat) throws ErrnoException {
        long outcome;
        try (var call = new Downcall()) {
            outcome = call.outcome((int) FSTAT.invokeExact(call.state(), fd, stat, 0));
        } catch (Throwable e) {
            throw impossible(e);
        }
        checked("fstat", outcome);
    }

    /**
     * ioctl(2) SIOCGSKNS: opens the network namespace that a socket belongs to (since 4.10).
     *
     * @throws ErrnoException with {@code ENOTTY} if it is no socket, with {@code EPERM} without the
     *     capability {@code CAP_NET_ADMIN} over that namespace
     * @see <a href="https://man7.org/linux/man-pages/man7/netdevice.7.html">netdevice(7)</a>
     */
    public static int networkOf(int socket) throws ErrnoException {
        return ioctl("SIOCGSKNS", socket, SIOCGSKNS);
    }

    /**
     * ioctl(2) NS_GET_NSTYPE: returns the kind of a namespace, such as {@link Libc#CLONE_NEWNET}.
     *
     * @throws ErrnoException with {@code ENOTTY} if it is none
     * @see <a href="https://man7.org/linux/man-pages/man2/NS_GET_NSTYPE.2const.html">
     *     NS_GET_NSTYPE(2const)</a>
     */
    public static int typeOf(int namespace) throws ErrnoException {
        return ioctl("NS_GET_NSTYPE", namespace, NS_GET_NSTYPE);
    }

    private static int ioctl(String name, int fd, int request) throws ErrnoException {
        long outcome;
        try (var call = new Downcall()) {
            outcome = call.outcome((int) IOCTL.invokeExact(call.state(), fd, request));
        } catch (Throwable e) {
            throw impossible(e);
        }
        return (int) checked(name, outcome);
    }
}
