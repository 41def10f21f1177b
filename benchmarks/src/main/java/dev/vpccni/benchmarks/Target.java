package dev.vpccni.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a case may take, in milliseconds; 0 where there is no limit.
 *
 * @param overFloor by how much its median may exceed the floor's
 * @param timesFloor how many times the floor's median it may be
 */
record Target(double median, double p99, double overFloor, double timesFloor) {

    private static final Map<String, Target> ALL =
            Map.of(
                    "ADD x 1, vpc-cni", new Target(0, 5, 0.6, 0),
                    "DEL x 1, vpc-cni", new Target(0.7, 0, 0, 0),
                    "ADD x 8, vpc-cni", new Target(0, 0, 0, 1.2),
                    "VERSION", new Target(0.7, 0, 0, 0),
                    "STATUS", new Target(1, 0, 0, 0));

    /** Returns the target of a case, or null if it has none. */
    static @Nullable Target of(String name) {
        return ALL.get(name);
    }

    /** Returns it in words. */
    String text() {
        var parts = new ArrayList<String>();
        add(parts, "p50 %.1f", median);
        add(parts, "p99 %.1f", p99);
        add(parts, "floor + %.1f", overFloor);
        add(parts, "floor x %.1f", timesFloor);
        return String.join(", ", parts);
    }

    /** Tells whether {@code samples} meet it, part by part where they do not. */
    String verdict(Samples samples, @Nullable Samples floor) {
        var missed = new ArrayList<String>();
        miss(missed, "p50", samples.median(), median);
        miss(missed, "p99", samples.percentile(0.99), p99);
        if (floor != null) {
            miss(missed, "floor", samples.median() - floor.median(), overFloor);
            miss(missed, "floor", samples.median(), timesFloor * floor.median() / 1_000);
        }
        return missed.isEmpty() ? verdict(true) : verdict(false) + ": " + String.join(", ", missed);
    }

    static String verdict(boolean met) {
        return met ? "yes" : "no";
    }

    private static void add(List<String> parts, String form, double limit) {
        if (limit > 0) {
            parts.add(String.format(Locale.ROOT, form, limit));
        }
    }

    private static void miss(List<String> missed, String what, long micros, double limit) {
        if (limit > 0 && micros > limit * 1_000) {
            missed.add(what);
        }
    }
}
