package dev.vpccni.daemon;

import dev.vpccni.daemon.log.Log;

/** Logs what has been reached, and how long after the start of the process' main method. */
final class Stopwatch {

    private final long begun;
    private final Log log;

    /**
     * Creates one that has run for a while.
     *
     * @param begun when it started, in nanoseconds of {@link System#nanoTime}
     */
    Stopwatch(long begun, Log log) {
        this.begun = begun;
        this.log = log;
    }

    void log(String reached) {
        long millis = (System.nanoTime() - begun) / 1_000_000;
        log.info(reached + ", " + millis + " ms after the start");
    }
}
