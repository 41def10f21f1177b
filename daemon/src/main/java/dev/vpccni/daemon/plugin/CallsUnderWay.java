package dev.vpccni.daemon.plugin;

import dev.vpccni.cni.CniError;
import dev.vpccni.daemon.timing.Stage;
import dev.vpccni.daemon.timing.StageClock;
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
import org.jspecify.annotations.Nullable;

/**
 * The calls that are being carried out: by the socket's own threads where that does not take long,
 * else each by a virtual thread of its own. An ADD may wait for an address, so its caller is
 * watched meanwhile. One thread at a time starts calls and hears of callers that have gone.
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
    private final Workers workers;
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
        workers = new Workers(limits.workers(), limits.late(), this::startThread);
        adds = new Semaphore(limits.adds());
        others = new Semaphore(limits.others());
    }

    /**
     * Has {@code call} carried out, and closes it in the end, also when this method throws.
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
                if (call.takesOrders()) {
                    call.orderBy(
                            new PluginOrders(
                                    call.connection(), poller, call.key(), limits.exchange()));
                }
                watched.put(call.key(), call);
                poller.add(call.connection(), Interest.END, call.key());
            }
            workers.add(() -> serveUnlessLong(call, room), System.nanoTime());
            started = true;
        } finally {
            if (!started) {
                watched.remove(call.key());
                room.release();
                call.close();
            }
        }
    }

    /** Tells whether there is something for the thread to do that now waits for calls. */
    boolean hasWork() {
        return workers.hasFirst();
    }

    /** Returns what the thread is to do that now waits for calls, before it goes on; or null. */
    @Nullable Runnable firstWork() {
        return workers.first();
    }

    /** Returns what a thread is to do that is done with what it had; or null. */
    @Nullable Runnable nextWork() {
        return workers.next();
    }

    /**
     * Gives each call that nobody has begun a thread of its own, and lets none wait for what only
     * the socket's threads hear: they end.
     */
    void passOn() {
        workers.passOn();
        for (Call call : watched.values()) {
            PluginOrders orders = call.orders();
            if (orders != null) {
                orders.end();
            }
        }
    }

    /**
     * Hears of the caller that the poller knows by {@code key}.
     *
     * @param gone whether it has gone; else it sent something that was waited for
     */
    void ready(long key, boolean gone) {
        Call call = watched.get(key);
        PluginOrders orders = call == null ? null : call.orders();
        if (orders != null) {
            orders.news();
        }
        if (call != null && gone) {
            call.callerGone();
            call.stop();
            abandoned.add(call);
        }
    }

    /**
     * Ends the waits that callers who have gone began meanwhile, and gives threads of their own to
     * calls that nobody came to.
     */
    void lookAround(long nowNanos) {
        workers.lookAround(nowNanos);
        if (!abandoned.isEmpty() && lookNanos - nowNanos <= 0) {
            abandoned.removeIf(Call::isOver);
            abandoned.forEach(Call::stop);
            lookNanos = nowNanos + LOOK_AGAIN.toNanos();
        }
    }

    /** Returns in how many nanoseconds to {@link #lookAround}, or {@code otherwise}. */
    long untilNextLook(long nowNanos, long otherwise) {
        long nanos = abandoned.isEmpty() ? otherwise : lookNanos - nowNanos;
        return Math.min(nanos, workers.untilLate(nowNanos, otherwise));
    }

    /** What takes long would keep others from the socket's few threads. */
    private void serveUnlessLong(Call call, Semaphore room) {
        if (takesLong(call)) {
            startThread(() -> serve(call, room));
        } else {
            serve(call, room);
        }
    }

    /** A bug ends no thread of the socket: the call is answered, if need be with what is wrong. */
    private boolean takesLong(Call call) {
        try {
            return answerer.takesLong(call);
        } catch (RuntimeException e) {
            log.error("cannot tell whether " + call.command() + " takes long", e);
            return true;
        }
    }

    private void startThread(Runnable work) {
        Thread.ofVirtual()
                .name("cni")
                .uncaughtExceptionHandler((thread, e) -> faults.ended(thread.getName(), e))
                .start(work);
    }

    private void serve(Call call, Semaphore room) {
        StageClock.begin(call.times());
        Afterwards.begin();
        try (call) {
            if (call.connection().hungUp()) {
                complaints.add(
                        call.command() + " was not begun, because its caller has gone",
                        System.nanoTime());
                return;
            }
            CniAnswer answer = answerer.answer(call);
            call.times().enter(Stage.ANSWER, System.nanoTime());
            watched.remove(call.key());
            send(call, answer);
            call.times().enter(Stage.ANSWER, System.nanoTime());
            answer.afterwards().run();
        } catch (IOException e) {
            log.error("cannot look at a call of the plugin", e);
        } finally {
            watched.remove(call.key());
            room.release();
            StageClock.end();
            Afterwards.end();
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
