package dev.vpccni.daemon.plugin;

import dev.vpccni.linux.unix.Poller;
import dev.vpccni.linux.unix.UnixServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Serves the plugin on {@code cni.sock}. A few platform threads accept, read, and carry out what
 * does not take long, from the first byte to the last; a verb that waits for an address has a
 * virtual thread of its own. Only root may call.
 */
public final class CniSocketServer implements AutoCloseable {

    private static final int BACKLOG = 512;
    private static final Duration CLOSING_MAX = Duration.ofSeconds(1);

    private final EventLoop loop;
    private final List<Thread> threads = new ArrayList<>();

    /** One more than may carry out verbs, so that there is always one to listen. */
    private CniSocketServer(EventLoop loop, ThreadFaults faults, int workers) {
        this.loop = loop;
        for (int i = 0; i <= workers; i++) {
            threads.add(
                    Thread.ofPlatform()
                            .name("cni-socket-" + i)
                            .daemon()
                            .uncaughtExceptionHandler((self, e) -> faults.ended(self.getName(), e))
                            .unstarted(loop));
        }
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
            var started = new CniSocketServer(loop, faults, limits.workers());
            started.threads.forEach(Thread::start);
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
            long end = System.nanoTime() + CLOSING_MAX.toNanos();
            for (Thread thread : threads) {
                thread.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
