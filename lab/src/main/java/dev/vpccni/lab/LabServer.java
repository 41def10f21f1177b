package dev.vpccni.lab;

import dev.vpccni.json.Json;
import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers whoever drives a lab: over a Unix socket that only its owner may use, a line of JSON for
 * each request, and one for its answer, which has the one member {@code error} if it failed.
 */
final class LabServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LabServer.class);

    private final Lab lab;
    private final LabVerbs verbs;
    private final ServerSocketChannel socket;
    private final CountDownLatch down = new CountDownLatch(1);

    private LabServer(Lab lab, ServerSocketChannel socket) {
        this.lab = lab;
        this.verbs = new LabVerbs(lab);
        this.socket = socket;
    }

    /** Starts to answer for {@code lab}. */
    static LabServer start(Lab lab) throws IOException {
        var socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        var path = lab.settings().folder().socket();
        socket.bind(UnixDomainSocketAddress.of(path));
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
        var server = new LabServer(lab, socket);
        Thread.ofVirtual().name("lab-server").start(server::serve);
        return server;
    }

    /** Waits until somebody has asked that the lab be taken down, which then is done. */
    void awaitDown() throws InterruptedException {
        down.await();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private void serve() {
        while (socket.isOpen()) {
            SocketChannel client = accept();
            if (client != null) {
                Thread.startVirtualThread(() -> answer(client));
            }
        }
    }

    private @Nullable SocketChannel accept() {
        try {
            return socket.accept();
        } catch (IOException e) {
            return null;
        }
    }

    private void answer(SocketChannel client) {
        boolean isDown = false;
        try (client) {
            var reader = new BufferedReader(Channels.newReader(client, StandardCharsets.UTF_8));
            String line = reader.readLine();
            if (line == null) {
                return;
            }
            JsonObject request = JsonObject.parse(line);
            Map<String, @Nullable Object> reply;
            if (request.string("verb").equals("down")) {
                isDown = true;
                reply = takeDown();
            } else {
                reply = attempt(request);
            }
            byte[] text = (Json.compact(reply) + "\n").getBytes(StandardCharsets.UTF_8);
            for (var bytes = ByteBuffer.wrap(text); bytes.hasRemaining(); ) {
                client.write(bytes);
            }
        } catch (IOException | JsonException e) {
            LOG.warn("A client was not answered: {}", e.getMessage());
        } finally {
            if (isDown) {
                down.countDown();
            }
        }
    }

    private Map<String, @Nullable Object> attempt(JsonObject request) {
        try {
            return verbs.carryOut(request);
        } catch (IOException | JsonException | IllegalArgumentException e) {
            return error(e);
        } catch (RuntimeException e) {
            LOG.error("A request failed", e);
            return error(e);
        }
    }

    private Map<String, @Nullable Object> takeDown() {
        try {
            lab.close();
            return new LinkedHashMap<>();
        } catch (IOException e) {
            return error(e);
        }
    }

    private static Map<String, @Nullable Object> error(Exception e) {
        var reply = new LinkedHashMap<String, @Nullable Object>();
        reply.put("error", String.valueOf(e.getMessage()));
        return reply;
    }
}
