package dev.vpccni.daemon.plugin;

import dev.vpccni.linux.ErrnoException;
import dev.vpccni.linux.unix.UnixConnection;

/** An answer that the plugin has taken a part of. Not thread-safe. */
final class Departure implements SlowConnection {

    private final long key;
    private final long deadlineNanos;
    private final UnixConnection connection;
    private final byte[] frame;
    private int sent;

    Departure(long key, long deadlineNanos, UnixConnection connection, byte[] frame, int sent) {
        this.key = key;
        this.deadlineNanos = deadlineNanos;
        this.connection = connection;
        this.frame = frame;
        this.sent = sent;
    }

    @Override
    public long key() {
        return key;
    }

    @Override
    public long deadlineNanos() {
        return deadlineNanos;
    }

    @Override
    public UnixConnection connection() {
        return connection;
    }

    /** Sends what there is room for, without waiting, and tells whether that was the last of it. */
    boolean advance() throws ErrnoException {
        sent = connection.sendNow(frame, sent);
        return sent == frame.length;
    }

    @Override
    public String progress() {
        return sent + " of " + frame.length + " bytes of an answer were taken";
    }

    @Override
    public void close() {
        connection.close();
    }
}
