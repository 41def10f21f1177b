package dev.vpccni.linux.unix;

import static dev.vpccni.linux.Sockets.AF_UNIX;
import static dev.vpccni.linux.Sockets.SOCK_CLOEXEC;
import static dev.vpccni.linux.Sockets.SOCK_NONBLOCK;
import static dev.vpccni.linux.Sockets.SOCK_STREAM;
import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import dev.vpccni.linux.Descriptor;
import dev.vpccni.linux.Errno;
import dev.vpccni.linux.ErrnoException;
import dev.vpccni.linux.Sockets;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Listens on a Unix stream socket. Accepting does not wait; a {@link Poller} tells when there is
 * somebody. One thread accepts and closes.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/unix.7.html">unix(7)</a>
 */
public final class UnixServer implements AutoCloseable {

    private final Descriptor socket;
    private final Path path;
    private final Object inode;

    private UnixServer(Descriptor socket, Path path, Object inode) {
        this.socket = socket;
        this.path = path;
        this.inode = inode;
    }

    /**
     * Listens at {@code path}, in place of a socket that somebody left behind there. The socket
     * appears with its permissions, and listening, at once: it is made under another name and
     * renamed.
     *
     * @param permissions who may connect: those who may write
     * @param backlog how many connections may wait to be accepted
     * @throws IOException if the folder cannot be written
     * @throws IllegalArgumentException if the path has more than 103 bytes
     */
    public static UnixServer listen(Path path, Set<PosixFilePermission> permissions, int backlog)
            throws IOException {
        Path early = path.resolveSibling(path.getFileName() + ".new");
        Files.deleteIfExists(early);
        int type = SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK;
        Descriptor socket = Descriptor.own(Sockets.socket(AF_UNIX, type, 0));
        try (Arena arena = Arena.ofConfined()) {
            Sockets.bindTo(socket.number(), UnixAddress.of(early, arena));
            Files.setPosixFilePermissions(early, permissions);
            Sockets.listen(socket.number(), backlog);
            Object inode = inode(early);
            Files.move(early, path, StandardCopyOption.ATOMIC_MOVE);
            return new UnixServer(socket, path, inode);
        } catch (IOException | RuntimeException e) {
            socket.close();
            Files.deleteIfExists(early);
            throw e;
        }
    }

    /**
     * Takes the next connection, or returns null if there is none.
     *
     * @throws ErrnoException if the kernel refuses, for example with {@code EMFILE}
     * @throws IllegalStateException if this server is closed
     */
    public @Nullable UnixConnection accept() throws ErrnoException {
        try {
            int accepted = Sockets.accept4(socket.number(), SOCK_CLOEXEC);
            return new UnixConnection(Descriptor.own(accepted));
        } catch (ErrnoException e) {
            if (e.is(Errno.EAGAIN)) {
                return null;
            }
            throw e;
        }
    }

    /**
     * Stops listening and removes the socket's file, unless another server has taken its place.
     * Connections go on. Closing again has no effect.
     */
    @Override
    public void close() throws IOException {
        if (socket.isOpen()) {
            socket.close();
            removeOwnFile();
        }
    }

    /** Returns the number that system calls know the socket by. */
    int number() {
        return socket.number();
    }

    private void removeOwnFile() throws IOException {
        if (Files.exists(path, NOFOLLOW_LINKS) && inode(path).equals(inode)) {
            Files.deleteIfExists(path);
        }
    }

    private static Object inode(Path file) throws IOException {
        return Files.getAttribute(file, "unix:ino", NOFOLLOW_LINKS);
    }
}
