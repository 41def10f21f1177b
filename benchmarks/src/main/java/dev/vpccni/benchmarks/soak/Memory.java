package dev.vpccni.benchmarks.soak;

import dev.vpccni.benchmarks.daemon.Holdings;
import java.io.IOException;
import java.time.Duration;
import java.util.NavigableMap;
import java.util.TreeMap;

/** The RSS of one node's daemon, over the time that it was one process. */
final class Memory {

    private static final long EVERY_MILLIS = 5_000;
    private static final Duration WARM_UP = Duration.ofMinutes(1);
    private static final long MORE_KILOBYTES_MAX = 10 << 10;

    private final SoakLab lab;
    private final String node;
    private final Violations violations;
    private final NavigableMap<Long, Long> kilobytes = new TreeMap<>();
    private String pid = "";

    Memory(SoakLab lab, String node, Violations violations) {
        this.lab = lab;
        this.node = node;
        this.violations = violations;
    }

    /** Looks once, and forgets what a process had that is no more. */
    void step() throws IOException {
        String now = lab.daemonPid(node);
        synchronized (this) {
            if (!now.equals(pid)) {
                kilobytes.clear();
                pid = now;
            }
            if (!now.isEmpty()) {
                try {
                    kilobytes.put(System.nanoTime(), Holdings.of(now).rssKilobytes());
                } catch (IOException e) {
                    // It was killed in between.
                }
            }
        }
        Repeated.pause(EVERY_MILLIS);
    }

    /** Notes it if the process has much more than after its first minute. */
    synchronized void requireBounded() {
        long more = last() - warm();
        violations.require(
                more <= MORE_KILOBYTES_MAX,
                "%s: RSS grew by %d KiB after the first minute, at most %d"
                        .formatted(node, more, MORE_KILOBYTES_MAX));
    }

    /** Returns cells of a table: for how long one process, RSS after a minute, most, last. */
    synchronized String cells() {
        long seconds = Duration.ofNanos(kilobytes.lastKey() - kilobytes.firstKey()).toSeconds();
        long most = kilobytes.values().stream().mapToLong(Long::longValue).max().orElseThrow();
        return "%d s | %.1f | %.1f | %.1f"
                .formatted(seconds, warm() / 1024.0, most / 1024.0, last() / 1024.0);
    }

    private long last() {
        return kilobytes.lastEntry().getValue();
    }

    /** Of a process that did not live for a minute, what it had last. */
    private long warm() {
        NavigableMap<Long, Long> later =
                kilobytes.tailMap(kilobytes.firstKey() + WARM_UP.toNanos(), true);
        return later.isEmpty() ? last() : later.firstEntry().getValue();
    }
}
