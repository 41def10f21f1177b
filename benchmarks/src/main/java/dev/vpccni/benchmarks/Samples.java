package dev.vpccni.benchmarks;

import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;

/**
 * Durations of one case.
 *
 * @param micros microseconds, ascending; at least one
 * @param failures runs that ended with another status than 0; their durations are in {@code micros}
 */
record Samples(long[] micros, int failures) {

    Samples {
        if (micros.length == 0) {
            throw new IllegalArgumentException("no sample");
        }
        micros = micros.clone();
        Arrays.sort(micros);
    }

    static Samples of(Collection<Long> micros, int failures) {
        return new Samples(micros.stream().mapToLong(Long::longValue).toArray(), failures);
    }

    /** Returns the smallest duration that {@code share} of the runs do not exceed; nearest rank. */
    long percentile(double share) {
        int rank = (int) Math.ceil(share * micros.length);
        return micros[Math.max(0, Math.min(micros.length, rank) - 1)];
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
                micros.length,
                failures == 0 ? "" : " (" + failures + " failed)");
    }

    static String millis(long micros) {
        return String.format(Locale.ROOT, "%.2f", micros / 1e3);
    }
}
