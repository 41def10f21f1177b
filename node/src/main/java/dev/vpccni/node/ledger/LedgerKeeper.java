package dev.vpccni.node.ledger;

import dev.vpccni.ipam.ledger.Checkpoint;
import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.Ledger;
import dev.vpccni.ipam.ledger.Outcome;
import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.Cidr;
import dev.vpccni.node.port.LedgerStore;
import dev.vpccni.node.port.Tempo;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The only way to change the ledger. Commands of many callers are folded in batches; a batch that
 * changed what must survive a crash is written once, then published, and only then does any of its
 * callers hear of it. If the write fails, the whole batch fails and nothing is published.
 *
 * <p>A caller that finds nobody at it carries out a batch itself, which saves two changes of
 * threads; whatever comes meanwhile is left to {@link #run}, so that no caller serves others for
 * longer than one batch.
 *
 * <p>An {@link Command.Assign} may wait here for an address. Those that wait are served first come,
 * first served, and within the same batch that brought the address.
 *
 * <p>Safe for use by many threads.
 */
public final class LedgerKeeper {

    /** So long that whoever waits it through checks for nothing in particular. */
    public static final Duration A_LONG_TIME = Duration.ofHours(1);

    /** More than any node has pods, so that it is a fault to have as many at once. */
    static final int MAILBOX_MAX = 4096;

    /** How long somebody waits at least before {@code worth} is asked whether to go on. */
    private static final Duration WORTH_A_MOMENT = Duration.ofSeconds(4);

    /** It is worth waiting, whatever happens. */
    public static final BooleanSupplier ALWAYS = () -> true;

    /** How often a caller out of patience looks whether the keeper is done with its request. */
    private static final Duration ALMOST_DONE = Duration.ofMillis(5);

    private final LedgerStore store;
    private final Tempo tempo;
    private final Tempo.Signal bell;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final Object queues = new Object();
    private final Deque<LedgerRequest> mailbox = new ArrayDeque<>();
    private final Deque<LedgerRequest> patient = new ArrayDeque<>();

    /** Held by who carries out a batch. Nobody waits for it: who holds it looks again after. */
    private final ReentrantLock batchLock = new ReentrantLock();

    private Checkpoint written;
    private volatile @Nullable Throwable fault;
    private volatile Ledger ledger;
    private volatile int waiting;

    /**
     * The instant of the last batch: what cools down then and no more now has served nobody yet.
     */
    private volatile Instant looked;

    private volatile TakenUp.Others others = _ -> {};
    private boolean stopped;

    /**
     * Creates the keeper of {@code initial}; {@link #run} makes it work.
     *
     * @param written what {@code store} holds now
     */
    public LedgerKeeper(Ledger initial, Checkpoint written, LedgerStore store, Tempo tempo) {
        this.ledger = initial;
        this.written = written;
        this.store = store;
        this.tempo = tempo;
        bell = tempo.signal();
        looked = tempo.instant();
    }

    /** Returns the ledger as it was published last. */
    public Ledger ledger() {
        return ledger;
    }

    /** Tells whether there is an address for a pod that asks for one now. */
    public boolean hasFreeAddress() {
        return ledger.hasFreeAddress(tempo.instant());
    }

    /** Returns how many pods wait for an address. */
    public int waiting() {
        return waiting;
    }

    /**
     * Calls {@code listener} after each change of {@link #ledger} or {@link #waiting}; where a pod
     * waits for what the change brought, that comes first. It must not block.
     */
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    /**
     * Carries out {@code command}; when this returns, what came of it is durable.
     *
     * @throws IOException if it could not be made durable; then nothing happened
     */
    public Outcome apply(Command command) throws IOException, InterruptedException {
        return apply(List.of(command)).getFirst();
    }

    /** Has {@code changed} told of what this ledger takes up, before it does. */
    public void others(TakenUp.Others changed) {
        others = changed;
    }

    /**
     * Carries out commands in their order and in one batch, so that nobody sees only some of them.
     *
     * @return what came of each
     * @throws IOException if they could not be made durable; then nothing happened
     */
    public List<Outcome> apply(List<Command> commands) throws IOException, InterruptedException {
        tellOthers(commands);
        List<LedgerRequest> requests =
                commands.stream().map(c -> new LedgerRequest(c, false, tempo.signal())).toList();
        put(requests);
        List<Outcome> outcomes = new ArrayList<>();
        for (LedgerRequest request : requests) {
            outcomes.add(await(request, A_LONG_TIME, ALWAYS, new Dismissal()));
        }
        return outcomes;
    }

    private void tellOthers(List<Command> commands) throws IOException, InterruptedException {
        List<Cidr> blocks = commands.stream().flatMap(TakenUp::blocks).toList();
        if (!blocks.isEmpty()) {
            others.take(blocks);
        }
    }

    /**
     * Like {@link #apply(Command)}, but waits up to {@code patience} where there is no address. If
     * the caller is interrupted the address may have been granted; releasing the key undoes that.
     *
     * @param worth asked every few seconds whether to wait on
     * @return {@link Outcome.NoAddress} or {@link Outcome.Unplaced} if there was none until then
     */
    public Outcome assign(Command.Assign command, Duration patience, BooleanSupplier worth)
            throws IOException, InterruptedException {
        return assign(command, patience, worth, new Dismissal());
    }

    /**
     * Like the other method.
     *
     * @param dismissal ends the wait at once
     */
    public Outcome assign(
            Command.Assign command, Duration patience, BooleanSupplier worth, Dismissal dismissal)
            throws IOException, InterruptedException {
        var request = new LedgerRequest(command, patience.isPositive(), tempo.signal());
        dismissal.wakes(request.ended());
        put(List.of(request));
        return await(request, patience, worth, dismissal);
    }

    /** Ends the wait of every {@link #assign} for a key that {@code which} is true of. */
    public void dismiss(Predicate<AttachmentKey> which) {
        boolean anybody = false;
        synchronized (queues) {
            for (Iterator<LedgerRequest> each = patient.iterator(); each.hasNext(); ) {
                LedgerRequest request = each.next();
                boolean dismissed =
                        request.command instanceof Command.Assign(AttachmentKey key, _, _)
                                && which.test(key);
                if (dismissed && request.take()) {
                    each.remove();
                    request.complete(new Outcome.NoAddress());
                    anybody = true;
                }
            }
            countWaiting();
        }
        if (anybody) {
            listeners.forEach(Runnable::run);
        }
    }

    /** Works until it is interrupted. */
    public void run() {
        try {
            while (true) {
                // Who carries out a batch rings after it, if anything is left to do.
                bell.await(batchLock.isLocked() ? A_LONG_TIME : untilNextChance());
                Throwable failed = fault;
                if (failed != null) {
                    throw new IllegalStateException("the ledger cannot be kept", failed);
                }
                boolean more = true;
                while (more && batchLock.tryLock()) {
                    try {
                        more = work();
                    } finally {
                        batchLock.unlock();
                    }
                    more |= hasMail(); // of one who found the lock taken
                }
            }
        } catch (InterruptedException _) {
            stop();
        }
    }

    private void put(List<LedgerRequest> requests) throws IOException {
        synchronized (queues) {
            if (stopped) {
                throw new IOException("the daemon is stopping");
            }
            if (mailbox.size() + patient.size() >= MAILBOX_MAX) {
                throw new BusyException(mailbox.size() + patient.size());
            }
            mailbox.addAll(requests);
        }
        // An interrupted thread cannot write to the disk.
        if (Thread.currentThread().isInterrupted()) {
            bell.raise();
        } else if (batchLock.tryLock()) {
            try {
                work();
            } catch (RuntimeException | Error e) {
                fault = e; // ends the daemon, wherever it happened
                throw e;
            } finally {
                batchLock.unlock();
                ringIfMore();
            }
        }
    }

    private void ringIfMore() {
        if (hasMail() || waiting > 0 || fault != null) {
            bell.raise();
        }
    }

    private boolean hasMail() {
        synchronized (queues) {
            return !mailbox.isEmpty();
        }
    }

    private Outcome await(
            LedgerRequest request, Duration patience, BooleanSupplier worth, Dismissal dismissal)
            throws IOException, InterruptedException {
        long end = tempo.nanos() + patience.toNanos();
        long moment = request.patient ? WORTH_A_MOMENT.toNanos() : A_LONG_TIME.toNanos();
        long next = tempo.nanos() + moment;
        while (true) {
            Outcome outcome = request.outcome();
            if (outcome != null) {
                return outcome;
            }
            long now = tempo.nanos();
            if (dismissal.isOver()) {
                end = now;
            } else if (now >= next && now < end) {
                next = now + moment;
                end = worth.getAsBoolean() ? end : now;
            }
            long left = Math.min(end, next) - now;
            if (now >= end && request.patient && request.giveUp()) {
                forget(request);
                return new Outcome.NoAddress();
            }
            request.ended().await(left > 0 ? Duration.ofNanos(left) : ALMOST_DONE);
        }
    }

    private void forget(LedgerRequest request) {
        synchronized (queues) {
            patient.remove(request);
            countWaiting();
        }
        listeners.forEach(Runnable::run);
    }

    /** Carries out one batch; tells whether there may be another. */
    private boolean work() {
        looked = tempo.instant();
        var batch = new Batch(ledger, looked);
        List<LedgerRequest> arrived = new ArrayList<>();
        List<LedgerRequest> waited;
        synchronized (queues) {
            arrived.addAll(mailbox);
            mailbox.clear();
            waited = List.copyOf(patient);
        }
        // First what may bring an address, then who has waited longest for one.
        arrived.stream().filter(request -> !request.isAssign()).forEach(batch::fold);
        if (!waited.isEmpty() && (batch.hasFreeAddress() || returns(batch, waited))) {
            waited.forEach(batch::fold);
        }
        arrived.stream().filter(LedgerRequest::isAssign).forEach(batch::fold);
        boolean changed = commit(batch);
        int before = waiting;
        synchronized (queues) {
            patient.removeIf(request -> !request.waits());
            arrived.stream().filter(LedgerRequest::waits).forEach(patient::add);
            countWaiting();
        }
        if (changed || waiting != before) {
            tempo.afterwards(() -> listeners.forEach(Runnable::run));
        }
        return !arrived.isEmpty();
    }

    /** Tells whether an address may have come back that one of those who wait has already. */
    private boolean returns(Batch batch, List<LedgerRequest> waited) {
        Ledger after = batch.ledger();
        return after != ledger && waited.stream().anyMatch(each -> each.isGrantedIn(after));
    }

    /** Writes, publishes, answers, in this order; tells whether there is another ledger now. */
    private boolean commit(Batch batch) {
        Ledger after = batch.ledger();
        boolean changed = after != ledger;
        if (changed) {
            Checkpoint checkpoint = after.checkpoint();
            if (!checkpoint.equals(written)) {
                try {
                    store.write(checkpoint);
                } catch (IOException e) {
                    batch.fail(e);
                    return false;
                }
                written = checkpoint;
            }
            ledger = after;
        }
        batch.complete();
        return changed;
    }

    private Duration untilNextChance() {
        if (waiting == 0) {
            return A_LONG_TIME;
        }
        Instant end = ledger.nextCoolingEnd(looked);
        if (end == null) {
            return A_LONG_TIME;
        }
        Duration until = Duration.between(tempo.instant(), end);
        return until.isPositive() ? until : Duration.ofNanos(1);
    }

    private void countWaiting() {
        int count = 0;
        for (LedgerRequest request : patient) {
            count += request.waits() ? 1 : 0;
        }
        waiting = count;
    }

    private void stop() {
        List<LedgerRequest> left;
        synchronized (queues) {
            stopped = true;
            left = new ArrayList<>(mailbox);
            left.addAll(patient);
        }
        for (LedgerRequest request : left) {
            if (request.take()) {
                request.fail(new IOException("the daemon is stopping"));
            }
        }
    }
}
