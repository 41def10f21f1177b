package dev.vpccni.daemon.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.json.JsonObject;
import dev.vpccni.linux.Descriptor;
import dev.vpccni.linux.ErrnoException;
import dev.vpccni.linux.unix.UnixConnection;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Somebody who calls as the plugin does, or as it would not. */
final class Client implements AutoCloseable {

    static final String CONFIG = "{\"cniVersion\":\"1.1.0\",\"name\":\"aws-cni\"}";

    private final UnixConnection connection;

    private Client(UnixConnection connection) {
        this.connection = connection;
    }

    static Client connect(Path socket) throws IOException {
        return new Client(UnixConnection.connect(socket));
    }

    /** Returns the frame of a verb. */
    static byte[] frame(String command, String container, int descriptors) {
        return frame(command, container, CONFIG, descriptors);
    }

    static byte[] frame(String command, String container, String input, int descriptors) {
        Map<String, String> environment = new TreeMap<>();
        environment.put("CNI_COMMAND", command);
        environment.put("CNI_CONTAINERID", container);
        environment.put("CNI_IFNAME", "eth0");
        environment.put("CNI_NETNS", "/run/netns/" + container);
        environment.put("CNI_PATH", "/opt/cni/bin");
        return Frames.request(environment, input, descriptors);
    }

    /** Sends an ADD with two descriptors, whatever they are of. */
    Client add(String container) throws IOException {
        return add(frame("ADD", container, 2));
    }

    /** Sends a frame with two descriptors, whatever they are of. */
    Client add(byte[] frame) throws IOException {
        try (Descriptor one = Descriptor.open(Path.of("/dev/null"));
                Descriptor other = Descriptor.open(Path.of("/dev/null"))) {
            connection.send(frame, one, other);
        }
        return this;
    }

    Client send(byte[] bytes, Descriptor... descriptors) throws IOException {
        connection.send(bytes, descriptors);
        return this;
    }

    /** Waits for the answer and returns what it prints. */
    String answer() throws IOException {
        ByteBuffer header = ByteBuffer.wrap(bytes(ShimProtocol.REPLY_HEADER));
        int length = header.order(ByteOrder.nativeOrder()).getInt(8);
        return new String(bytes(length), StandardCharsets.UTF_8);
    }

    /** Waits for the answer, which is an error, and returns its code. */
    long code() throws Exception {
        return JsonObject.parse(answer()).integer("code");
    }

    /** Waits until the daemon has closed the connection, and there was no answer. */
    void isGivenUp() throws IOException {
        Await.until("the daemon has closed the connection", connection::hungUp);
        try {
            assertThat(connection.receiveNow(new byte[1], 0, 1, List.of(), 0)).isEqualTo(-1);
        } catch (ErrnoException e) {
            assertThat(e).hasMessage("recvmsg: ECONNRESET"); // it left something unread
        }
    }

    boolean isClosedByDaemon() throws IOException {
        return connection.hungUp();
    }

    UnixConnection connection() {
        return connection;
    }

    @Override
    public void close() {
        connection.close();
    }

    /** Waits for an order and returns what is to be set, each with a comma. */
    String order() throws IOException {
        byte[] header = bytes(ShimProtocol.REPLY_HEADER);
        assertThat(new String(header, 0, 4, StandardCharsets.US_ASCII)).isEqualTo("VCNS");
        assertThat(header[4]).isEqualTo((byte) 2);
        int length = ByteBuffer.wrap(header).order(ByteOrder.nativeOrder()).getInt(8);
        return new String(bytes(length), StandardCharsets.US_ASCII).replace('\0', ',');
    }

    /** Returns the report of an order. */
    static byte[] report(int errno, int done) {
        ByteBuffer report = ByteBuffer.allocate(12).order(ByteOrder.nativeOrder());
        report.put("VCND".getBytes(StandardCharsets.US_ASCII)).putShort((short) 2);
        return report.putShort((short) errno).putInt(done).array();
    }

    /** A system call that waits cannot be interrupted when the time of a test is up. */
    private byte[] bytes(int count) throws IOException {
        byte[] bytes = new byte[count];
        var came = new AtomicInteger();
        Await.until(
                "the answer has come",
                () -> {
                    int at = came.get();
                    if (at == count) {
                        return true;
                    }
                    int more = connection.receiveNow(bytes, at, count - at, List.of(), 0);
                    if (more < 0) {
                        throw new EOFException("no answer");
                    }
                    return came.addAndGet(more) == count;
                });
        return bytes;
    }
}
