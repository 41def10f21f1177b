package dev.vpccni.daemon.plugin;

import dev.vpccni.daemon.plugin.ShimProtocol.MalformedFrame;
import dev.vpccni.daemon.plugin.ShimProtocol.Report;
import dev.vpccni.host.NamespaceParameters;
import dev.vpccni.linux.ErrnoException;
import dev.vpccni.linux.unix.Poller;
import dev.vpccni.linux.unix.Poller.Interest;
import dev.vpccni.linux.unix.UnixConnection;
import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Kernel parameters that a plugin sets on the daemon's word, since it is inside the pod's namespace
 * and the daemon may not enter that. The thread of the verb orders and waits; the thread that hears
 * of connections tells it of {@link #news}.
 */
final class PluginOrders implements NamespaceParameters {

    private static final String STOPPING = "the daemon is stopping";

    private final UnixConnection connection;
    private final Poller poller;
    private final long key;
    private final Duration patience;
    private final Semaphore news = new Semaphore(0);
    private volatile boolean ended;

    /**
     * @param poller in which the connection is known by {@code key}
     * @param patience how long a plugin may take for an order
     */
    PluginOrders(UnixConnection connection, Poller poller, long key, Duration patience) {
        this.connection = connection;
        this.poller = poller;
        this.key = key;
        this.patience = patience;
    }

    /** Hears that the plugin has sent something, or has gone. */
    void news() {
        news.release();
    }

    /** Ends the wait for a plugin, since nobody is going to hear of it any more. */
    void end() {
        ended = true;
        news.release();
    }

    @Override
    public void set(SortedMap<String, String> values) throws IOException {
        byte[] order = ShimProtocol.order(values);
        if (connection.sendNow(order, 0) < order.length) {
            throw new IOException("the plugin does not read what it is to set");
        }
        Report report;
        try {
            report = ShimProtocol.report(receive());
        } catch (MalformedFrame e) {
            throw new IOException(e.getMessage(), e);
        } finally {
            hearOf(Interest.END);
        }
        if (report.errno() != 0) {
            String failed =
                    values.keySet().stream().skip(report.done()).findFirst().orElse("parameter");
            throw new ErrnoException("write " + failed, report.errno(), "");
        }
    }

    private byte[] receive() throws IOException {
        long deadline = System.nanoTime() + patience.toNanos();
        byte[] bytes = new byte[ShimProtocol.REPORT_LENGTH];
        int came = 0;
        while (came < bytes.length) {
            int more = connection.receiveNow(bytes, came, bytes.length - came, List.of(), 0);
            if (more < 0) {
                throw new EOFException("the plugin went away");
            }
            came += more;
            if (more == 0) {
                hearOf(Interest.NEXT_BYTES);
                await(deadline - System.nanoTime());
            }
        }
        return bytes;
    }

    private void hearOf(Interest interest) throws IOException {
        try {
            poller.change(connection, interest, key);
        } catch (IllegalStateException e) { // it is closed
            throw new InterruptedIOException(STOPPING);
        }
    }

    private void await(long nanos) throws IOException {
        try {
            if (!news.tryAcquire(nanos, TimeUnit.NANOSECONDS)) {
                throw new IOException(
                        "the plugin has not done so after " + patience.toMillis() + " ms");
            }
            if (ended) {
                throw new InterruptedIOException(STOPPING);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException(STOPPING);
        }
    }
}
