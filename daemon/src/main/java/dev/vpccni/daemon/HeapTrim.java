package dev.vpccni.daemon;

import dev.vpccni.node.port.Tempo;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Gives memory back by which a burst has made the heap grow. The collector shrinks the heap only
 * when it collects all of it, and does that by itself when the heap is full, which may be never.
 * That takes some ten milliseconds, so it waits for a moment without pods.
 */
final class HeapTrim implements Runnable {

    /** How often to look, and how long nothing must have happened. */
    private static final Duration PERIOD = Duration.ofSeconds(10);

    /** Growth that is worth a collection, in bytes. */
    static final long GROWN = 6 << 20;

    private final Heap heap;
    private final LongSupplier verbs;
    private final Tempo tempo;
    private long least;
    private long seen;

    /** The memory that objects are in. */
    interface Heap {

        /** That of this process. */
        Heap OWN =
                new Heap() {
                    @Override
                    public long committed() {
                        return Runtime.getRuntime().totalMemory();
                    }

                    @Override
                    public void collect() {
                        System.gc();
                    }
                };

        /** Returns how much of it is taken from the system, in bytes. */
        long committed();

        /** Collects all of it, and shrinks it. */
        void collect();
    }

    /**
     * @param verbs how many verbs have been carried out so far
     */
    HeapTrim(Heap heap, LongSupplier verbs, Tempo tempo) {
        this.heap = heap;
        this.verbs = verbs;
        this.tempo = tempo;
        least = heap.committed();
    }

    /** Works until it is interrupted. */
    @Override
    public void run() {
        try {
            while (true) {
                tempo.pause(PERIOD);
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Looks once; what a collection does not give back is not asked for again. */
    void look() {
        long now = verbs.getAsLong();
        boolean idle = now == seen;
        seen = now;
        long committed = heap.committed();
        if (committed < least) {
            least = committed;
        }
        if (idle && committed - least >= GROWN) {
            heap.collect();
            least = heap.committed();
        }
    }
}
