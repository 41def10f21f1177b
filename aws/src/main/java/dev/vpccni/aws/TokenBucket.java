package dev.vpccni.aws;

/**
 * Permits for one kind of request: a number at once, then a steady rate. Safe for use by many
 * threads; it never waits, it says how long to wait.
 */
final class TokenBucket {

    private final long capacityNanos;
    private final long tokenNanos;

    /** When the bucket was, or will be, empty: each token taken moves it by one token's time. */
    private long emptyAt;

    /** A full bucket at {@code now}, in nanoseconds of a monotonic clock. */
    TokenBucket(int burst, int perSecond, long now) {
        tokenNanos = 1_000_000_000L / perSecond;
        capacityNanos = burst * tokenNanos;
        emptyAt = now - capacityNanos;
    }

    /**
     * Takes a token, in advance if there is none.
     *
     * @return nanoseconds until the token may be used; 0 if at once
     */
    synchronized long take(long now) {
        emptyAt = Math.max(emptyAt, now - capacityNanos) + tokenNanos;
        return Math.max(0, emptyAt - now);
    }

    /** Puts a token back that was taken and will not be used. */
    synchronized void giveBack() {
        emptyAt -= tokenNanos;
    }

    /**
     * Forgets the tokens that are left: EC2 said that the account has none, and other nodes draw on
     * the same bucket there.
     */
    synchronized void drain(long now) {
        emptyAt = Math.max(emptyAt, now);
    }
}
