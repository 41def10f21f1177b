package dev.vpccni.daemon.shadow;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Asks upstream's introspection. Whoever listens there may be anybody: an answer has a length and a
 * time within which all of it has to be there, however it trickles. A request of HTTP/1.0 is
 * answered whole and ended by the connection's end.
 */
final class IntrospectionClient {

    /** Bytes; what upstream tells of 1,000 pods takes a third of it. */
    static final int LENGTH_MAX = 1 << 20;

    private static final int CHUNK = 16 << 10;
    private static final String HEADER_END = "\r\n\r\n";
    private static final String OK = " 200";

    private final InetSocketAddress address;
    private final Duration patience;
    private final LongSupplier nanos;

    /**
     * @param patience for one answer, from the first attempt to connect
     * @param nanos elapsed time
     */
    IntrospectionClient(InetSocketAddress address, Duration patience, LongSupplier nanos) {
        this.address = address;
        this.patience = patience;
        this.nanos = nanos;
    }

    /**
     * Returns what is at {@code path}.
     *
     * @throws IOException if it is not answered in time, or otherwise than with 200
     */
    byte[] get(String path) throws IOException {
        long end = nanos.getAsLong() + patience.toNanos();
        try (var socket = new Socket()) {
            socket.connect(address, left(end));
            String request =
                    "GET " + path + " HTTP/1.0\r\nHost: localhost\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(ISO_8859_1));
            return body(path, read(socket, end));
        } catch (SocketTimeoutException e) {
            throw new IOException(
                    "no answer from %s%s within %d s"
                            .formatted(address, path, patience.toSeconds()),
                    e);
        } catch (IOException e) {
            throw new IOException(address + path + ": " + e.getMessage(), e);
        }
    }

    private byte[] read(Socket socket, long end) throws IOException {
        InputStream in = socket.getInputStream();
        var read = new ByteArrayOutputStream();
        byte[] chunk = new byte[CHUNK];
        while (true) {
            socket.setSoTimeout(left(end));
            int count = in.read(chunk);
            if (count < 0) {
                return read.toByteArray();
            }
            read.write(chunk, 0, count);
            if (read.size() > LENGTH_MAX) {
                throw new IOException("it answers more than " + LENGTH_MAX + " bytes");
            }
        }
    }

    private int left(long end) throws SocketTimeoutException {
        long millis = Duration.ofNanos(end - nanos.getAsLong()).toMillis();
        if (millis <= 0) {
            throw new SocketTimeoutException();
        }
        return (int) Math.min(millis, Integer.MAX_VALUE);
    }

    private static byte[] body(String path, byte[] answer) throws IOException {
        String text = new String(answer, ISO_8859_1);
        int end = text.indexOf(HEADER_END);
        int line = text.indexOf("\r\n");
        if (end < 0 || !text.startsWith("HTTP/1.")) {
            throw new IOException("what answers there does not speak HTTP");
        }
        String status = text.substring(0, line);
        if (!status.contains(OK)) {
            throw new IOException("it answers " + path + " with " + status);
        }
        return text.substring(end + HEADER_END.length()).getBytes(ISO_8859_1);
    }
}
