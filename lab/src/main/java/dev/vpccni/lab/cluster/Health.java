package dev.vpccni.lab.cluster;

import dev.vpccni.linux.namespace.NamespaceThread;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Asks programs on a machine, over its own loopback, whether they are well. */
final class Health {

    private static final int PATIENCE_MILLIS = 2_000;

    private final NamespaceThread thread;
    private final Path network;

    /**
     * @param network the file of the machine's network namespace
     */
    Health(NamespaceThread thread, Path network) {
        this.thread = thread;
        this.network = network;
    }

    /** Returns why a page is not served with status 200, and null if it is. */
    @Nullable String complaint(int port, String page) {
        try (Socket socket = connect(port)) {
            socket.getOutputStream()
                    .write(
                            ("GET " + page + " HTTP/1.0\r\nHost: localhost\r\n\r\n")
                                    .getBytes(StandardCharsets.US_ASCII));
            var reader =
                    new BufferedReader(
                            new InputStreamReader(
                                    socket.getInputStream(), StandardCharsets.US_ASCII));
            String status = String.valueOf(reader.readLine());
            return status.matches("HTTP/1\\.\\d 200 .*") ? null : page + " answers " + status;
        } catch (IOException e) {
            return "port " + port + ": " + e.getMessage();
        }
    }

    /** Returns why nobody takes connections on a port, and null if somebody does. */
    @Nullable String complaint(int port) {
        try (Socket socket = connect(port)) {
            return socket.isConnected() ? null : "port " + port + " is not connected";
        } catch (IOException e) {
            return "port " + port + ": " + e.getMessage();
        }
    }

    private Socket connect(int port) throws IOException {
        Socket socket =
                thread.inside(
                        network,
                        () -> {
                            var opened = new Socket();
                            // Creates the descriptor here; connecting may happen anywhere.
                            opened.bind(null);
                            return opened;
                        });
        boolean connected = false;
        try {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.connect(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
            connected = true;
            return socket;
        } finally {
            if (!connected) {
                socket.close();
            }
        }
    }
}
