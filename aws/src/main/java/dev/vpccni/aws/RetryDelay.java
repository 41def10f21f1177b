package dev.vpccni.aws;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before a request is made again: a random part of a time that doubles with every
 * attempt. Safe for use by many threads.
 */
final class RetryDelay {

    private final RandomGenerator random;

    RetryDelay(RandomGenerator random) {
        this.random = random;
    }

    /**
     * The pause after failed attempt number {@code attempt}, counted from 1: between a half and the
     * whole of {@code first} doubled {@code attempt - 1} times, and never above {@code most}.
     */
    Duration after(int attempt, Duration first, Duration most) {
        long whole = Math.min(most.toNanos(), first.toNanos() << Math.min(attempt - 1, 16));
        return Duration.ofNanos(whole / 2 + below(whole / 2 + 1));
    }

    private synchronized long below(long bound) {
        return random.nextLong(bound);
    }
}
