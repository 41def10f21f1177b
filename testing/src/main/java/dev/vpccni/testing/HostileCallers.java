package dev.vpccni.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Callers of the plugin's socket who are no plugin: some say nothing, some send a byte now and then
 * of a long request, some send garbage. Whoever is thrown out comes again at once, so that there
 * are always as many, also after a daemon that died has come back. They stay until they are closed.
 */
public final class HostileCallers implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(20);
    private static final Duration BYTE_EVERY = Duration.ofMillis(1500);
    private static final Duration ENDING_MAX = Duration.ofSeconds(10);

    private static final byte[] GARBAGE =
            "no request\n".repeat(10).getBytes(StandardCharsets.US_ASCII);

    private final Path socket;
    private final List<Caller> callers = new ArrayList<>();
    private final Thread thread;
    private volatile boolean ended;
    private final AtomicLong connections = new AtomicLong();

    /** What a caller does once it is connected. */
    private enum Manner {
        IDLE,
        DRIPPING,
        GARBAGE
    }

    private HostileCallers(Path socket) {
        this.socket = socket;
        thread = Thread.ofPlatform().name("hostile-callers").daemon().unstarted(this::run);
    }

    /** Starts to keep so many of each kind connected to {@code socket}. */
    public static HostileCallers start(Path socket, int idle, int dripping, int garbage) {
        var started = new HostileCallers(socket);
        started.add(Manner.IDLE, idle);
        started.add(Manner.DRIPPING, dripping);
        started.add(Manner.GARBAGE, garbage);
        started.thread.start();
        return started;
    }

    /** Returns how many connections there have been. */
    public long connections() {
        return connections.get();
    }

    @Override
    public void close() {
        ended = true;
        try {
            thread.join(ENDING_MAX);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void add(Manner manner, int count) {
        for (int i = 0; i < count; i++) {
            callers.add(new Caller(manner));
        }
    }

    private void run() {
        try {
            while (!ended) {
                for (Caller caller : callers) {
                    caller.goOn();
                }
                LockSupport.parkNanos(POLL.toNanos());
            }
        } finally {
            callers.forEach(Caller::leave);
        }
    }

    /** One of them, used by one thread. */
    private final class Caller {

        private final Manner manner;
        private @Nullable SocketChannel channel;
        private long nextByteNanos;
        private int sent;

        Caller(Manner manner) {
            this.manner = manner;
        }

        void goOn() {
            try {
                SocketChannel open = channel;
                if (open == null) {
                    open = SocketChannel.open(UnixDomainSocketAddress.of(socket));
                    channel = open;
                    open.configureBlocking(false);
                    connections.incrementAndGet();
                    sent = 0;
                    nextByteNanos = System.nanoTime();
                }
                if (manner != Manner.IDLE && nextByteNanos - System.nanoTime() <= 0) {
                    nextByteNanos = System.nanoTime() + BYTE_EVERY.toNanos();
                    open.write(
                            manner == Manner.GARBAGE
                                    ? ByteBuffer.wrap(GARBAGE)
                                    : frame().slice(sent++, 1));
                }
                if (open.read(ByteBuffer.allocate(1)) < 0) {
                    leave();
                }
            } catch (IOException e) {
                leave(); // the daemon has closed it in between, or is not there
            }
        }

        void leave() {
            try {
                SocketChannel open = channel;
                channel = null;
                if (open != null) {
                    open.close();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** A request that promises 64 KiB of environment; docs/shim-protocol.md. */
        private static ByteBuffer frame() {
            ByteBuffer frame = ByteBuffer.allocate(1024).order(ByteOrder.nativeOrder());
            frame.put(new byte[] {'V', 'C', 'N', 'I'}).putShort((short) 1);
            return frame.putInt(20, 64 << 10);
        }
    }
}
