package dev.vpccni.testing.traffic;

import java.io.Closeable;
import java.io.IOException;
import java.net.PortUnreachableException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** Sends every datagram back, and accepts every connection with one byte, until it is closed. */
public final class Answerer implements Closeable {

    private static final byte WELCOME = 1;

    private final DatagramChannel datagrams;
    private final ServerSocketChannel connections;

    private Answerer(DatagramChannel datagrams, ServerSocketChannel connections) {
        this.datagrams = datagrams;
        this.connections = connections;
    }

    /** Serves on two sockets that are bound in the namespace to serve in, and owns them. */
    public static Answerer start(DatagramChannel datagrams, ServerSocketChannel connections) {
        var answerer = new Answerer(datagrams, connections);
        Thread.ofPlatform().name("datagrams answered").daemon().start(answerer::echo);
        Thread.ofPlatform().name("connections accepted").daemon().start(answerer::accept);
        return answerer;
    }

    @Override
    public void close() throws IOException {
        datagrams.close();
        connections.close();
    }

    private void echo() {
        ByteBuffer buffer = ByteBuffer.allocate(64);
        while (datagrams.isOpen()) {
            try {
                SocketAddress from = datagrams.receive(buffer.clear());
                datagrams.send(buffer.flip(), from);
            } catch (ClosedChannelException e) {
                return;
            } catch (PortUnreachableException e) {
                // Somebody went away.
            } catch (IOException e) {
                // What is not sent back is missed by who counts.
            }
        }
    }

    private void accept() {
        while (connections.isOpen()) {
            try (SocketChannel accepted = connections.accept()) {
                accepted.write(ByteBuffer.wrap(new byte[] {WELCOME}));
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                // Who is not welcomed counts it as failed.
            }
        }
    }
}
