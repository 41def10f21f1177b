package dev.vpccni.vpc.settings;

import java.time.Duration;

/**
 * A random duration: log-normal, as the answers of a busy service are.
 *
 * @param median half of all draws are shorter
 * @param p99 the duration that one draw in a hundred exceeds; equal to {@code median} where every
 *     draw is the same
 */
public record Spread(Duration median, Duration p99) {

    /** Always zero. */
    public static final Spread NONE = always(Duration.ZERO);

    private static final double SIGMAS_AT_P99 = 2.326_348;

    /** Bounds a draw at about one in a thousand, so that no client gives up on chance alone. */
    private static final double MOST_SIGMAS = 3;

    public Spread {
        if (median.isNegative() || p99.compareTo(median) < 0) {
            throw new IllegalArgumentException("not a spread: " + median + " to " + p99);
        }
    }

    /** Returns the spread that is always {@code duration}. */
    public static Spread always(Duration duration) {
        return new Spread(duration, duration);
    }

    /** Returns a spread given in milliseconds. */
    public static Spread ofMillis(long median, long p99) {
        return new Spread(Duration.ofMillis(median), Duration.ofMillis(p99));
    }

    /** Returns the draw that 64 uniformly random bits stand for. */
    public Duration at(long random) {
        if (median.equals(p99)) {
            return median;
        }
        double radius = ((random >>> 32) + 1) * 0x1p-32;
        double angle = (random & 0xffff_ffffL) * 0x1p-32;
        double normal =
                StrictMath.sqrt(-2 * StrictMath.log(radius))
                        * StrictMath.cos(2 * StrictMath.PI * angle);
        double sigma = StrictMath.log((double) p99.toNanos() / median.toNanos()) / SIGMAS_AT_P99;
        double factor = StrictMath.exp(sigma * StrictMath.min(normal, MOST_SIGMAS));
        return Duration.ofNanos((long) (median.toNanos() * factor));
    }
}
