package dev.vpccni.daemon.plugin;

import java.time.Duration;

/**
 * How much callers may cost.
 *
 * @param exchange how long a request may take from its connection's beginning to its last byte, and
 *     an answer to be taken. The plugin has its whole request ready before it connects
 * @param pause how long the one large request that is read may send nothing
 * @param slow how many connections may be in the midst of a request or an answer; the oldest goes.
 *     A request holds up to 32 KiB of it
 * @param adds how many ADDs may be under way, most of them waiting for an address: more than any
 *     node has pods
 * @param others how many other verbs may be, which wait for nothing; apart from ADDs, since a DEL
 *     is what frees an address
 * @param workers how many verbs the threads of the socket carry out themselves at a time
 * @param late how long a verb is kept for one of those threads before it gets one of its own
 */
record Limits(
        Duration exchange,
        Duration pause,
        int slow,
        int adds,
        int others,
        int workers,
        Duration late) {

    /** The kernel connects one pod at a time; a second verb is at hand when it is done. */
    private static final int WORKERS = 2;

    /** Some ten times what a verb takes. */
    private static final Duration LATE = Duration.ofMillis(20);

    static final Limits DEFAULT = of(Duration.ofSeconds(2), Duration.ofMillis(500), 256, 1024, 512);

    /** Returns limits with the usual workers. */
    static Limits of(Duration exchange, Duration pause, int slow, int adds, int others) {
        return new Limits(exchange, pause, slow, adds, others, WORKERS, LATE);
    }
}
