package dev.vpccni.aws;

import java.time.Duration;

/** Hears of every request that was made, each attempt by itself, for metrics. */
@FunctionalInterface
public interface CallListener {

    /** Hears nothing. */
    CallListener NONE = (action, took, error) -> {};

    /**
     * Called after an attempt, on the thread that made it; must not block.
     *
     * @param action EC2's name of the action, or {@code GetMetadata}
     * @param took from before the first byte was sent until the answer was read
     * @param error what kind of failure it was, such as {@code Throttled}; empty on success
     */
    void called(String action, Duration took, String error);
}
