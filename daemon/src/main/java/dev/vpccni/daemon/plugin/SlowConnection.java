package dev.vpccni.daemon.plugin;

import dev.vpccni.linux.unix.UnixConnection;

/** A connection in the midst of a request or of an answer, until its deadline. */
sealed interface SlowConnection permits Arrival, Departure {

    /** Returns what the poller knows it by. */
    long key();

    /** Returns when it is given up, by the monotonic clock. */
    long deadlineNanos();

    UnixConnection connection();

    /** Returns how far it has come, for the log. */
    String progress();

    /** Gives it up. */
    void close();
}
