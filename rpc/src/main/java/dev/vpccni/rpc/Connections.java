package dev.vpccni.rpc;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The connections that are open, no more than there is room for. Where there is none, a new one
 * takes the place of the one on which nobody has waited for an answer for longest; if somebody
 * waits on each, it is closed. So clients that say nothing keep nobody away, however many they are.
 * Safe for use by many threads.
 */
final class Connections {

    private final RpcLimits limits;
    private final LongSupplier nanos;
    private final RpcListener listener;
    private final List<Connection> open = new ArrayList<>();
    private volatile Runnable opened = () -> {};

    /**
     * @param nanos elapsed time
     */
    Connections(RpcLimits limits, LongSupplier nanos, RpcListener listener) {
        this.limits = limits;
        this.nanos = nanos;
        this.listener = listener;
    }

    /** Calls {@code action} for each connection that is admitted; set before there is any. */
    void onOpened(Runnable action) {
        opened = action;
    }

    /** Takes over a connection that has just come; null if there is no room for it. */
    @Nullable Connection admit(SocketChannel channel) throws IOException {
        var admitted = new Connection(this, channel, nanos.getAsLong());
        Connection displaced = null;
        boolean room;
        synchronized (this) {
            if (open.size() >= limits.connections()) {
                displaced = longestIdle();
            }
            room = open.size() < limits.connections() || displaced != null;
            if (displaced != null) {
                open.remove(displaced);
            }
            if (room) {
                open.add(admitted);
            }
        }
        if (displaced != null) {
            displaced.close();
        }
        if (!room) {
            channel.close();
            listener.refused(limits.connections() + " connections wait for answers already");
            return null;
        }
        opened.run();
        return admitted;
    }

    synchronized void remove(Connection connection) {
        open.remove(connection);
    }

    /** Tells whether another request may wait, so that some connections are left for others. */
    synchronized boolean hasRoomToWait() {
        long working = open.stream().filter(Connection::isWorking).count();
        return working <= limits.connections() - limits.reserved();
    }

    synchronized boolean isEmpty() {
        return open.isEmpty();
    }

    /** Closes those whose clients take nothing of what they asked for. */
    void closeStuck() {
        long now = nanos();
        List<Connection> stuck;
        synchronized (this) {
            stuck =
                    open.stream()
                            .filter(each -> each.isStuck(now, limits.delivering().toNanos()))
                            .toList();
        }
        stuck.forEach(Connection::close);
    }

    long nanos() {
        return nanos.getAsLong();
    }

    private @Nullable Connection longestIdle() {
        Connection longest = null;
        for (Connection each : open) {
            boolean longer = longest == null || each.idleSince() - longest.idleSince() < 0;
            if (!each.isWorking() && longer) {
                longest = each;
            }
        }
        return longest;
    }
}
