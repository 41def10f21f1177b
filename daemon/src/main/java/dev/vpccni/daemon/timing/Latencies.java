package dev.vpccni.daemon.timing;

import dev.vpccni.cni.CniCommand;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How long verbs took, from the start of the plugin to the answer: counts in ranges of which each
 * ends about 19 % after the one before. Safe for use by many threads.
 */
public final class Latencies {

    /** Ranges for each doubling. */
    private static final int STEPS = 4;

    private static final int FIRST_MICROS = 64;

    /** 64 us times 2^(80 / 4) is 67 s, which is more than any deadline. */
    private static final int RANGES = 81;

    private final Map<CniCommand, AtomicLongArray> counts = new EnumMap<>(CniCommand.class);

    /** Starts with none. */
    public Latencies() {
        for (CniCommand command : CniCommand.values()) {
            counts.put(command, new AtomicLongArray(RANGES));
        }
    }

    /** Counts one verb that took {@code nanos}. */
    public void record(CniCommand command, long nanos) {
        counts(command).incrementAndGet(range(nanos / 1_000));
    }

    /** Returns how many there were. */
    public long count(CniCommand command) {
        long sum = 0;
        for (int i = 0; i < RANGES; i++) {
            sum += counts(command).get(i);
        }
        return sum;
    }

    /**
     * Returns a time that {@code percent} of the verbs did not exceed, in microseconds, at most 19
     * % more than it was; 0 if there were none.
     */
    long percentileMicros(CniCommand command, double percent) {
        double wanted = count(command) * percent / 100;
        long sum = 0;
        for (int i = 0; i < RANGES && wanted > 0; i++) {
            sum += counts(command).get(i);
            if (sum >= wanted) {
                return (long) (FIRST_MICROS * Math.pow(2, (double) i / STEPS));
            }
        }
        return 0;
    }

    /** Returns one line about each verb that there was. */
    public String summary() {
        var lines = new StringBuilder();
        for (CniCommand command : CniCommand.values()) {
            long count = count(command);
            if (count > 0) {
                lines.append(lines.isEmpty() ? "" : "; ")
                        .append(command)
                        .append(' ')
                        .append(count)
                        .append(" times, median ")
                        .append(percentileMicros(command, 50))
                        .append(" us, 99 % within ")
                        .append(percentileMicros(command, 99))
                        .append(" us");
            }
        }
        return lines.isEmpty() ? "none" : lines.toString();
    }

    private AtomicLongArray counts(CniCommand command) {
        return Objects.requireNonNull(counts.get(command));
    }

    private static int range(long micros) {
        if (micros <= FIRST_MICROS) {
            return 0;
        }
        double doublings = Math.log((double) micros / FIRST_MICROS) / Math.log(2);
        return Math.min(RANGES - 1, (int) Math.ceil(doublings * STEPS));
    }
}
