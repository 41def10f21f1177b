package dev.vpccni.daemon;

import dev.vpccni.cni.CniError;
import dev.vpccni.daemon.log.Log;
import dev.vpccni.linux.Descriptor;
import dev.vpccni.linux.unix.UnixConnection;
import dev.vpccni.linux.unix.UnixServer;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;

/**
 * Serves the plugin on {@code cni.sock}. Platform threads accept and read, because system calls
 * that wait pin what they run on; each verb then has a virtual thread of its own. Only root may
 * call.
 */
final class CniSocketServer implements AutoCloseable {

    /** One reads while the other accepts; the plugin sends all it has at once. */
    private static final int ACCEPTORS = 2;

    private static final int BACKLOG = 512;

    /** More than the kubelet runs; what exceeds it is told to try again. */
    private static final int REQUESTS_MAX = 1024;

    /** The plugin has its whole request ready before it connects. */
    private static final Duration RECEIVING_MAX = Duration.ofSeconds(2);

    /** After a failure of accept that only time can heal, such as too many open files. */
    private static final Duration PAUSE = Duration.ofMillis(100);

    private static final int BUFFER = 16 << 10;

    private final UnixServer server;
    private final CniAnswerer answerer;
    private final Log log;
    private final Semaphore room = new Semaphore(REQUESTS_MAX);
    private final List<Thread> acceptors = new ArrayList<>();

    private CniSocketServer(UnixServer server, CniAnswerer answerer, Log log) {
        this.server = server;
        this.answerer = answerer;
        this.log = log;
    }

    /** Begins to serve at {@code socket}, whose folder is made if there is none. */
    static CniSocketServer start(Path socket, CniAnswerer answerer, Log log) throws IOException {
        Path folder = socket.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        var permissions = PosixFilePermissions.fromString("rw-------");
        var started =
                new CniSocketServer(UnixServer.listen(socket, permissions, BACKLOG), answerer, log);
        for (int i = 0; i < ACCEPTORS; i++) {
            started.acceptors.add(
                    Thread.ofPlatform().name("cni-accept-" + i).daemon().start(started::accept));
        }
        return started;
    }

    /** Accepts no more; verbs that are under way end by themselves. */
    @Override
    public void close() throws IOException {
        server.close();
        for (Thread acceptor : acceptors) {
            try {
                acceptor.join(PAUSE.multipliedBy(10));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void accept() {
        byte[] buffer = new byte[BUFFER];
        while (true) {
            try {
                receive(server.accept(), buffer);
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                log.error("cannot accept a call of the plugin", e);
                LockSupport.parkNanos(PAUSE.toNanos());
            } catch (RuntimeException e) {
                log.error("a call of the plugin was lost by a fault of the daemon", e);
            }
        }
    }

    /** Reads the request, and leaves the rest to a thread of its own. */
    private void receive(UnixConnection connection, byte[] buffer) {
        List<Descriptor> descriptors = new ArrayList<>(ShimProtocol.DESCRIPTORS);
        boolean handedOver = false;
        try {
            connection.setTimeout(RECEIVING_MAX);
            int uid = connection.peer().uid();
            if (uid != 0) {
                log.warn("refused a call of user " + uid + ": only root may call");
                return;
            }
            ShimProtocol.Request request = read(connection, buffer, descriptors);
            if (!room.tryAcquire()) {
                answer(connection, CniAnswerer.error(tooMany()));
                return;
            }
            Thread.ofVirtual().name("cni").start(() -> serve(connection, request, descriptors));
            handedOver = true;
        } catch (ShimProtocol.MalformedFrame | IOException e) {
            log.warn("a call of the plugin was malformed: " + e.getMessage());
        } finally {
            if (!handedOver) {
                descriptors.forEach(Descriptor::close);
                connection.close();
            }
        }
    }

    private static ShimProtocol.Request read(
            UnixConnection connection, byte[] buffer, List<Descriptor> descriptors)
            throws IOException, ShimProtocol.MalformedFrame {
        byte[] frame = buffer;
        int length = ShimProtocol.REQUEST_HEADER;
        int came = 0;
        boolean header = true;
        while (came < length) {
            int more =
                    connection.receive(
                            frame,
                            came,
                            header ? frame.length - came : length - came,
                            descriptors,
                            ShimProtocol.DESCRIPTORS - descriptors.size());
            if (more < 0) {
                throw new EOFException("the plugin went away after " + came + " bytes");
            }
            came += more;
            if (header && came >= length) {
                header = false;
                length = ShimProtocol.requestLength(frame);
                frame = length > frame.length ? Arrays.copyOf(frame, length) : frame;
            }
        }
        ShimProtocol.Request request = ShimProtocol.request(frame, came);
        if (request.descriptors() != descriptors.size()) {
            throw new ShimProtocol.MalformedFrame("not as many descriptors as announced came");
        }
        return request;
    }

    private void serve(
            UnixConnection connection, ShimProtocol.Request request, List<Descriptor> descriptors) {
        try (connection) {
            CniAnswerer.Answer answer = answerer.answer(request, descriptors);
            answer(connection, answer.frame());
            answer.log();
        } finally {
            room.release();
        }
    }

    private void answer(UnixConnection connection, byte[] frame) {
        try {
            connection.send(frame);
        } catch (IOException e) {
            log.warn("the plugin did not wait for its answer: " + e.getMessage());
        }
    }

    private static CniError tooMany() {
        return new CniError.TryAgainLater(
                "the daemon serves " + REQUESTS_MAX + " requests already", "try again");
    }
}
