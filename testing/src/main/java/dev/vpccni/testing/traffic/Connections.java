package dev.vpccni.testing.traffic;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** TCP connections to an {@link Answerer}, each a new one, one after another. */
public final class Connections implements Closeable {

    /** TCP asks again after one, three and seven seconds. */
    private static final int PATIENCE_MILLIS = 5_000;

    /** What takes no packet twice takes milliseconds. */
    private static final Duration SLOW = Duration.ofMillis(900);

    private final Callable<Socket> sockets;
    private final InetSocketAddress to;
    private final long everyNanos;
    private final Thread dialler;
    private int begun;
    private int failed;
    private int slow;
    private volatile boolean ending;

    private Connections(
            String name, Callable<Socket> sockets, InetSocketAddress to, Duration every) {
        this.sockets = sockets;
        this.to = to;
        this.everyNanos = every.toNanos();
        this.dialler = Thread.ofPlatform().name(name + " dials").daemon().unstarted(this::dial);
    }

    /**
     * Starts to connect.
     *
     * @param sockets makes an unconnected one in the namespace to connect from
     * @param every the pause between two
     */
    public static Connections start(
            String name, Callable<Socket> sockets, InetSocketAddress to, Duration every) {
        var connections = new Connections(name, sockets, to, every);
        connections.dialler.start();
        return connections;
    }

    /**
     * What became of them.
     *
     * @param failed how many were refused, or not answered in 5 s
     * @param slow how many of the others took a packet that was sent again
     */
    public record Failures(int begun, int failed, int slow) {}

    /** Stops to connect, waits for the last one, and counts. */
    public Failures end() throws InterruptedException {
        ending = true;
        dialler.join();
        return new Failures(begun, failed, slow);
    }

    @Override
    public void close() {
        ending = true;
    }

    private void dial() {
        while (!ending) {
            begun++;
            long begin = System.nanoTime();
            try (Socket socket = sockets.call()) {
                // Its port is free at once, so that there are enough of them.
                socket.setSoLinger(true, 0);
                socket.setSoTimeout(PATIENCE_MILLIS);
                socket.connect(to, PATIENCE_MILLIS);
                if (socket.getInputStream().read() < 0) {
                    failed++;
                } else if (System.nanoTime() - begin > SLOW.toNanos()) {
                    slow++;
                }
            } catch (IOException e) {
                failed++;
            } catch (Exception e) {
                throw new IllegalStateException("no socket to connect with", e);
            }
            LockSupport.parkNanos(everyNanos);
        }
    }
}
