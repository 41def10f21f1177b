package dev.vpccni.daemon.plugin;

import dev.vpccni.daemon.plugin.ShimProtocol.MalformedFrame;
import dev.vpccni.daemon.timing.Stage;
import dev.vpccni.daemon.timing.StageTimes;
import dev.vpccni.linux.unix.Poller.Interest;
import dev.vpccni.linux.unix.UnixConnection;
import java.io.EOFException;
import java.io.IOException;

/**
 * Reads requests, as far as they have come. One that is there whole is passed on at once, and what
 * is still to come of another one is waited for together with all else. Not thread-safe.
 */
final class RequestReader {

    private final SlowConnections slow;
    private final LargeRequests large;
    private final CallsUnderWay calls;
    private final Runnable largeIsDone;
    private final Limits limits;
    private final CallLog log;
    private final Complaints complaints;
    private final byte[] buffer = new byte[64 << 10];

    /**
     * @param largeIsDone what to do, in any thread, when the next large request may be read
     */
    RequestReader(
            SlowConnections slow,
            LargeRequests large,
            CallsUnderWay calls,
            Runnable largeIsDone,
            Limits limits,
            CallLog log,
            Complaints complaints) {
        this.slow = slow;
        this.large = large;
        this.calls = calls;
        this.largeIsDone = largeIsDone;
        this.limits = limits;
        this.log = log;
        this.complaints = complaints;
    }

    /** Begins with a connection. */
    void begin(UnixConnection connection, long key, long nowNanos) {
        long deadline = nowNanos + limits.exchange().toNanos();
        take(
                new Arrival(key, nowNanos, deadline, connection, large),
                nowNanos,
                arrival -> {
                    int uid = connection.peer().uid();
                    if (uid != 0) {
                        throw new MalformedFrame("it is of user " + uid + "; only root may call");
                    }
                    ShimRequest request = arrival.advance(buffer, false);
                    if (request == null) {
                        slow.add(arrival, Interest.BYTES, nowNanos);
                        letWaitIfLarge(arrival);
                    } else {
                        start(arrival, request, () -> {});
                    }
                });
    }

    /** Goes on with a connection. */
    void advance(Arrival waiting, boolean ended, long nowNanos) {
        take(
                waiting,
                nowNanos,
                arrival -> {
                    boolean reading = large.isReading(arrival);
                    if (ended && arrival.isLarge() && !reading) {
                        throw new EOFException("the plugin went away");
                    }
                    ShimRequest request = arrival.advance(buffer, reading);
                    if (request != null) {
                        slow.remove(arrival);
                        if (reading) {
                            large.complete();
                        }
                        start(arrival, request, reading ? largeIsDone : () -> {});
                    } else if (reading) {
                        large.advanced(nowNanos);
                    } else {
                        letWaitIfLarge(arrival);
                    }
                });
    }

    /** Does what the passing of time, or of another large request, calls for. */
    void lookAround(long nowNanos) {
        Arrival stalled = large.stalled(nowNanos);
        if (stalled != null) {
            String why = "and then nothing for " + limits.pause().toMillis() + " ms";
            slow.giveUp(stalled, why, nowNanos);
        }
        Arrival next = large.next(nowNanos);
        if (next != null) {
            take(
                    next,
                    nowNanos,
                    arrival -> {
                        arrival.expectAll();
                        slow.change(arrival, Interest.BYTES);
                    });
        }
    }

    /** What to do with a request that has not come whole. */
    private interface Step {
        void take(Arrival arrival) throws IOException, MalformedFrame;
    }

    /** Whatever is wrong with one caller is no other one's concern. */
    private void take(Arrival arrival, long nowNanos, Step step) {
        boolean lost = true;
        try {
            step.take(arrival);
            lost = false;
        } catch (MalformedFrame | IOException e) {
            complaints.add("a call of the plugin was malformed: " + e.getMessage(), nowNanos);
        } catch (RuntimeException e) {
            log.error("a call of the plugin was lost by a fault of the daemon", e);
        } finally {
            if (lost) { // said before the caller can know of it
                slow.remove(arrival);
                arrival.close();
            }
        }
    }

    private void letWaitIfLarge(Arrival arrival) throws IOException {
        if (arrival.isLarge()) {
            large.enter(arrival);
            slow.change(arrival, Interest.END);
        }
    }

    private void start(Arrival arrival, ShimRequest request, Runnable light) throws IOException {
        var times = new StageTimes(request.startedNanos());
        times.enter(Stage.READ, arrival.begunNanos());
        times.enter(Stage.START, System.nanoTime());
        calls.start(
                new Call(
                        arrival.key(),
                        arrival.connection(),
                        request,
                        arrival.descriptors(),
                        times,
                        light));
    }
}
