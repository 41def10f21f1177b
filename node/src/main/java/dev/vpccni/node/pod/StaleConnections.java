package dev.vpccni.node.pod;

import dev.vpccni.ipam.ledger.AddressUse;
import dev.vpccni.ipam.ledger.Checkpoint;
import dev.vpccni.ipam.ledger.Ledger;
import dev.vpccni.model.IpAddress;
import dev.vpccni.node.explanation.Explanations;
import dev.vpccni.node.ledger.LedgerKeeper;
import dev.vpccni.node.pool.CardPool;
import dev.vpccni.node.pool.CardPools;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostNetwork;
import dev.vpccni.node.port.Tempo;
import java.time.Duration;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Ends what the kernel remembers of the connections of pods that are gone, so that whoever has
 * their addresses next gets none of their packets: soon after the release, when the pod's last
 * packets have left, and again when the rest of the address is nearly over, because others may have
 * gone on sending to it. Whoever waits for the address to be connected waits meanwhile.
 */
public final class StaleConnections {

    /** A node that is drained releases many, and namespaces take a moment to end. */
    static final Duration SOON = Duration.ofSeconds(1);

    /** How long before the end of the rest, so that nobody has to wait. */
    static final Duration EARLY = Duration.ofSeconds(1);

    private final CardPools cards;
    private final HostNetwork host;
    private final KeyedLock<IpAddress> addressLocks;
    private final Tempo tempo;
    private final Tempo.Signal changed;
    private final SortedMap<IpAddress, Times> resting = new TreeMap<>();
    private boolean refused;

    /**
     * @param addressLocks what is locked while a pod is connected
     */
    StaleConnections(
            CardPools cards, HostNetwork host, KeyedLock<IpAddress> addressLocks, Tempo tempo) {
        this.cards = cards;
        this.host = host;
        this.addressLocks = addressLocks;
        this.tempo = tempo;
        changed = tempo.signal();
    }

    /**
     * When to look, by {@link Tempo#nanos}.
     *
     * @param next the sooner of the two that are left
     */
    private record Times(long next, long last) {}

    /** Puts an address on the list that was just released. Returns at once. */
    void released(IpAddress address) {
        Duration rest = cards.first().keeper().ledger().cooldown();
        Duration half = rest.dividedBy(2);
        long now = tempo.nanos();
        long soon = now + (half.compareTo(SOON) < 0 ? half : SOON).toNanos();
        var times = new Times(soon, Math.max(soon, now + rest.minus(EARLY).toNanos()));
        synchronized (resting) {
            resting.put(address, times);
        }
        changed.raise();
    }

    /** Works until it is interrupted, first on what rests since before the start. */
    public void run(Explanations explanations) throws InterruptedException {
        for (CardPool pool : cards.all()) {
            putRestOf(pool.keeper().ledger());
        }
        while (true) {
            var _ = changed.await(untilNext());
            for (IpAddress address : due()) {
                end(address, explanations);
            }
        }
    }

    private void putRestOf(Ledger ledger) {
        for (Checkpoint.Cooling cooling : ledger.checkpoint().cooling()) {
            Duration left =
                    Duration.between(
                            tempo.instant(), cooling.since().plus(ledger.cooldown()).minus(EARLY));
            if (!left.isNegative()) {
                long last = tempo.nanos() + left.toNanos();
                synchronized (resting) {
                    resting.putIfAbsent(cooling.address(), new Times(last, last));
                }
            }
        }
    }

    private Duration untilNext() {
        synchronized (resting) {
            return resting.values().stream()
                    .map(times -> Duration.ofNanos(Math.max(0, times.next() - tempo.nanos())))
                    .min(Duration::compareTo)
                    .orElse(LedgerKeeper.A_LONG_TIME);
        }
    }

    /** Takes out whose time has come; whoever has another one stays on the list for that. */
    private SortedSet<IpAddress> due() {
        var due = new TreeSet<IpAddress>();
        synchronized (resting) {
            resting.forEach((address, times) -> {
                if (times.next() <= tempo.nanos()) {
                    due.add(address);
                }
            });
            resting.replaceAll((address, times) ->
                    due.contains(address) ? new Times(times.last(), times.last()) : times);
            resting.keySet().removeIf(address -> due.contains(address) && isOver(address));
        }
        return due;
    }

    private boolean isOver(IpAddress address) {
        Times times = resting.get(address);
        return times == null || times.last() <= tempo.nanos();
    }

    /** While this has the lock nobody connects a pod with the address. */
    private void end(IpAddress address, Explanations explanations) throws InterruptedException {
        addressLocks.lock(address);
        try {
            if (isNobodys(address)) {
                int ended = host.endConnections(address);
                if (ended > 0) {
                    explanations.add(
                            "end " + ended + " connections of " + address,
                            "the pod that had them is gone");
                }
                refused = false;
            }
        } catch (HostException e) {
            if (!refused) {
                explanations.add(
                        "leave connections of " + address + " to end by themselves",
                        String.valueOf(e.getMessage()));
            }
            refused = true;
        } finally {
            addressLocks.unlock(address);
        }
    }

    /** What this node does not have any more may be a pod's on another one. */
    private boolean isNobodys(IpAddress address) {
        boolean ours = false;
        for (Ledger ledger : cards.ledgers()) {
            AddressUse use = ledger.use(address);
            if (use != null && use.inUse()) {
                return false;
            }
            ours |= ledger.home(address) != null;
        }
        return ours;
    }
}
