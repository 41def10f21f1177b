package dev.vpccni.emulator.fabric;

import dev.vpccni.linux.namespace.NamespaceThread;
import dev.vpccni.model.IpAddress;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * A server inside a namespace that tells each client the address that it saw it come from: over
 * HTTP, as one line of text.
 *
 * <p>The socket is opened inside and stays there; it is served from outside, by virtual threads.
 */
public final class Witness implements AutoCloseable {

    /** Where it listens. */
    public static final int PORT = 80;

    private static final int BACKLOG = 128;
    private static final int PATIENCE_MILLIS = 5_000;
    private static final int MOST_CLIENTS = 256;
    private static final int LONGEST_REQUEST = 64;

    private final ServerSocket socket;
    private final Semaphore clients = new Semaphore(MOST_CLIENTS);

    private Witness(ServerSocket socket) {
        this.socket = socket;
    }

    /**
     * Starts one on every address of a namespace.
     *
     * @param namespace the file that stands for it
     * @throws IOException if the port is taken there, or there is no such namespace
     */
    public static Witness start(NamespaceThread thread, Path namespace) throws IOException {
        ServerSocket socket =
                thread.inside(
                        namespace,
                        () -> {
                            var opened = new ServerSocket();
                            opened.bind(new InetSocketAddress(PORT), BACKLOG);
                            return opened;
                        });
        var witness = new Witness(socket);
        Thread.ofVirtual().name("witness").start(witness::serve);
        return witness;
    }

    /**
     * Asks a witness who we are to it.
     *
     * @param namespace the file of the namespace to ask from
     * @param server the address to ask
     * @param patienceMillis how long connecting, and each read, may take
     * @return the address that the server saw
     * @throws IOException if it was not reached, or closed without an answer
     */
    public static String ask(
            NamespaceThread thread, Path namespace, InetSocketAddress server, int patienceMillis)
            throws IOException {
        Socket socket =
                thread.inside(
                        namespace,
                        () -> {
                            var opened = new Socket();
                            // Creates the descriptor here; connecting may happen anywhere.
                            opened.bind(null);
                            return opened;
                        });
        try (socket) {
            socket.setSoTimeout(patienceMillis);
            socket.connect(server, patienceMillis);
            socket.getOutputStream()
                    .write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            var reader = reader(socket);
            String last = "";
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                last = line;
            }
            if (last.isEmpty()) {
                throw new IOException(server + " closed without an answer");
            }
            return last;
        }
    }

    /** Stops listening. */
    @Override
    public void close() throws IOException {
        socket.close();
    }

    private void serve() {
        while (!socket.isClosed()) {
            Socket client = accept();
            if (client != null && clients.tryAcquire()) {
                Thread.startVirtualThread(() -> answer(client));
            } else if (client != null) {
                close(client);
            }
        }
    }

    /** Returns the next client, or null if it went away, or this server did. */
    private @Nullable Socket accept() {
        try {
            return socket.accept();
        } catch (IOException e) {
            return null;
        }
    }

    private void answer(Socket client) {
        try (client) {
            client.setSoTimeout(PATIENCE_MILLIS);
            var request = reader(client);
            int lines = 0;
            for (String line = request.readLine();
                    line != null && !line.isEmpty() && lines < LONGEST_REQUEST;
                    line = request.readLine()) {
                lines++;
            }
            String seen = IpAddress.of(client.getInetAddress().getAddress()) + "\n";
            String head =
                    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\n"
                            + "Content-Length: "
                            + seen.length()
                            + "\r\n\r\n";
            client.getOutputStream().write((head + seen).getBytes(StandardCharsets.US_ASCII));
        } catch (IOException clientGone) {
            // It asked, and did not wait for the answer.
        } finally {
            clients.release();
        }
    }

    private static void close(Socket client) {
        try (client) {
            client.setSoLinger(true, 0);
        } catch (IOException alreadyGone) {
            // That is what was wanted.
        }
    }

    private static BufferedReader reader(Socket socket) throws IOException {
        return new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
    }
}
