package dev.vpccni.node.pool;

import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.Ledger;
import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.Cidr;
import dev.vpccni.node.ledger.Dismissal;
import dev.vpccni.node.ledger.TakenUp;
import dev.vpccni.node.port.Tempo;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The pools of a node's network cards, by card. That of the first card is there from the start, and
 * so are those of which a checkpoint tells; that they are all there is known once the instance's
 * type and interfaces are. Safe for use by many threads.
 */
public final class CardPools {

    private final boolean every;
    private final Tempo tempo;
    private final List<Waiter> waiters = new ArrayList<>();
    private volatile List<CardPool> all;
    private volatile boolean complete;

    /** Somebody who waits for {@link #complete}. */
    private record Waiter(AttachmentKey key, Tempo.Signal signal) {}

    /**
     * @param known that of the first card, and of others if there are any
     * @param every whether cards after the first one serve pods, too
     */
    public CardPools(List<CardPool> known, boolean every, Tempo tempo) {
        this.all = known(known);
        this.every = every;
        this.tempo = tempo;
        complete = !every;
    }

    /** Returns the pools of a node whose pods use the first card only. */
    public static CardPools only(CardPool first, Tempo tempo) {
        return new CardPools(List.of(first), false, tempo);
    }

    /** Tells whether cards after the first one serve pods, too. */
    public boolean every() {
        return every;
    }

    /** Returns the pool of the first card. */
    public CardPool first() {
        return all.getFirst();
    }

    /** Returns those that are known, that of the first card first. */
    public List<CardPool> all() {
        return all;
    }

    /** Returns those that are known after that of the first card. */
    public List<CardPool> further() {
        List<CardPool> known = all;
        return known.subList(1, known.size());
    }

    /** Returns the ledgers of all cards, as they are now. */
    public List<Ledger> ledgers() {
        return all.stream().map(pool -> pool.keeper().ledger()).toList();
    }

    /** Returns the ledgers of all cards but {@code card}, which has a pool, as they are now. */
    public List<Ledger> ledgersBeside(int card) {
        List<CardPool> known = all;
        return known.size() == 1
                ? List.of()
                : known.stream()
                        .filter(pool -> pool.card() != card)
                        .map(pool -> pool.keeper().ledger())
                        .toList();
    }

    /** Tells whether somebody who asks for an address on one card or on each may have to wait. */
    public boolean mayWait() {
        return !complete || all.stream().anyMatch(CardPool::isEmpty);
    }

    /** Sets the pools that there are from now on, which is all of them. */
    public void complete(List<CardPool> pools) {
        all = known(pools);
        complete = true;
        synchronized (waiters) {
            waiters.forEach(waiter -> waiter.signal.raise());
        }
    }

    /**
     * Waits until every pool is known.
     *
     * @param key whose wait {@link #dismiss} ends
     * @param dismissal ends it, too
     * @return whether they are
     */
    public boolean awaitComplete(AttachmentKey key, Duration patience, Dismissal dismissal)
            throws InterruptedException {
        var mine = new Waiter(key, tempo.signal());
        dismissal.wakes(mine.signal);
        synchronized (waiters) {
            waiters.add(mine);
        }
        try {
            if (!complete && patience.isPositive() && !dismissal.isOver()) {
                var _ = mine.signal.await(patience);
            }
            return complete;
        } finally {
            synchronized (waiters) {
                waiters.remove(mine);
            }
        }
    }

    /** Ends the wait of whoever waits for {@code key}, on whatever card. */
    public void dismiss(AttachmentKey key) {
        all.forEach(pool -> pool.keeper().dismiss(key::equals));
        synchronized (waiters) {
            waiters.stream()
                    .filter(waiter -> waiter.key.equals(key))
                    .forEach(waiter -> waiter.signal.raise());
        }
    }

    private List<CardPool> known(List<CardPool> pools) {
        pools.forEach(pool -> pool.keeper().others(blocks -> doubtBeside(pool, blocks)));
        return pools.stream().sorted(Comparator.comparingInt(CardPool::card)).toList();
    }

    /** Keeps what a card takes up off the pods of all others. */
    private void doubtBeside(CardPool taking, List<Cidr> blocks)
            throws IOException, InterruptedException {
        for (CardPool pool : all) {
            if (pool.card() != taking.card()) {
                List<Command> doubts = TakenUp.doubts(pool.keeper().ledger(), blocks);
                if (!doubts.isEmpty()) {
                    var _ = pool.keeper().apply(doubts);
                }
            }
        }
    }
}
