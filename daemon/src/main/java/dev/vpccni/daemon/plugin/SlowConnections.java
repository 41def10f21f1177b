package dev.vpccni.daemon.plugin;

import dev.vpccni.linux.ErrnoException;
import dev.vpccni.linux.unix.Poller;
import dev.vpccni.linux.unix.Poller.Interest;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The connections from which something is still to come, or to which something is still to go: a
 * bounded number, each for as long as any other, so that the oldest is the first to be given up in
 * either case. Not thread-safe.
 */
final class SlowConnections {

    private final Map<Long, SlowConnection> connections = new LinkedHashMap<>();
    private final Poller poller;
    private final Limits limits;
    private final Complaints complaints;

    SlowConnections(Poller poller, Limits limits, Complaints complaints) {
        this.poller = poller;
        this.limits = limits;
        this.complaints = complaints;
    }

    /**
     * Waits for a connection from now on. The oldest has to go if there are too many.
     *
     * @throws ErrnoException if it cannot be waited for; then it is still the caller's
     */
    void add(SlowConnection connection, Interest interest, long nowNanos) throws ErrnoException {
        poller.add(connection.connection(), interest, connection.key());
        if (connections.size() >= limits.slow()) {
            SlowConnection oldest = connections.values().iterator().next();
            giveUp(oldest, "and there are " + limits.slow() + " more like it", nowNanos);
        }
        connections.put(connection.key(), connection);
    }

    /** Returns the one with this key, or null if there is none. */
    @Nullable SlowConnection get(long key) {
        return connections.get(key);
    }

    /** Waits for something else of a connection. */
    void change(SlowConnection connection, Interest interest) throws ErrnoException {
        poller.change(connection.connection(), interest, connection.key());
    }

    /** Leaves a connection to the caller, if it was one of these. */
    void remove(SlowConnection connection) {
        if (connections.remove(connection.key()) != null) {
            try {
                // Not left to closing: a program that is being started holds every descriptor for a
                // moment, and the connection would be told of in vain as long as it does.
                poller.remove(connection.connection());
            } catch (ErrnoException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Closes a connection, and says why. */
    void giveUp(SlowConnection connection, String why, long nowNanos) {
        complaints.add("gave a call up: " + connection.progress() + ", " + why, nowNanos);
        remove(connection);
        connection.close();
    }

    /** Gives up those whose deadline has passed. */
    void expire(long nowNanos) {
        while (untilNext(nowNanos, 1) <= 0) {
            SlowConnection oldest = connections.values().iterator().next();
            giveUp(oldest, "after " + limits.exchange().toMillis() + " ms", nowNanos);
        }
    }

    /** Returns in how many nanoseconds the next deadline passes, or {@code otherwise}. */
    long untilNext(long nowNanos, long otherwise) {
        return connections.isEmpty()
                ? otherwise
                : connections.values().iterator().next().deadlineNanos() - nowNanos;
    }

    /** Closes all. */
    void close() {
        List.copyOf(connections.values()).forEach(SlowConnection::close);
        connections.clear();
    }
}
