package dev.vpccni.rpc;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;

/**
 * A connection over a Unix socket, as far as gRPC's transport uses a {@link Socket}. Limits of time
 * are kept by closing it from outside, see {@link Connection}.
 */
final class UnixSocket extends Socket {

    private final Connection connection;
    private final SocketChannel channel;
    private final InputStream input;
    private final OutputStream output;

    UnixSocket(Connection connection) {
        this.connection = connection;
        channel = connection.channel();
        input = new HeaderLimit(Channels.newInputStream(channel));
        output = new Timed(Channels.newOutputStream(channel), connection);
    }

    /** Notes how long the client takes to take something. */
    private static final class Timed extends FilterOutputStream {

        private final Connection connection;

        Timed(OutputStream out, Connection connection) {
            super(out);
            this.connection = connection;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            connection.beginWriting();
            try {
                out.write(bytes, offset, length);
            } finally {
                connection.endWriting();
            }
        }
    }

    @Override
    public InputStream getInputStream() {
        return input;
    }

    @Override
    public OutputStream getOutputStream() {
        return output;
    }

    @Override
    public SocketAddress getRemoteSocketAddress() {
        return new Connection.Peer(connection);
    }

    @Override
    public SocketAddress getLocalSocketAddress() {
        return new Connection.Peer(connection);
    }

    /** Does nothing: there are no segments to delay. */
    @Override
    public void setTcpNoDelay(boolean on) {}

    /**
     * Refuses: a read here has no limit of its own, and nobody must count on one.
     *
     * @throws SocketException always
     */
    @Override
    public void setSoTimeout(int millis) throws SocketException {
        throw new SocketException("a read of a Unix socket has no limit of its own here");
    }

    @Override
    public boolean isConnected() {
        return channel.isConnected();
    }

    @Override
    public boolean isClosed() {
        return !channel.isOpen();
    }

    @Override
    public void shutdownInput() throws IOException {
        channel.shutdownInput();
    }

    @Override
    public void shutdownOutput() throws IOException {
        channel.shutdownOutput();
    }

    @Override
    public void close() {
        connection.close();
    }
}
