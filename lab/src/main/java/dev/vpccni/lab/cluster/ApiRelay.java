package dev.vpccni.lab.cluster;

import dev.vpccni.linux.namespace.NamespaceThread;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries connections from this computer's loopback to the API server: the one way into the lab's
 * network. It carries bytes only; who comes has to show the API server a certificate.
 */
final class ApiRelay implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ApiRelay.class);
    private static final int PATIENCE_MILLIS = 5_000;
    private static final int BACKLOG = 64;
    private static final int MOST_CLIENTS = 256;

    private final NamespaceThread thread;
    private final Path network;
    private final InetSocketAddress target;
    private final ServerSocket socket;
    private final Semaphore clients = new Semaphore(MOST_CLIENTS);

    private ApiRelay(
            NamespaceThread thread, Path network, InetSocketAddress target, ServerSocket socket) {
        this.thread = thread;
        this.network = network;
        this.target = target;
        this.socket = socket;
    }

    /**
     * Starts to listen, on a port that is free.
     *
     * @param network the file of the network namespace from which {@code target} is reached
     */
    static ApiRelay start(NamespaceThread thread, Path network, InetSocketAddress target)
            throws IOException {
        var socket = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
        var relay = new ApiRelay(thread, network, target, socket);
        Thread.ofVirtual().name("api-relay").start(relay::serve);
        return relay;
    }

    /** Returns the port of this computer's loopback. */
    int port() {
        return socket.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private void serve() {
        while (!socket.isClosed()) {
            try {
                Socket client = socket.accept();
                if (clients.tryAcquire()) {
                    Thread.startVirtualThread(() -> carry(client));
                } else {
                    client.close();
                }
            } catch (IOException e) {
                if (!socket.isClosed()) {
                    LOG.warn("A client of the API server was not taken: {}", e.getMessage());
                }
            }
        }
    }

    private void carry(Socket client) {
        try (client;
                Socket server = open()) {
            server.connect(target, PATIENCE_MILLIS);
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            Thread back = Thread.startVirtualThread(() -> copy(server, client));
            copy(client, server);
            back.join();
        } catch (IOException e) {
            // The client finds its connection closed, as without a relay.
            LOG.debug("The API server was not reached: {}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            clients.release();
        }
    }

    private Socket open() throws IOException {
        return thread.inside(
                network,
                () -> {
                    var opened = new Socket();
                    // Creates the descriptor here; connecting may happen anywhere.
                    opened.bind(null);
                    return opened;
                });
    }

    /** What one side has ended the other hears of, and may still answer. */
    private static void copy(Socket from, Socket to) {
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            in.transferTo(out);
            to.shutdownOutput();
        } catch (IOException e) {
            LOG.debug("A connection to the API server ended: {}", e.getMessage());
            closeQuietly(from);
            closeQuietly(to);
        }
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.debug("{}", e.getMessage());
        }
    }
}
