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
 */
record Limits(Duration exchange, Duration pause, int slow, int adds, int others) {

    static final Limits DEFAULT =
            new Limits(Duration.ofSeconds(2), Duration.ofMillis(500), 256, 1024, 512);
}
