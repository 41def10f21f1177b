package dev.vpccni.linux.namespace;

import dev.vpccni.linux.Descriptor;
import dev.vpccni.linux.ErrnoException;
import dev.vpccni.linux.Libc;
import dev.vpccni.linux.netlink.NetlinkSocket;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A platform thread that runs tasks inside network namespaces, one after the other, and comes home
 * after each: to the namespace of the thread that started it. Thread-safe.
 *
 * <p>setns(2) moves one thread of the operating system, which virtual threads share; hence a thread
 * of its own. A thread that a task starts is born in the task's namespace. When the way home fails,
 * the thread ends and every task from then on is refused, because what it ran next would run in the
 * wrong place.
 *
 * <p>Most work needs no task: only <em>opening</em> a socket has to happen inside.
 */
public final class NamespaceThread implements AutoCloseable {

    /** What is to be done inside a namespace. */
    @FunctionalInterface
    public interface Task<T extends @Nullable Object> {

        /**
         * Does it, on the namespace thread. It must neither start nor wake a thread: one that is
         * made meanwhile stays in the namespace, be it a carrier of virtual threads.
         */
        T run() throws IOException;
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<FutureTask<?>> tasks = new ArrayDeque<>();
    private final Thread thread;
    private final Descriptor home;
    private boolean ended;

    private NamespaceThread(String name, Descriptor home) {
        this.home = home;
        this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this::work);
    }

    /**
     * Starts a thread whose home is the network namespace of the current platform thread.
     *
     * @param name of the thread
     * @throws ErrnoException if the namespace cannot be opened
     */
    public static NamespaceThread start(String name) throws ErrnoException {
        return start(name, NetworkNamespace.current());
    }

    /** Starts a thread that returns to {@code home}, which it closes in the end. */
    static NamespaceThread start(String name, Descriptor home) {
        var started = new NamespaceThread(name, home);
        started.thread.start();
        return started;
    }

    /**
     * Runs a task inside a network namespace and waits for it, also when interrupted meanwhile.
     *
     * @param namespace an open file of the namespace, such as {@code /run/netns/blue}
     * @throws IOException what the task throws; {@link ErrnoException} of {@code setns} if the
     *     namespace cannot be entered, with {@code EINVAL} if the file is none; also if this thread
     *     has ended
     * @throws IllegalStateException if called by a task of this thread
     */
    public <T extends @Nullable Object> T inside(Descriptor namespace, Task<T> task)
            throws IOException {
        if (Thread.currentThread().equals(thread)) {
            throw new IllegalStateException("a task cannot wait for another one of its thread");
        }
        var future = new FutureTask<T>(() -> runInside(namespace, task));
        lock.lock();
        try {
            if (ended) {
                throw new IOException("the namespace thread has ended");
            }
            tasks.add(future);
            changed.signal();
        } finally {
            lock.unlock();
        }
        return Futures.await(future);
    }

    /** Runs a task inside the network namespace that a file stands for. */
    public <T extends @Nullable Object> T inside(Path path, Task<T> task) throws IOException {
        try (Descriptor namespace = Descriptor.open(path)) {
            return inside(namespace, task);
        }
    }

    /**
     * Opens a netlink socket inside a network namespace; it stays there, whoever uses it.
     *
     * @param protocol such as {@link NetlinkSocket#NETLINK_ROUTE}
     */
    public NetlinkSocket openInside(Descriptor namespace, int protocol) throws IOException {
        return inside(namespace, () -> NetlinkSocket.open(protocol));
    }

    /** Opens a netlink socket inside the network namespace that a file stands for. */
    public NetlinkSocket openInside(Path path, int protocol) throws IOException {
        return inside(path, () -> NetlinkSocket.open(protocol));
    }

    /** Ends the thread once the tasks that it has are done. */
    @Override
    public void close() {
        lock.lock();
        try {
            ended = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    private void work() {
        try (home) {
            for (FutureTask<?> task = next(); task != null; task = next()) {
                task.run();
            }
        }
    }

    /** Waits for a task; null means that there will be none. */
    private @Nullable FutureTask<?> next() {
        lock.lock();
        try {
            while (tasks.isEmpty() && !ended) {
                changed.awaitUninterruptibly();
            }
            return tasks.poll();
        } finally {
            lock.unlock();
        }
    }

    private <T extends @Nullable Object> T runInside(Descriptor namespace, Task<T> task)
            throws IOException {
        Libc.setns(namespace.number(), Libc.CLONE_NEWNET);
        try {
            return task.run();
        } finally {
            comeHome();
        }
    }

    private void comeHome() throws ErrnoException {
        boolean arrived = false;
        try {
            Libc.setns(home.number(), Libc.CLONE_NEWNET);
            arrived = true;
        } catch (ErrnoException e) {
            throw e.during("return to the home namespace");
        } finally {
            if (!arrived) {
                endAtOnce();
            }
        }
    }

    private void endAtOnce() {
        lock.lock();
        try {
            ended = true;
            tasks.forEach(task -> task.cancel(false));
            tasks.clear();
        } finally {
            lock.unlock();
        }
    }
}
