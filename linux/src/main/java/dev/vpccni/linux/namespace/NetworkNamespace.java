package dev.vpccni.linux.namespace;

import dev.vpccni.linux.Descriptor;
import dev.vpccni.linux.Errno;
import dev.vpccni.linux.ErrnoException;
import dev.vpccni.linux.Libc;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * Network namespaces that outlive processes because a file holds them, as {@code ip netns} makes
 * them in {@code /run/netns}.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/network_namespaces.7.html">
 *     network_namespaces(7)</a>
 */
public final class NetworkNamespace {

    private static final String OF_THREAD = "/proc/thread-self/ns/net";

    private NetworkNamespace() {}

    /** Opens the network namespace of the current platform thread. */
    public static Descriptor current() throws ErrnoException {
        return Descriptor.open(Path.of(OF_THREAD));
    }

    /**
     * Makes a network namespace and the file that holds it, with the folder if that is missing. The
     * namespace has a loopback link, which is down.
     *
     * @throws IOException if {@code path} exists, or without the capability {@code CAP_SYS_ADMIN}
     */
    public static void create(Path path) throws IOException {
        Path folder = path.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        Files.createFile(path);
        try {
            onThreadOfItsOwn(() -> {
                Libc.unshare(Libc.CLONE_NEWNET);
                Libc.mount(OF_THREAD, path.toString(), Libc.MS_BIND);
                return null;
            });
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(path);
            throw e;
        }
    }

    /**
     * Makes an anonymous network namespace, which ends with its last descriptor, socket and
     * process.
     *
     * @throws IOException without the capability {@code CAP_SYS_ADMIN}
     */
    public static Descriptor createAnonymous() throws IOException {
        return onThreadOfItsOwn(() -> {
            Libc.unshare(Libc.CLONE_NEWNET);
            return current();
        });
    }

    /**
     * Removes the file; the namespace ends once nobody else uses it, which the kernel sees to
     * later. A file that does not exist, or holds no namespace any more, is no error.
     */
    public static void remove(Path path) throws IOException {
        try {
            Libc.umount2(path.toString(), Libc.MNT_DETACH);
        } catch (ErrnoException e) {
            if (!e.is(Errno.EINVAL) && !e.is(Errno.ENOENT)) {
                throw e;
            }
        }
        Files.deleteIfExists(path);
    }

    /** The thread is not used again, so it does not have to find its way home. */
    private static <T extends @Nullable Object> T onThreadOfItsOwn(Callable<T> step)
            throws IOException {
        var future = new FutureTask<T>(step);
        Thread.ofPlatform().name("new-namespace").start(future);
        return Futures.await(future);
    }
}
