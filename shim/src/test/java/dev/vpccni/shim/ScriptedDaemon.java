package dev.vpccni.shim;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A peer of the plugin that does what a test says, good or bad. */
final class ScriptedDaemon implements AutoCloseable {

    static final int HEADER = 32;

    private final ServerSocketChannel server;
    private final Thread thread;
    private final List<byte[]> requests = Collections.synchronizedList(new ArrayList<>());

    /** What to do with one connection. */
    interface Script {
        void serve(SocketChannel connection, ScriptedDaemon daemon) throws IOException;
    }

    ScriptedDaemon(Path path, Script script) throws IOException {
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(path), 1);
        thread = Thread.ofVirtual().start(() -> accept(script));
    }

    /** Reads the request and answers with {@code reply}, whatever that is. */
    static Script answering(byte[] reply) {
        return (connection, daemon) -> {
            daemon.readRequest(connection);
            write(connection, reply);
        };
    }

    /** A well-formed answer. */
    static byte[] reply(int version, int status, int announced, byte[] output) {
        ByteBuffer reply = ByteBuffer.allocate(12 + output.length).order(ByteOrder.nativeOrder());
        reply.put(new byte[] {'V', 'C', 'N', 'R'});
        reply.putShort((short) version).putShort((short) status).putInt(announced).put(output);
        return reply.array();
    }

    /** A well-formed order; {@code settings} have commas where zeros go. */
    static byte[] order(int version, String settings) {
        byte[] text = settings.replace(',', '\0').getBytes(StandardCharsets.US_ASCII);
        byte[] order = reply(version, 0, text.length, text);
        order[3] = 'S';
        return order;
    }

    static void write(SocketChannel connection, byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            connection.write(buffer);
        }
    }

    byte[] readRequest(SocketChannel connection) throws IOException {
        ByteBuffer header = read(connection, HEADER);
        ByteBuffer rest = read(connection, header.getInt(20) + header.getInt(24));
        byte[] request = new byte[HEADER + rest.capacity()];
        header.get(0, request, 0, HEADER);
        rest.get(0, request, HEADER, rest.capacity());
        requests.add(request);
        return request;
    }

    List<byte[]> requests() {
        return List.copyOf(requests);
    }

    static ByteBuffer read(SocketChannel connection, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.nativeOrder());
        while (buffer.hasRemaining()) {
            if (connection.read(buffer) < 0) {
                throw new IOException("the plugin closed the connection early");
            }
        }
        return buffer;
    }

    private void accept(Script script) {
        try {
            for (int i = 0; i < 1_000; i++) {
                try (SocketChannel connection = server.accept()) {
                    script.serve(connection, this);
                }
            }
        } catch (ClosedChannelException e) {
            // The test is over.
        } catch (IOException e) {
            requests.add(e.toString().getBytes(StandardCharsets.UTF_8));
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
