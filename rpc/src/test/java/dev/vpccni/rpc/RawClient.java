package dev.vpccni.rpc;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A client that speaks as much of HTTP/2 as a test wants it to, and no more. */
final class RawClient implements AutoCloseable {

    static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII);

    /** Of a client that has no wishes. */
    static final byte[] SETTINGS = frame(4, 0, 0, new byte[0]);

    static final int END_STREAM = 1;
    static final int END_HEADERS = 4;

    private static final Duration POLL = Duration.ofMillis(5);

    private final SocketChannel channel;

    private RawClient(SocketChannel channel) {
        this.channel = channel;
    }

    static RawClient connect(Path socket) throws IOException {
        return new RawClient(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
    }

    /** Connects and says what every client begins with. */
    static RawClient greeting(Path socket) throws IOException {
        RawClient client = connect(socket);
        client.send(PREFACE);
        client.send(SETTINGS);
        return client;
    }

    /** Returns a frame. */
    static byte[] frame(int type, int flags, int stream, byte[] payload) {
        return ByteBuffer.allocate(9 + payload.length)
                .put((byte) (payload.length >> 16))
                .put((byte) (payload.length >> 8))
                .put((byte) payload.length)
                .put((byte) type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload)
                .array();
    }

    /** Returns the headers of a call, as literals (RFC 7541, 6.2.2). */
    static byte[] headersOf(String method) {
        var block = new ByteArrayOutputStream();
        String[] headers = {
            ":method", "POST",
            ":scheme", "http",
            ":path", "/" + method,
            ":authority", "localhost",
            "content-type", "application/grpc",
            "te", "trailers",
        };
        for (int i = 0; i < headers.length; i += 2) {
            block.write(0);
            for (String text : new String[] {headers[i], headers[i + 1]}) {
                block.write(text.length()); // below 127
                block.writeBytes(text.getBytes(US_ASCII));
            }
        }
        return block.toByteArray();
    }

    /** Sends all bytes, and waits for as long as the server does not take them. */
    void send(byte[] bytes) throws IOException {
        ByteBuffer left = ByteBuffer.wrap(bytes);
        while (left.hasRemaining()) {
            channel.write(left);
        }
    }

    /** Sends what the server takes now; returns whether it took all of it. */
    boolean offer(byte[] bytes) throws IOException {
        channel.configureBlocking(false);
        return channel.write(ByteBuffer.wrap(bytes)) == bytes.length;
    }

    /** Begins a call without the request itself. */
    void open(int stream, String method) throws IOException {
        send(frame(1, END_HEADERS, stream, headersOf(method)));
    }

    /** Waits until the server closes the connection; returns whether it did within {@code max}. */
    boolean isClosedWithin(Duration max) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + max.toNanos();
        while (System.nanoTime() < deadline) {
            if (isClosed()) {
                return true;
            }
            TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
        }
        return isClosed();
    }

    /** Reads what there is; tells whether the server has closed the connection. */
    boolean isClosed() throws IOException {
        channel.configureBlocking(false);
        var waste = ByteBuffer.allocate(64 << 10);
        try {
            int came = 1;
            while (came > 0) {
                came = channel.read(waste.clear());
            }
            return came < 0;
        } catch (IOException e) {
            return true; // reset
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
