package dev.vpccni.linux.sysctl;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.vpccni.linux.Descriptor;
import dev.vpccni.linux.Errno;
import dev.vpccni.linux.ErrnoException;
import dev.vpccni.linux.Libc;
import dev.vpccni.linux.namespace.NamespaceThread;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/**
 * Kernel parameters, named by their path below {@code /proc/sys}, such as {@code
 * net/ipv4/conf/eth0/rp_filter}; with slashes, since names of links may contain dots.
 *
 * <p>Parameters below {@code net} are those of the network namespace of the calling platform
 * thread; {@linkplain NamespaceThread#inside inside another one} they are its own.
 */
public final class Sysctl {

    private static final String ROOT = "/proc/sys/";

    /** Bytes; what {@code net} has is shorter. */
    private static final int VALUE_SIZE_MAX = 4096;

    private Sysctl() {}

    /**
     * Returns the value without the white space around it.
     *
     * @throws ErrnoException with {@code ENOENT} if there is no such parameter
     */
    public static String read(String name) throws ErrnoException {
        try (Descriptor file = open(name, Libc.O_RDONLY);
                Arena arena = Arena.ofConfined()) {
            return read(file, arena);
        } catch (ErrnoException e) {
            throw e.during("read " + name);
        }
    }

    /**
     * Sets a value, unless it is the present one: writing some parameters, even with no effect,
     * takes a lock that all of the kernel's networking shares.
     *
     * @return whether it was another value before
     * @throws ErrnoException with {@code ENOENT} if there is no such parameter, {@code EROFS} where
     *     {@code /proc/sys} may not be written, as in most containers, {@code EINVAL} if the kernel
     *     does not like the value
     */
    public static boolean write(String name, String value) throws ErrnoException {
        try (Descriptor file = open(name, Libc.O_RDWR);
                Arena arena = Arena.ofConfined()) {
            if (read(file, arena).equals(value)) {
                return false;
            }
            MemorySegment bytes = arena.allocateFrom(value, StandardCharsets.US_ASCII);
            long _ = Libc.write(file.number(), bytes.asSlice(0, bytes.byteSize() - 1));
            return true;
        } catch (ErrnoException e) {
            throw e.during("write " + name);
        }
    }

    /**
     * Sets a value as {@link #write} does, if the kernel has such a parameter; it lacks those of
     * IPv6 where that is switched off.
     *
     * @return whether it was another value before
     */
    public static boolean writeIfPresent(String name, String value) throws ErrnoException {
        try {
            return write(name, value);
        } catch (ErrnoException e) {
            if (e.is(Errno.ENOENT)) {
                return false;
            }
            throw e;
        }
    }

    /** Sets a value inside a network namespace as {@link #write} does. */
    public static boolean writeInside(
            NamespaceThread thread, Descriptor namespace, String name, String value)
            throws IOException {
        return thread.inside(namespace, () -> write(name, value));
    }

    /** Reads a value inside a network namespace. */
    public static String readInside(NamespaceThread thread, Descriptor namespace, String name)
            throws IOException {
        return thread.inside(namespace, () -> read(name));
    }

    private static Descriptor open(String name, int mode) throws ErrnoException {
        return Descriptor.own(Libc.open(ROOT + name, mode | Libc.O_CLOEXEC));
    }

    private static String read(Descriptor file, Arena arena) throws ErrnoException {
        MemorySegment buffer = arena.allocate(VALUE_SIZE_MAX);
        // Not read(2): the kernel ignores what is written at any position but the first.
        int size = (int) Libc.pread(file.number(), buffer, 0);
        byte[] bytes = buffer.asSlice(0, size).toArray(JAVA_BYTE);
        return new String(bytes, StandardCharsets.US_ASCII).strip();
    }
}
