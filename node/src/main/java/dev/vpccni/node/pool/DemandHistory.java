package dev.vpccni.node.pool;

import dev.vpccni.ipam.ledger.Counts;
import dev.vpccni.ipam.policy.Demand;
import dev.vpccni.node.ledger.LedgerKeeper;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How many addresses were busy at once in the last two minutes: long enough that pods which come
 * and go in waves cost EC2 nothing, and short enough that a node whose pods have gone gives back
 * what it has soon after. Of the time before the daemon it assumes that all that is there was
 * needed. Not thread-safe.
 */
final class DemandHistory {

    /** How far back it remembers. */
    static final Duration WINDOW = Duration.ofMinutes(2);

    /** No node has more addresses in use; of what is only there, there may be more. */
    private static final int BUSY_MAX = 1 << 16;

    /** Each higher than all behind it, and over before them; the last one is the present. */
    private final Deque<Level> levels = new ArrayDeque<>();

    /**
     * @param until when it was the case last, in nanoseconds
     */
    private record Level(int busy, long until) {}

    /**
     * @param before how many addresses may have been busy before
     * @param now in nanoseconds of a monotonic clock
     */
    DemandHistory(long before, long now) {
        levels.add(new Level((int) Math.min(before, BUSY_MAX), now));
    }

    /** Notes what is asked of the pool from {@code now} on, and returns it with the peak. */
    Demand note(Counts counts, int waiting, long now) {
        int busy = new Demand(waiting, 0).busy(counts);
        Level present = levels.removeLast();
        levels.addLast(new Level(present.busy, now));
        while (!levels.isEmpty() && levels.getLast().busy <= busy) {
            levels.removeLast();
        }
        levels.addLast(new Level(busy, now));
        while (now - levels.getFirst().until > WINDOW.toNanos()) {
            levels.removeFirst();
        }
        return new Demand(waiting, levels.getFirst().busy);
    }

    /** Returns how long it is until the peak is lower if nothing else happens. */
    Duration untilLower(long now) {
        return levels.size() == 1
                ? LedgerKeeper.A_LONG_TIME
                : Duration.ofNanos(
                        Math.max(1, levels.getFirst().until + WINDOW.toNanos() + 1 - now));
    }
}
