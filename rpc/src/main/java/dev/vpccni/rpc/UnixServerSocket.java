package dev.vpccni.rpc;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A Unix socket (unix(7)) in the form that gRPC's transport without Netty takes: {@link
 * ServerSocket} itself knows addresses of the internet only.
 *
 * <p>The socket appears at its path all at once, with mode 0660, in place of what another process
 * left there. It is not removed on closing, because by then the path may be a successor's; a client
 * is refused either way.
 */
final class UnixServerSocket extends ServerSocket {

    /** After a failure that only time can heal, such as too many open files. */
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final ServerSocketChannel channel;
    private final Connections connections;
    private final RpcListener listener;
    private final Accepting accepting;
    private volatile @Nullable UnixDomainSocketAddress address;

    /** How connections are accepted: by the kernel, or by a test. */
    interface Accepting {
        SocketChannel from(ServerSocketChannel channel) throws IOException;
    }

    UnixServerSocket(Connections connections, RpcListener listener, Accepting accepting)
            throws IOException {
        this.connections = connections;
        this.listener = listener;
        this.accepting = accepting;
        channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    }

    @Override
    public void bind(SocketAddress endpoint) throws IOException {
        bind(endpoint, 0);
    }

    @Override
    public void bind(SocketAddress endpoint, int backlog) throws IOException {
        if (!(endpoint instanceof UnixDomainSocketAddress path)) {
            throw new IOException(endpoint + " is no path");
        }
        Path end = path.getPath();
        Path start = end.resolveSibling(end.getFileName() + ".new");
        Files.deleteIfExists(start);
        channel.bind(UnixDomainSocketAddress.of(start), backlog);
        Files.setPosixFilePermissions(start, PosixFilePermissions.fromString("rw-rw----"));
        Files.move(start, end, StandardCopyOption.ATOMIC_MOVE);
        address = path;
    }

    /**
     * Returns the next connection that there is room for. It fails once the socket is closed and
     * for no other reason, because the transport accepts nobody any more after a failure.
     */
    @Override
    public Socket accept() throws IOException {
        while (true) {
            try {
                Connection admitted = connections.admit(accepting.from(channel));
                if (admitted != null) {
                    return new UnixSocket(admitted);
                }
            } catch (ClosedChannelException e) {
                throw e;
            } catch (IOException e) {
                listener.refused("cannot accept a connection: " + e.getMessage());
                pause();
            }
        }
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("told to end");
        }
    }

    @Override
    public @Nullable SocketAddress getLocalSocketAddress() {
        return address;
    }

    @Override
    public boolean isBound() {
        return address != null;
    }

    @Override
    public boolean isClosed() {
        return !channel.isOpen();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
