package dev.vpccni.host.kernel;

import dev.vpccni.linux.Descriptor;
import dev.vpccni.linux.ErrnoException;
import dev.vpccni.linux.Libc;
import dev.vpccni.linux.route.Rtnetlink;
import dev.vpccni.node.port.HostException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A few platform threads in the node's network namespace, each with a socket of its own while it
 * works. Callers wait for them, whatever kind of thread they are, and pin nothing. Or there are
 * only the sockets, and callers work themselves ({@link #ofCallers}).
 *
 * <p>More than two make each wiring slower and none sooner, for the kernel does one at a time.
 */
public final class KernelThreads implements AutoCloseable {

    private final int count;
    private final @Nullable ThreadPoolExecutor threads;
    private final BlockingQueue<Rtnetlink> sockets;
    private volatile boolean closed;

    /** What to do with the node's kernel. */
    public interface Task<T extends @Nullable Object> {
        T run(Rtnetlink node) throws HostException, InterruptedException;
    }

    /**
     * Starts the threads.
     *
     * @param namespace where they live, or null if that is the namespace of this process. Entering
     *     another one takes the capability {@code CAP_SYS_ADMIN}
     * @throws IOException if the namespace cannot be entered, or sockets cannot be opened
     */
    public static KernelThreads start(String name, int count, @Nullable Descriptor namespace)
            throws IOException, InterruptedException {
        return start(name, count, namespace, Rtnetlink::open);
    }

    /**
     * Starts one thread whose socket only reads, see {@link Rtnetlink#openForReading}.
     *
     * @param namespace where it lives, or null if that is the namespace of this process
     * @throws IOException if the namespace cannot be entered, or a socket cannot be opened
     */
    public static KernelThreads startReading(String name, @Nullable Descriptor namespace)
            throws IOException, InterruptedException {
        return start(name, 1, namespace, Rtnetlink::openForReading);
    }

    /** How a thread gets its socket. */
    private interface Opening {
        Rtnetlink open() throws ErrnoException;
    }

    private static KernelThreads start(
            String name, int count, @Nullable Descriptor namespace, Opening opening)
            throws IOException, InterruptedException {
        ThreadPoolExecutor threads = threads(name, count);
        var started = new KernelThreads(count, threads);
        try {
            for (int i = 0; i < count; i++) {
                started.sockets.add(open(threads, namespace, opening));
            }
            return started;
        } catch (IOException | InterruptedException e) {
            started.close();
            throw e;
        }
    }

    /**
     * Opens sockets for callers that live in the node's namespace and work themselves, {@code
     * count} at a time: two changes of threads less for each task. A virtual thread pins its
     * carrier meanwhile, so this is for what takes the kernel well under a millisecond.
     *
     * @throws IOException if sockets cannot be opened
     */
    public static KernelThreads ofCallers(int count) throws IOException {
        var started = new KernelThreads(count, null);
        try {
            for (int i = 0; i < count; i++) {
                started.sockets.add(Rtnetlink.open());
            }
            return started;
        } catch (IOException e) {
            started.close();
            throw e;
        }
    }

    private KernelThreads(int count, @Nullable ThreadPoolExecutor threads) {
        this.count = count;
        sockets = new ArrayBlockingQueue<>(count);
        this.threads = threads;
    }

    private static ThreadPoolExecutor threads(String name, int count) {
        return new ThreadPoolExecutor(
                count,
                count,
                0,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                work -> Thread.ofPlatform().name(name).daemon().unstarted(work));
    }

    /**
     * Runs {@code task} and returns what it returns. A task that has begun is waited for even if
     * the caller is interrupted, so that the caller knows what became of it.
     *
     * @throws InterruptedException if the caller was interrupted before the task began, or this is
     *     closed, which tells whoever still works to end; then it never will
     */
    public <T extends @Nullable Object> T run(Task<T> task)
            throws HostException, InterruptedException {
        return threads == null ? runHere(task) : runThere(threads, task);
    }

    private <T extends @Nullable Object> T runHere(Task<T> task)
            throws HostException, InterruptedException {
        Rtnetlink socket = take();
        try {
            return task.run(socket);
        } finally {
            sockets.add(socket);
        }
    }

    /** Who waits looks now and then whether there will ever be one. */
    private Rtnetlink take() throws InterruptedException {
        while (!closed) {
            Rtnetlink socket = sockets.poll(1, TimeUnit.SECONDS);
            if (socket != null) {
                return socket;
            }
        }
        throw ended();
    }

    private static InterruptedException ended() {
        return new InterruptedException("work in the node's namespace has ended");
    }

    private <T extends @Nullable Object> T runThere(ThreadPoolExecutor threads, Task<T> task)
            throws HostException, InterruptedException {
        var begun = new AtomicBoolean();
        Future<T> future =
                submit(
                        threads,
                        () -> {
                            if (!begun.compareAndSet(false, true)) {
                                throw new InterruptedException();
                            }
                            return runHere(task);
                        });
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return future.get();
                } catch (InterruptedException e) {
                    if (begun.compareAndSet(false, true)) {
                        throw e;
                    }
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            throw Thrown.by("work in the node's namespace", e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static <T extends @Nullable Object> Future<T> submit(
            ThreadPoolExecutor threads, Callable<T> work) throws InterruptedException {
        try {
            return threads.submit(work);
        } catch (RejectedExecutionException e) {
            throw ended(); // For nothing else is refused.
        }
    }

    /** Waits for what is under way; whoever wants more is told to end. */
    @Override
    public void close() {
        closed = true;
        if (threads != null) {
            threads.shutdown();
            try {
                if (!threads.awaitTermination(1, TimeUnit.MINUTES)) {
                    return; // The sockets are still in use; the process ends with them.
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
        // What a caller has at work now it keeps, and the process ends with it.
        Rtnetlink idle = sockets.poll();
        while (idle != null) {
            idle.close();
            idle = sockets.poll();
        }
    }

    /**
     * Returns the numbers that notifications of the changes bear that are made here. Waits for what
     * is under way.
     */
    public Set<Integer> ports() throws IOException, InterruptedException {
        var ports = new TreeSet<Integer>();
        var taken = new ArrayList<Rtnetlink>();
        try {
            while (taken.size() < count) {
                taken.add(sockets.take());
                ports.add(taken.getLast().port());
            }
        } finally {
            sockets.addAll(taken);
        }
        return ports;
    }

    /** A pool that is not full yet starts a thread for what it is given, so each enters once. */
    private static Rtnetlink open(
            ThreadPoolExecutor threads, @Nullable Descriptor namespace, Opening opening)
            throws IOException, InterruptedException {
        try {
            return threads.submit(
                            () -> {
                                enter(namespace);
                                return opening.open();
                            })
                    .get();
        } catch (ExecutionException e) {
            throw new IOException("cannot speak with the node's kernel", e.getCause());
        }
    }

    /** Moves the present platform thread for good, if there is somewhere to move. */
    public static void enter(@Nullable Descriptor namespace) throws ErrnoException {
        if (namespace != null) {
            Libc.setns(namespace.number(), Libc.CLONE_NEWNET);
        }
    }
}
