package dev.vpccni.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Native buffers of one size, each lent to whoever makes a system call just now, so that sockets
 * own none. A few are made once, because making and freeing one costs more than a request, and lent
 * again and again; when all of them are out, one is made for the loan and freed with its end.
 * Thread-safe.
 */
public final class SegmentPool {

    private static final int ALIGNMENT = 16;

    private final long size;
    private final ArrayBlockingQueue<MemorySegment> idle;
    private final AtomicInteger unmade;

    /**
     * @param size of each buffer, in bytes
     * @param kept how many buffers to make for good
     */
    public SegmentPool(long size, int kept) {
        this.size = size;
        this.idle = new ArrayBlockingQueue<>(kept);
        this.unmade = new AtomicInteger(kept);
    }

    /**
     * Lends a buffer with arbitrary contents, aligned to 16 bytes, until the loan is closed, which
     * the borrowing thread does.
     */
    public Loan borrow() {
        MemorySegment kept = idle.poll();
        if (kept == null && unmade.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            kept = Arena.global().allocate(size, ALIGNMENT);
        }
        return new Loan(kept);
    }

    /** A buffer for a while. */
    public final class Loan implements AutoCloseable {

        private final @Nullable Arena own;
        private @Nullable MemorySegment segment;

        private Loan(@Nullable MemorySegment kept) {
            own = kept == null ? Arena.ofConfined() : null;
            segment = own == null ? kept : own.allocate(size, ALIGNMENT);
        }

        /**
         * Returns the buffer.
         *
         * @throws IllegalStateException if the loan is over
         */
        public MemorySegment segment() {
            MemorySegment lent = segment;
            if (lent == null) {
                throw new IllegalStateException("the loan is over");
            }
            return lent;
        }

        /** Gives the buffer back. Closing again has no effect. */
        @Override
        public void close() {
            MemorySegment lent = segment;
            segment = null;
            if (lent != null && own != null) {
                own.close();
            } else if (lent != null) {
                idle.add(lent);
            }
        }
    }
}
