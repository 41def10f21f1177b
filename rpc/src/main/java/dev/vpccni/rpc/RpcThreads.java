package dev.vpccni.rpc;

import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor.CallerRunsPolicy;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The platform threads of gRPC's server. The verbs live on virtual threads, which share a few
 * carriers and give way to nobody; what clients of gRPC do with the server's time is paid for here.
 */
final class RpcThreads implements AutoCloseable {

    /** Two can decode while the machine does; nothing that they do waits. */
    private static final int CALL_THREADS = 2;

    /** Events of calls; where there are more, who brings them does the work first. */
    private static final int EVENTS_MAX = 1024;

    /** A thread that was needed is likely to be needed again soon. */
    private static final long IDLE_SECONDS = 10;

    /** Bytes; gRPC's transport calls less deep than this by far. */
    private static final long STACK = 256 << 10;

    /**
     * Threads of connections that are closed and have not noticed it yet, beside those of others.
     */
    private static final int ENDING_THREADS = 16;

    /** Who has had no thread for so long never gets one: one ends whenever a connection does. */
    private static final long HANDING_SECONDS = 60;

    /** How long a new connection waits for those that end, where there are many. */
    private static final Duration ENDING = Duration.ofMillis(100);

    private final ThreadPoolExecutor transport;
    private final int transportsMax;
    private final ThreadPoolExecutor calls;
    private final ScheduledThreadPoolExecutor timer;
    private final AtomicBoolean accepting = new AtomicBoolean();
    private int transports; // guarded by this
    private volatile boolean closed;

    /**
     * @param connections how many are open at most; each has a thread that reads and at times one
     *     that writes
     */
    RpcThreads(int connections) {
        transportsMax = 2 * connections;
        transport =
                new ThreadPoolExecutor(
                        0,
                        1 + transportsMax + ENDING_THREADS, // one accepts
                        IDLE_SECONDS,
                        TimeUnit.SECONDS,
                        new SynchronousQueue<>(),
                        named("grpc-io"),
                        RpcThreads::hand);
        calls =
                new ThreadPoolExecutor(
                        CALL_THREADS,
                        CALL_THREADS,
                        IDLE_SECONDS,
                        TimeUnit.SECONDS,
                        new ArrayBlockingQueue<>(EVENTS_MAX),
                        named("grpc-call"),
                        new CallerRunsPolicy());
        calls.allowCoreThreadTimeOut(true);
        timer = new ScheduledThreadPoolExecutor(1, named("grpc-timer"));
        timer.setRemoveOnCancelPolicy(true);
    }

    /** Runs what reads, writes and accepts; the first task is what accepts. */
    void transport(Runnable task) {
        boolean first = accepting.compareAndSet(false, true);
        if (first) {
            transport.execute(() -> accept(task));
            return;
        }
        count(1);
        try {
            transport.execute(() -> run(task));
        } catch (RuntimeException | Error e) {
            count(-1);
            throw e;
        }
    }

    /**
     * Waits for one of the threads, all of which have work. They are done with a task a little
     * earlier than they take the next, and a busy machine makes that long. The transport knows no
     * way to have a task refused that leaves it alive.
     */
    private static void hand(Runnable task, ThreadPoolExecutor threads) {
        try {
            if (!threads.isShutdown()
                    && threads.getQueue().offer(task, HANDING_SECONDS, TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new RejectedExecutionException(
                "none of " + threads.getPoolSize() + " threads takes a task of gRPC's transport");
    }

    private void run(Runnable task) {
        try {
            task.run();
        } finally {
            count(-1);
        }
    }

    private synchronized void count(int more) {
        transports += more;
        notifyAll();
    }

    /**
     * Waits while connections that were closed still have their threads, but only for a moment: one
     * whose threads never end may slow down the next ones, and not keep them away.
     *
     * @throws InterruptedIOException if the caller is told to end
     */
    void awaitRoom() throws InterruptedIOException {
        try {
            var _ = awaitRoom(ENDING);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("told to end");
        }
    }

    /** Returns whether there is room for one more connection within {@code patience}. */
    synchronized boolean awaitRoom(Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (transports >= transportsMax) {
            long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            if (left <= 0) {
                return false;
            }
            wait(left);
        }
        return true;
    }

    /**
     * The transport logs what ends its accepting, and goes on with the connections that it has;
     * thrown here, it ends the process.
     */
    private void accept(Runnable task) {
        task.run();
        if (!closed) {
            throw new IllegalStateException("gRPC's server accepts no connections any more");
        }
    }

    /** Runs events of calls. */
    void calls(Runnable task) {
        calls.execute(task);
    }

    ScheduledExecutorService timer() {
        return timer;
    }

    /** Called before the server is closed: what ends from then on is meant to. */
    void expectEnd() {
        closed = true;
    }

    @Override
    public void close() {
        expectEnd();
        timer.shutdownNow();
        calls.shutdownNow();
        transport.shutdownNow();
    }

    private static ThreadFactory named(String name) {
        return Thread.ofPlatform().name(name).stackSize(STACK).daemon().factory();
    }
}
