package dev.vpccni.daemon.plugin;

import dev.vpccni.cni.CniError;
import dev.vpccni.linux.unix.Poller;
import dev.vpccni.linux.unix.Poller.Interest;
import dev.vpccni.linux.unix.UnixConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * The calls that are being carried out, each by a virtual thread of its own. An ADD may wait for an
 * address, so its caller is watched meanwhile. One thread starts calls and hears of callers that
 * have gone.
 */
final class CallsUnderWay {

    /** How long after a caller has gone to look whether its call begins to wait only now. */
    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

    private final Answerer answerer;
    private final Poller poller;
    private final SlowAnswers slowAnswers;
    private final CallLog log;
    private final Complaints complaints;
    private final ThreadFaults faults;
    private final Limits limits;
    private final Semaphore adds;
    private final Semaphore others;
    private final Map<Long, Call> watched = new ConcurrentHashMap<>();
    private final List<Call> abandoned = new ArrayList<>();
    private long lookNanos = System.nanoTime();

    /** Takes over answers that the plugin has not taken whole. */
    @FunctionalInterface
    interface SlowAnswers {
        void take(long key, UnixConnection connection, byte[] frame, int sent);
    }

    CallsUnderWay(
            Answerer answerer,
            Poller poller,
            SlowAnswers slowAnswers,
            CallLog log,
            Complaints complaints,
            ThreadFaults faults,
            Limits limits) {
        this.answerer = answerer;
        this.poller = poller;
        this.slowAnswers = slowAnswers;
        this.log = log;
        this.complaints = complaints;
        this.faults = faults;
        this.limits = limits;
        adds = new Semaphore(limits.adds());
        others = new Semaphore(limits.others());
    }

    /**
     * Starts to carry out {@code call}, and closes it in the end, also when this method throws.
     *
     * @throws IOException if its caller cannot be watched
     */
    void start(Call call) throws IOException {
        Semaphore room = call.isAdd() ? adds : others;
        if (!room.tryAcquire()) {
            try (call) {
                send(call, CniAnswerer.refusal(tooMany(call)));
            }
            return;
        }
        boolean started = false;
        try {
            if (call.isAdd()) {
                watched.put(call.key(), call);
                poller.add(call.connection(), Interest.END, call.key());
            }
            Thread.ofVirtual()
                    .name("cni")
                    .uncaughtExceptionHandler((thread, e) -> faults.ended(thread.getName(), e))
                    .start(() -> serve(call, room));
            started = true;
        } finally {
            if (!started) {
                watched.remove(call.key());
                room.release();
                call.close();
            }
        }
    }

    /** Hears that the caller that the poller knows by {@code key} has gone. */
    void callerGone(long key) {
        Call call = watched.get(key);
        if (call != null) {
            call.callerGone();
            call.stop();
            abandoned.add(call);
        }
    }

    /** Ends the waits that callers who have gone began meanwhile. */
    void lookAround(long nowNanos) {
        if (untilNextLook(nowNanos, 1) <= 0) {
            abandoned.removeIf(Call::isOver);
            abandoned.forEach(Call::stop);
            lookNanos = nowNanos + LOOK_AGAIN.toNanos();
        }
    }

    /** Returns in how many nanoseconds to {@link #lookAround}, or {@code otherwise}. */
    long untilNextLook(long nowNanos, long otherwise) {
        return abandoned.isEmpty() ? otherwise : lookNanos - nowNanos;
    }

    private void serve(Call call, Semaphore room) {
        try (call) {
            if (call.connection().hungUp()) {
                complaints.add(
                        call.command() + " was not begun, because its caller has gone",
                        System.nanoTime());
                return;
            }
            CniAnswer answer = answerer.answer(call);
            watched.remove(call.key());
            send(call, answer);
            answer.afterwards().run();
        } catch (IOException e) {
            log.error("cannot look at a call of the plugin", e);
        } finally {
            watched.remove(call.key());
            room.release();
        }
    }

    /** Answers, and leaves what the plugin does not take at once to somebody else. */
    private void send(Call call, CniAnswer answer) {
        byte[] frame = answer.frame();
        try {
            int sent = call.connection().sendNow(frame, 0);
            if (sent < frame.length) {
                if (call.isAdd()) {
                    poller.remove(call.connection());
                }
                call.leaveConnection();
                slowAnswers.take(call.key(), call.connection(), frame, sent);
            }
        } catch (IOException e) {
            String why = "the plugin did not wait for its answer: " + e.getMessage();
            complaints.add(why, System.nanoTime());
        }
    }

    private CniError tooMany(Call call) {
        return call.isAdd()
                ? new CniError.TryAgainLater(
                        "the daemon serves " + limits.adds() + " ADDs already", "try again")
                : new CniError.TryAgainLater(
                        "the daemon serves " + limits.others() + " other verbs already",
                        "try again");
    }
}
