package dev.vpccni.rpc;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
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

    private final ServerSocketChannel channel;
    private volatile @Nullable UnixDomainSocketAddress address;

    UnixServerSocket() throws IOException {
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

    @Override
    public Socket accept() throws IOException {
        return new UnixSocket(channel.accept());
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
