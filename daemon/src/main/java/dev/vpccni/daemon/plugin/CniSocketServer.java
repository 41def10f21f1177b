package dev.vpccni.daemon.plugin;

import dev.vpccni.linux.unix.Poller;
import dev.vpccni.linux.unix.UnixServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;

/**
 * Serves the plugin on {@code cni.sock}. One platform thread accepts and reads, because system
 * calls pin what they run on; each verb then has a virtual thread of its own. Only root may call.
 */
public final class CniSocketServer implements AutoCloseable {

    private static final int BACKLOG = 512;
    private static final Duration CLOSING_MAX = Duration.ofSeconds(1);

    private final EventLoop loop;
    private final Thread thread;

    private CniSocketServer(EventLoop loop, ThreadFaults faults) {
        this.loop = loop;
        thread =
                Thread.ofPlatform()
                        .name("cni-socket")
                        .daemon()
                        .uncaughtExceptionHandler((self, e) -> faults.ended(self.getName(), e))
                        .unstarted(loop);
    }

    /**
     * Begins to serve at {@code socket}, whose folder is made if there is none.
     *
     * @param faults is told if a thread that others rely on ends by whatever fault
     */
    public static CniSocketServer start(
            Path socket, CniAnswerer answerer, CallLog log, ThreadFaults faults)
            throws IOException {
        return start(socket, answerer, log, faults, Limits.DEFAULT);
    }

    static CniSocketServer start(
            Path socket, Answerer answerer, CallLog log, ThreadFaults faults, Limits limits)
            throws IOException {
        Path folder = socket.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        Poller poller = Poller.open();
        try {
            var permissions = PosixFilePermissions.fromString("rw-------");
            UnixServer server = UnixServer.listen(socket, permissions, BACKLOG);
            var loop = new EventLoop(server, poller, answerer, log, faults, limits);
            var started = new CniSocketServer(loop, faults);
            started.thread.start();
            return started;
        } catch (IOException e) {
            poller.close();
            throw e;
        }
    }

    /** Accepts no more; verbs that are under way end by themselves. */
    @Override
    public void close() {
        loop.end();
        try {
            thread.join(CLOSING_MAX);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
