package dev.vpccni.kubernetes.api;

import io.fabric8.kubernetes.client.http.AsyncBody;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * An answer's body as it comes. The next part is asked for when this one has been read, so that a
 * server that is faster than its reader fills a socket's buffer and no more. Each read ends at a
 * deadline, however the bytes trickle. One thread reads; another may {@link #close}.
 */
final class ApiBody extends InputStream {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<ByteBuffer> parts = new ArrayDeque<>();
    private @Nullable AsyncBody source;
    private @Nullable IOException failure;
    private boolean asked;
    private boolean ended;
    private boolean closed;
    private long deadline;

    /** Has reads end from {@code patience} after now on, and not before. */
    void expectWithin(Duration patience) {
        deadline = System.nanoTime() + patience.toNanos();
    }

    /** Takes what the client hands over. */
    void accept(List<ByteBuffer> more, AsyncBody from) {
        lock.lock();
        try {
            if (closed) {
                from.cancel();
                return;
            }
            asked = false;
            more.stream().filter(ByteBuffer::hasRemaining).forEach(parts::add);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Begins to read, once the head of the answer is there. */
    void begin(AsyncBody from) {
        lock.lock();
        try {
            source = from;
            if (closed) {
                from.cancel();
            }
        } finally {
            lock.unlock();
        }
        var _ = from.done().whenComplete((_, thrown) -> end(thrown));
    }

    private void end(@Nullable Throwable thrown) {
        lock.lock();
        try {
            ended = true;
            if (thrown != null) {
                failure = new IOException("the connection broke off: " + thrown, thrown);
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        lock.lock();
        try {
            while (true) {
                if (closed) {
                    throw new IOException("nobody wants the answer any more");
                }
                if (System.nanoTime() - deadline > 0) {
                    throw new SocketTimeoutException("the rest of the answer did not come in time");
                }
                ByteBuffer next = parts.peek();
                if (next != null) {
                    int count = Math.min(length, next.remaining());
                    next.get(buffer, offset, count);
                    if (!next.hasRemaining()) {
                        var _ = parts.remove();
                    }
                    return count;
                }
                if (ended) {
                    if (failure != null) {
                        throw failure;
                    }
                    return -1;
                }
                if (asked) {
                    var _ =
                            changed.await(
                                    Math.max(1, deadline - System.nanoTime()),
                                    TimeUnit.NANOSECONDS);
                } else {
                    asked = true; // What is there already comes before this returns.
                    Objects.requireNonNull(source, "begun").consume();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        AsyncBody open;
        lock.lock();
        try {
            closed = true;
            parts.clear();
            open = source;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (open != null) {
            open.cancel();
        }
    }
}
