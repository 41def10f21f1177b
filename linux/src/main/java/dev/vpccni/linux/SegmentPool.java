package dev.vpccni.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.ArrayBlockingQueue;

/**
 * Native buffers of one size that are used again and again, for sockets that live for one request:
 * making and freeing native memory costs more than such a request. Thread-safe.
 */
public final class SegmentPool {

    private final long size;
    private final ArrayBlockingQueue<MemorySegment> idle;

    /**
     * @param size of each buffer, in bytes
     * @param idleMax how many buffers to keep; what is returned beyond that is left to the
     *     collector
     */
    public SegmentPool(long size, int idleMax) {
        this.size = size;
        this.idle = new ArrayBlockingQueue<>(idleMax);
    }

    /** Returns a buffer that nobody else uses, with arbitrary contents, aligned to 16 bytes. */
    public MemorySegment take() {
        MemorySegment buffer = idle.poll();
        return buffer == null ? Arena.ofAuto().allocate(size, 16) : buffer;
    }

    /** Gives back a buffer from {@link #take}, which the caller must not touch afterwards. */
    public void giveBack(MemorySegment buffer) {
        boolean _ = idle.offer(buffer);
    }
}
