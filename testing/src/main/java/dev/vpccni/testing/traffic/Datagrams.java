package dev.vpccni.testing.traffic;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.BitSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Datagrams at a steady pace to an {@link Answerer}, and which of them came back. */
public final class Datagrams implements Closeable {

    /** So long an answer may take at the end. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final long POLL_NANOS = 1_000_000;

    private final DatagramChannel channel;
    private final long everyNanos;
    private final Thread sender;
    private final BitSet answered = new BitSet();
    private int sent;
    private volatile boolean ending;

    private Datagrams(String name, DatagramChannel channel, Duration every) {
        this.channel = channel;
        this.everyNanos = every.toNanos();
        this.sender = Thread.ofPlatform().name(name + " sends").daemon().unstarted(this::send);
    }

    /**
     * Starts to send.
     *
     * @param channel opened in the namespace to send from; this owns it
     */
    public static Datagrams start(
            String name, DatagramChannel channel, InetSocketAddress to, Duration every)
            throws IOException {
        channel.connect(to);
        var flow = new Datagrams(name, channel, every);
        Thread.ofPlatform().name(name + " listens").daemon().start(flow::listen);
        flow.sender.start();
        return flow;
    }

    /**
     * What became of the datagrams.
     *
     * @param lost how many were not answered
     * @param most of those that followed one another
     * @param works whether the last one was answered: then the flow works
     */
    public record Loss(int sent, int lost, int most, boolean works) {}

    /**
     * Waits until {@code more} than have been answered by now are.
     *
     * @return whether they were in time
     */
    public boolean awaitAnswers(int more, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        int wanted = answers() + more;
        while (answers() < wanted && System.nanoTime() < deadline) {
            LockSupport.parkNanos(POLL_NANOS);
        }
        return answers() >= wanted;
    }

    /** Stops to send, waits for the last answers, and counts. */
    public Loss end() throws InterruptedException {
        ending = true;
        sender.join();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (answers() < sent() && System.nanoTime() < deadline) {
            TimeUnit.NANOSECONDS.sleep(POLL_NANOS);
        }
        return loss();
    }

    @Override
    public void close() throws IOException {
        ending = true;
        channel.close();
    }

    private synchronized Loss loss() {
        int most = 0;
        for (int from = answered.nextClearBit(0); from < sent; ) {
            int next = answered.nextSetBit(from);
            int to = next < 0 ? sent : next;
            most = Math.max(most, to - from);
            from = answered.nextClearBit(to);
        }
        return new Loss(
                sent, sent - answered.cardinality(), most, sent > 0 && answered.get(sent - 1));
    }

    private synchronized int answers() {
        return answered.cardinality();
    }

    private synchronized int sent() {
        return sent;
    }

    private void send() {
        long due = System.nanoTime();
        while (!ending) {
            ByteBuffer number;
            synchronized (this) {
                number = ByteBuffer.allocate(Integer.BYTES).putInt(0, sent);
                sent++;
            }
            try {
                channel.write(number);
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                // It was not sent, and so is not answered.
            }
            due += everyNanos;
            LockSupport.parkNanos(due - System.nanoTime());
        }
    }

    private void listen() {
        ByteBuffer buffer = ByteBuffer.allocate(64);
        while (channel.isOpen()) {
            try {
                channel.read(buffer.clear());
                synchronized (this) {
                    answered.set(buffer.getInt(0));
                }
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                // Whoever refuses a datagram does not answer it.
            }
        }
    }
}
