package dev.vpccni.node.fake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.ipam.ledger.Checkpoint;
import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.InterfaceFacts;
import dev.vpccni.ipam.ledger.InterfaceRole;
import dev.vpccni.ipam.ledger.Ledger;
import dev.vpccni.ipam.ledger.Outcome;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.IpAddress;
import dev.vpccni.node.ledger.LedgerKeeper;
import dev.vpccni.node.pool.AddressAvailability;
import dev.vpccni.node.pool.CardPool;
import dev.vpccni.node.pool.CardPools;
import dev.vpccni.node.port.LedgerStore;
import dev.vpccni.node.port.LedgerStores;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** A node with several network cards. Interface {@code 10 × card} is the first one on a card. */
public final class Cards implements LedgerStores {

    /** The outside, and the first card's ledger. */
    public final Fixture fixture = new Fixture();

    /** The pools of all cards. */
    public final CardPools pools;

    private final SortedMap<Integer, MemoryStore> stores = new TreeMap<>();

    /** Makes cards without interfaces, all of which are known. */
    public Cards(int count) {
        stores.put(0, fixture.store);
        var all = new ArrayList<CardPool>();
        for (int card = 0; card < count; card++) {
            LedgerKeeper keeper =
                    card == 0
                            ? fixture.keeper
                            : new LedgerKeeper(
                                    Ledger.empty(Duration.ofSeconds(30), BlockKind.ADDRESS),
                                    Checkpoint.EMPTY,
                                    of(card),
                                    fixture.tempo);
            all.add(new CardPool(card, keeper, new AddressAvailability(keeper, fixture.tempo)));
        }
        pools = new CardPools(all, true, fixture.tempo);
        pools.complete(all);
    }

    @Override
    public LedgerStore of(int card) {
        return store(card);
    }

    @Override
    public SortedSet<Integer> furtherCards() {
        var further = new TreeSet<>(stores.keySet());
        further.remove(0);
        further.removeIf(card -> store(card).kept() == null);
        return further;
    }

    /** Returns the disk of a card. */
    public MemoryStore store(int card) {
        return stores.computeIfAbsent(card, _ -> new MemoryStore());
    }

    /** Returns the keeper of a card's ledger. */
    public LedgerKeeper keeper(int card) {
        return pools.all().get(card).keeper();
    }

    /** Adds the first interface of a card with {@code count} addresses, and its link. */
    public Cards add(int card, int count) {
        fixture.host.link(Nouns.mac(10 * card));
        done(card, new Command.AddInterface(facts(card), Nouns.blocks(10 * card, count), null));
        return this;
    }

    /** Applies a command that must be carried out. */
    public void done(int card, Command command) {
        assertThat(apply(card, command)).as("%s", command).isEqualTo(new Outcome.Done());
    }

    /** Applies a command to a card's ledger. */
    public Outcome apply(int card, Command command) {
        try {
            return keeper(card).apply(command);
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Returns the addresses of pod {@code n}, in the order of the cards. */
    public List<IpAddress> granted(int n) {
        var granted = new ArrayList<IpAddress>();
        for (CardPool pool : pools.all()) {
            Checkpoint.Grant grant = pool.keeper().ledger().grant(Nouns.key(n));
            if (grant != null) {
                granted.add(grant.address());
            }
        }
        return granted;
    }

    /** Returns the first interface of a card. */
    public static InterfaceFacts facts(int card) {
        InterfaceFacts first = Nouns.facts(10 * card);
        return card == 0
                ? first
                : new InterfaceFacts(
                        first.id(),
                        first.mac(),
                        first.subnet(),
                        first.subnetCidr(),
                        card,
                        1,
                        first.attachment(),
                        first.primaryAddress(),
                        InterfaceRole.SECONDARY,
                        true);
    }
}
