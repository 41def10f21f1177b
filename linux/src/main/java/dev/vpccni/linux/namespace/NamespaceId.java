package dev.vpccni.linux.namespace;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.vpccni.linux.Descriptor;
import dev.vpccni.linux.Errno;
import dev.vpccni.linux.ErrnoException;
import dev.vpccni.linux.Libc;
import dev.vpccni.linux.NamespaceCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Which namespace an open file stands for: two files stand for the same one if these are equal. It
 * holds for as long as something keeps the namespace; later another one may be called the same.
 *
 * @param device of the file, as {@code st_dev} has it
 * @param inode of the file, as {@code st_ino} has it
 * @see <a href="https://man7.org/linux/man-pages/man7/namespaces.7.html">namespaces(7), section
 *     "The /proc/pid/ns/ directory"</a>
 */
public record NamespaceId(long device, long inode) {

    /** Returns what {@code file} is, which may be no namespace. */
    public static NamespaceId of(Descriptor file) throws ErrnoException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment stat = arena.allocate(NamespaceCalls.STAT_SIZE, 8);
            NamespaceCalls.fstat(file.number(), stat);
            return new NamespaceId(
                    stat.get(JAVA_LONG, NamespaceCalls.STAT_DEVICE),
                    stat.get(JAVA_LONG, NamespaceCalls.STAT_INODE));
        }
    }

    /**
     * Returns the network namespace that {@code socket} belongs to.
     *
     * @throws ErrnoException with {@code ENOTTY} if it is no socket, with {@code EPERM} without the
     *     capability {@code CAP_NET_ADMIN} over that namespace
     */
    public static NamespaceId ofSocket(Descriptor socket) throws ErrnoException {
        try (Descriptor namespace = Descriptor.own(NamespaceCalls.networkOf(socket.number()))) {
            return of(namespace);
        }
    }

    /** Tells whether {@code file} is a network namespace. */
    public static boolean isNetwork(Descriptor file) throws ErrnoException {
        try {
            return NamespaceCalls.typeOf(file.number()) == Libc.CLONE_NEWNET;
        } catch (ErrnoException e) {
            if (e.is(Errno.ENOTTY)) {
                return false;
            }
            throw e;
        }
    }
}
