package dev.vpccni.rpc;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import javax.net.ServerSocketFactory;

/** Makes server sockets that are bound to a path instead of a port. */
final class UnixServerSocketFactory extends ServerSocketFactory {

    private final Connections connections;
    private final RpcListener listener;
    private final UnixServerSocket.Accepting accepting;

    UnixServerSocketFactory(
            Connections connections, RpcListener listener, UnixServerSocket.Accepting accepting) {
        this.connections = connections;
        this.listener = listener;
        this.accepting = accepting;
    }

    @Override
    public ServerSocket createServerSocket() throws IOException {
        return new UnixServerSocket(connections, listener, accepting);
    }

    @Override
    public ServerSocket createServerSocket(int port) throws IOException {
        throw new IOException("a port is no path");
    }

    @Override
    public ServerSocket createServerSocket(int port, int backlog) throws IOException {
        throw new IOException("a port is no path");
    }

    @Override
    public ServerSocket createServerSocket(int port, int backlog, InetAddress address)
            throws IOException {
        throw new IOException("a port is no path");
    }
}
