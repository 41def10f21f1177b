package dev.vpccni.benchmarks;

import java.util.List;
import java.util.Locale;

/**
 * Durations of one case.
 *
 * @param micros microseconds, ascending; at least one
 * @param failures runs that ended with another status than 0; their durations are in {@code micros}
 */
record Samples(List<Long> micros, int failures) {

    Samples {
        if (micros.isEmpty()) {
            throw new IllegalArgumentException("no sample");
        }
        micros = micros.stream().sorted().toList();
    }

    /** Returns the smallest duration that {@code share} of the runs do not exceed; nearest rank. */
    long percentile(double share) {
        int rank = (int) Math.ceil(share * micros.size());
        return micros.get(Math.max(0, Math.min(micros.size(), rank) - 1));
    }

    long median() {
        return percentile(0.5);
    }

    /** Returns {@code p50 | p95 | p99 | runs}, in milliseconds, as cells of a table. */
    String cells() {
        return String.format(
                Locale.ROOT,
                "%s | %s | %s | %d%s",
                millis(median()),
                millis(percentile(0.95)),
                millis(percentile(0.99)),
                micros.size(),
                failures == 0 ? "" : " (" + failures + " failed)");
    }

    static String millis(long micros) {
        return String.format(Locale.ROOT, "%.2f", micros / 1e3);
    }
}
