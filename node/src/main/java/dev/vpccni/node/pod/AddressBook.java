package dev.vpccni.node.pod;

import dev.vpccni.dataplane.RouteTables;
import dev.vpccni.ipam.ledger.Checkpoint;
import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.InterfaceFacts;
import dev.vpccni.ipam.ledger.Outcome;
import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.PodName;
import dev.vpccni.node.ledger.Dismissal;
import dev.vpccni.node.ledger.LedgerKeeper;
import dev.vpccni.node.pool.CardPool;
import dev.vpccni.node.pool.CardPools;
import dev.vpccni.node.pool.NoAddressException;
import dev.vpccni.node.port.Tempo;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Grants addresses out of the pools of network cards, waiting for them where that helps.
 *
 * <p>Whoever wants one of each card takes them in the order of the cards. So two who lack one each
 * never wait for each other; and pools of later cards hear at once of who is to come.
 */
public final class AddressBook implements AddressService {

    private final CardPools cards;
    private final Tempo tempo;
    private final Consumer<IpAddress> onRelease;

    /** Creates a book over pools that are, or will be, known. */
    public AddressBook(CardPools cards, Tempo tempo) {
        this(cards, tempo, _ -> {});
    }

    /**
     * @param onRelease is told of each address that a pod had; must not wait
     */
    AddressBook(CardPools cards, Tempo tempo, Consumer<IpAddress> onRelease) {
        this.cards = cards;
        this.tempo = tempo;
        this.onRelease = onRelease;
    }

    /**
     * What was granted on one card.
     *
     * @param keeper of the ledger with the grant
     */
    record CardGrant(LedgerKeeper keeper, Outcome.Granted granted) {

        Lease lease() {
            return AddressBook.lease(granted.grant(), granted.home(), granted.again());
        }
    }

    /**
     * What somebody asks for.
     *
     * @param everyCard whether it is an address on each card
     * @param patience how long he waits in all
     * @param dismissal ends his wait before
     * @param waits is told, each few seconds that he waits, why there is none yet; must not wait
     */
    record Wanted(
            AttachmentKey key,
            PodName pod,
            boolean everyCard,
            Duration patience,
            Dismissal dismissal,
            Consumer<NoAddressException> waits) {}

    @Override
    public List<Lease> assign(AttachmentKey key, PodName pod, boolean everyCard, Duration patience)
            throws NoAddressException, IOException, InterruptedException {
        return grant(new Wanted(key, pod, everyCard, patience, new Dismissal(), _ -> {})).stream()
                .map(CardGrant::lease)
                .toList();
    }

    @Override
    public void dismiss(AttachmentKey key) {
        cards.dismiss(key);
    }

    @Override
    public List<Lease> release(AttachmentKey key) throws IOException, InterruptedException {
        var released = new ArrayList<Lease>();
        for (CardPool pool : cards.all()) {
            boolean here = pool.card() == 0 || pool.keeper().ledger().grant(key) != null;
            if (here
                    && pool.keeper().apply(new Command.Release(key))
                            instanceof Outcome.Released(Checkpoint.Grant grant, var home)) {
                released.add(lease(grant, home, true));
                onRelease.accept(grant.address());
            }
        }
        return released;
    }

    /** Like {@link #assign}, and tells where the grants are. */
    List<CardGrant> grant(Wanted wanted)
            throws NoAddressException, IOException, InterruptedException {
        return wanted.everyCard ? each(wanted) : List.of(one(wanted));
    }

    /**
     * Of the first card where it has one or will have one soon. Addresses of others are the warm
     * ones of pods that need one there.
     */
    private CardGrant one(Wanted wanted)
            throws NoAddressException, IOException, InterruptedException {
        AttachmentKey key = wanted.key;
        var command = new Command.Assign(key, wanted.pod);
        CardPool first = cards.first();
        List<CardPool> further = cards.further();
        for (CardPool pool : further) {
            boolean here = pool.keeper().ledger().grant(key) != null;
            if (here && first.keeper().ledger().grant(key) == null) {
                return await(pool, command, wanted.patience, wanted);
            }
        }
        CardGrant granted = atOnce(first, command);
        if (granted == null && !further.isEmpty() && !first.availability().isWorthWaiting()) {
            granted = anyAtOnce(further, command);
        }
        if (granted != null) {
            return granted;
        }
        try {
            // Also where waiting seems to be no use: who waits has EC2 asked.
            return await(first, command, wanted.patience, wanted);
        } catch (NoAddressException e) {
            CardGrant other = anyAtOnce(further, command);
            if (other != null) {
                return other;
            }
            throw e;
        }
    }

    /** One of every card, or none. */
    private List<CardGrant> each(Wanted wanted)
            throws NoAddressException, IOException, InterruptedException {
        if (!cards.every()) {
            throw new NoAddressException(
                    "the pod asks for an address on each network card, and only the first one"
                            + " serves pods",
                    "set ENABLE_MULTI_NIC=true, or remove the annotation k8s.amazonaws.com/nicConfig"
                            + " from the pod");
        }
        long end = tempo.nanos() + wanted.patience.toNanos();
        if (!cards.awaitComplete(wanted.key, wanted.patience, wanted.dismissal)) {
            throw cards.first().availability().refusal();
        }
        List<CardPool> pools = cards.all();
        var command = new Command.Assign(wanted.key, wanted.pod, pools.size());
        var granted = new ArrayList<CardGrant>();
        try (var coming = new Announcement(pools)) {
            for (CardPool pool : pools) {
                coming.arriveAt(pool);
                CardGrant here = atOnce(pool, command);
                if (here == null) {
                    // Where it will get none, later cards would grow for nobody, and shrink again.
                    if (pool.availability().isWorthWaiting()) {
                        coming.announce();
                    }
                    Duration left = Duration.ofNanos(Math.max(0, end - tempo.nanos()));
                    here = await(pool, command, left, wanted);
                }
                boolean twice = hasAddress(granted, here.granted().grant().address());
                granted.add(here);
                if (twice) {
                    throw new NoAddressException(
                            here.granted().grant().address()
                                    + " was taken from one network card of the node and given to"
                                    + " another",
                            "try again: the first one has others");
                }
            }
        } catch (NoAddressException | IOException e) {
            giveBack(granted, e);
            throw e;
        }
        return granted;
    }

    /** One ledger may not know yet what EC2 has given to the card of another. */
    private static boolean hasAddress(List<CardGrant> granted, IpAddress address) {
        return granted.stream().anyMatch(one -> one.granted().grant().address().equals(address));
    }

    /** Gives back what this call was granted; what the key had before, it keeps. */
    static void giveBack(List<CardGrant> granted, Exception reason) throws InterruptedException {
        for (CardGrant one : granted) {
            if (!one.granted().again()) {
                try {
                    one.keeper().apply(new Command.Release(one.granted().grant().key()));
                } catch (IOException e) {
                    // The grant stays until the DEL that follows each failed ADD.
                    reason.addSuppressed(e);
                }
            }
        }
    }

    private static @Nullable CardGrant atOnce(CardPool pool, Command.Assign command)
            throws IOException, InterruptedException {
        return pool.keeper().assign(command, Duration.ZERO, LedgerKeeper.ALWAYS)
                        instanceof Outcome.Granted granted
                ? new CardGrant(pool.keeper(), granted)
                : null;
    }

    private static @Nullable CardGrant anyAtOnce(List<CardPool> pools, Command.Assign command)
            throws IOException, InterruptedException {
        for (CardPool pool : pools) {
            CardGrant granted = pool.isEmpty() ? null : atOnce(pool, command);
            if (granted != null) {
                return granted;
            }
        }
        return null;
    }

    private static CardGrant await(
            CardPool pool, Command.Assign command, Duration patience, Wanted wanted)
            throws NoAddressException, IOException, InterruptedException {
        BooleanSupplier worth =
                () -> {
                    wanted.waits.accept(refusal(pool));
                    return pool.availability().isWorthWaiting();
                };
        Outcome outcome = pool.keeper().assign(command, patience, worth, wanted.dismissal);
        if (outcome instanceof Outcome.Granted granted) {
            return new CardGrant(pool.keeper(), granted);
        }
        throw refusal(pool);
    }

    private static NoAddressException refusal(CardPool pool) {
        NoAddressException why = pool.availability().refusal();
        return pool.card() == 0
                ? why
                : new NoAddressException(
                        "on network card " + pool.card() + ": " + why.getMessage(), why.remedy());
    }

    /** An interface that is not known has no table either; main is the one without a rule. */
    private static Lease lease(
            Checkpoint.Grant grant, @Nullable InterfaceFacts home, boolean again) {
        return home == null
                ? new Lease(grant.address(), 0, RouteTables.MAIN, again)
                : new Lease(grant.address(), home.device(), home.table(), again);
    }

    /** Tells the pools of later cards of a pod that waits for an address on an earlier one. */
    private static final class Announcement implements AutoCloseable {

        private final List<CardPool> pools;
        private int at;
        private boolean announced;

        Announcement(List<CardPool> pools) {
            this.pools = pools;
        }

        /** The pod asks this one itself now. */
        void arriveAt(CardPool pool) {
            if (announced) {
                pool.availability().announce(-1);
            }
            at++;
        }

        void announce() {
            if (!announced) {
                later().forEach(pool -> pool.availability().announce(1));
                announced = true;
            }
        }

        @Override
        public void close() {
            if (announced) {
                later().forEach(pool -> pool.availability().announce(-1));
            }
        }

        private List<CardPool> later() {
            return pools.subList(at, pools.size());
        }
    }
}
