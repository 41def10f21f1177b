package dev.vpccni.benchmarks.soak;

import dev.vpccni.linux.namespace.NamespaceThread;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.file.Path;

/** Sends every datagram back to where it came from. */
final class Echo implements AutoCloseable {

    static final int PORT = 7;

    private final DatagramChannel channel;

    private Echo(DatagramChannel channel) {
        this.channel = channel;
    }

    /** Starts one at {@code address} inside a network namespace. */
    static Echo start(NamespaceThread thread, Path namespace, String address) throws IOException {
        DatagramChannel channel =
                thread.inside(
                        namespace,
                        () ->
                                DatagramChannel.open(StandardProtocolFamily.INET)
                                        .bind(new InetSocketAddress(address, PORT)));
        var echo = new Echo(channel);
        Thread.ofPlatform().name("echo " + address).daemon().start(echo::run);
        return echo;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private void run() {
        ByteBuffer buffer = ByteBuffer.allocate(64);
        while (channel.isOpen()) {
            try {
                SocketAddress from = channel.receive(buffer.clear());
                channel.send(buffer.flip(), from);
            } catch (ClosedChannelException e) {
                return;
            } catch (PortUnreachableException e) {
                // Somebody went away.
            } catch (IOException e) {
                // What is not sent back is missed by who counts.
            }
        }
    }
}
