package dev.vpccni.rpc;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** A connection over a Unix socket, as far as gRPC's transport uses a {@link Socket}. */
final class UnixSocket extends Socket {

    private final SocketChannel channel;
    private final InputStream input;
    private final OutputStream output;

    UnixSocket(SocketChannel channel) {
        this.channel = channel;
        this.input = Channels.newInputStream(channel);
        this.output = Channels.newOutputStream(channel);
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
    public @Nullable SocketAddress getRemoteSocketAddress() {
        return address(channel::getRemoteAddress);
    }

    @Override
    public @Nullable SocketAddress getLocalSocketAddress() {
        return address(channel::getLocalAddress);
    }

    /** Does nothing: there are no segments to delay. */
    @Override
    public void setTcpNoDelay(boolean on) {}

    /** Does nothing: the transport limits the time of its handshake by closing. */
    @Override
    public void setSoTimeout(int millis) {}

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
    public void close() throws IOException {
        channel.close();
    }

    private static @Nullable SocketAddress address(Lookup lookup) {
        try {
            return lookup.get();
        } catch (IOException e) {
            return null; // closed meanwhile
        }
    }

    /** A question that fails once the channel is closed. */
    private interface Lookup {
        SocketAddress get() throws IOException;
    }
}
