package dev.vpccni.daemon.plugin;

import java.time.Duration;

/**
 * What is wrong with callers, of whom there may be thousands a second: a few lines for each while,
 * and then how many more there were. Safe for use by many threads.
 */
final class Complaints {

    private static final int LINES_MAX = 10;
    private static final long WHILE_NANOS = Duration.ofSeconds(10).toNanos();

    private final CallLog log;
    private long begunNanos;
    private int lines;

    Complaints(CallLog log) {
        this.log = log;
    }

    synchronized void add(String line, long nowNanos) {
        if (lines == 0 || nowNanos - begunNanos > WHILE_NANOS) {
            if (lines > LINES_MAX) {
                log.warn((lines - LINES_MAX) + " more calls of the plugin went wrong like that");
            }
            begunNanos = nowNanos;
            lines = 0;
        }
        lines++;
        if (lines <= LINES_MAX) {
            log.warn(line);
        }
    }
}
