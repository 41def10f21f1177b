package dev.vpccni.daemon.plugin;

import dev.vpccni.linux.ErrnoException;
import dev.vpccni.linux.unix.Poller;
import dev.vpccni.linux.unix.Poller.Interest;
import dev.vpccni.linux.unix.UnixConnection;
import dev.vpccni.linux.unix.UnixServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Accepts calls of the plugin, reads them, and hears of callers who go away, without ever waiting
 * for one of them alone. A few platform threads run it: one at a time does all that, until it has a
 * call that is there whole; then it lets the next thread go on, and carries the call out itself.
 * There is one thread more than may do so, and so always one that listens.
 */
final class EventLoop implements Runnable {

    /** How many connections to accept before others get their turn. */
    private static final int ACCEPTED_AT_ONCE = 16;

    /** After a failure of accept that only time can heal, such as too many open files. */
    private static final Duration ACCEPT_AGAIN = Duration.ofMillis(100);

    /** The poller's key of the server; those of connections are greater. */
    private static final long SERVER = 0;

    private static final long FOR_EVER = Long.MAX_VALUE;

    private final UnixServer server;
    private final Poller poller;
    private final Limits limits;
    private final Complaints complaints;
    private final CallsUnderWay calls;
    private final SlowConnections slow;
    private final LargeRequests large;
    private final RequestReader reader;
    private final ReentrantLock listening = new ReentrantLock();
    private final Queue<Departure> slowAnswers = new ConcurrentLinkedQueue<>();
    private long lastKey = SERVER;
    private boolean accepting;
    private long acceptAgainNanos;
    private volatile boolean ended;
    private boolean closed;

    /** Owns {@code server} and {@code poller} once it runs. */
    EventLoop(
            UnixServer server,
            Poller poller,
            Answerer answerer,
            CallLog log,
            ThreadFaults faults,
            Limits limits) {
        this.server = server;
        this.poller = poller;
        this.limits = limits;
        complaints = new Complaints(log);
        calls =
                new CallsUnderWay(
                        answerer, poller, this::takeAnswer, log, complaints, faults, limits);
        slow = new SlowConnections(poller, limits, complaints);
        large = new LargeRequests(limits.pause());
        acceptAgainNanos = System.nanoTime();
        reader =
                new RequestReader(
                        slow, large, calls, this::letNextLargeIn, limits, log, complaints);
    }

    /** Works until it is told to {@link #end}. What it throws ends it for good. */
    @Override
    public void run() {
        for (Runnable work = listen(); work != null; work = listen()) {
            for (Runnable next = work; next != null; next = calls.nextWork()) {
                next.run();
            }
        }
    }

    /** Listens until there is a call to carry out, and returns it; null at the end of all. */
    private @Nullable Runnable listen() {
        listening.lock();
        boolean well = false;
        try {
            Runnable work = null;
            while (!ended && work == null) {
                lookAround(System.nanoTime());
                work = calls.firstWork();
                if (work == null) {
                    poller.await(timeout(System.nanoTime()), this::ready);
                }
            }
            well = true;
            return work;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            try {
                ended |= !well;
                if (ended) {
                    close();
                }
            } finally {
                listening.unlock(); // the other threads end, too
            }
        }
    }

    private void close() {
        if (!closed) {
            closed = true;
            try (server;
                    poller) {
                calls.passOn();
                slow.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        closeSlowAnswers();
    }

    /** Tells it to end. Verbs that are under way end by themselves. */
    void end() {
        ended = true;
        wakeUp();
    }

    private Duration timeout(long now) {
        long nanos = slow.untilNext(now, FOR_EVER);
        nanos = Math.min(nanos, large.untilStalled(now, FOR_EVER));
        nanos = Math.min(nanos, calls.untilNextLook(now, FOR_EVER));
        nanos = Math.min(nanos, accepting ? FOR_EVER : acceptAgainNanos - now);
        return Duration.ofNanos(nanos == FOR_EVER ? -1 : Math.max(0, nanos));
    }

    private void ready(long key, boolean callerGone) {
        if (key == SERVER) {
            accept();
            return;
        }
        switch (slow.get(key)) {
            case Arrival arrival -> reader.advance(arrival, callerGone, System.nanoTime());
            case Departure departure -> advance(departure);
            case null -> calls.ready(key, callerGone);
        }
    }

    private void lookAround(long now) throws IOException {
        for (Departure next = slowAnswers.poll(); next != null; next = slowAnswers.poll()) {
            slow.add(next, Interest.ROOM, now);
        }
        slow.expire(now);
        reader.lookAround(now);
        calls.lookAround(now);
        if (!accepting && acceptAgainNanos - now <= 0) {
            poller.add(server, SERVER);
            accepting = true;
        }
    }

    private void accept() {
        try {
            for (int i = 0; i < ACCEPTED_AT_ONCE && !calls.hasWork(); i++) {
                UnixConnection connection = server.accept();
                if (connection == null) {
                    return;
                }
                reader.begin(connection, ++lastKey, System.nanoTime());
            }
        } catch (ErrnoException e) {
            long now = System.nanoTime();
            complaints.add("cannot accept a call of the plugin: " + e.getMessage(), now);
            pauseAccepting(now);
        }
    }

    private void pauseAccepting(long now) {
        try {
            poller.remove(server);
        } catch (ErrnoException e) {
            throw new UncheckedIOException(e);
        }
        accepting = false;
        acceptAgainNanos = now + ACCEPT_AGAIN.toNanos();
    }

    private void advance(Departure departure) {
        try {
            if (!departure.advance()) {
                return;
            }
        } catch (IOException e) {
            String why = "the plugin did not wait for its answer: " + e.getMessage();
            complaints.add(why, System.nanoTime());
        }
        slow.remove(departure);
        departure.close();
    }

    /** Takes an answer over from the thread of a verb. */
    private void takeAnswer(long key, UnixConnection connection, byte[] frame, int sent) {
        long deadline = System.nanoTime() + limits.exchange().toNanos();
        slowAnswers.add(new Departure(key, deadline, connection, frame, sent));
        wakeUp();
        if (ended) {
            closeSlowAnswers();
        }
    }

    private void closeSlowAnswers() {
        for (Departure next = slowAnswers.poll(); next != null; next = slowAnswers.poll()) {
            next.close();
        }
    }

    /** Hears from the thread of a verb that its request takes little memory by now. */
    private void letNextLargeIn() {
        large.done();
        wakeUp();
    }

    private void wakeUp() {
        try {
            poller.wakeUp();
        } catch (ErrnoException e) {
            throw new UncheckedIOException(e);
        }
    }
}
