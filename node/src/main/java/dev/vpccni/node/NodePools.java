package dev.vpccni.node;

import dev.vpccni.ipam.ledger.Checkpoint;
import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.HeldInterface;
import dev.vpccni.ipam.ledger.InterfaceRole;
import dev.vpccni.ipam.ledger.Ledger;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.IpFamily;
import dev.vpccni.node.explanation.Explanations;
import dev.vpccni.node.ledger.LedgerKeeper;
import dev.vpccni.node.ledger.Restoration;
import dev.vpccni.node.pool.AddressAvailability;
import dev.vpccni.node.pool.CardPool;
import dev.vpccni.node.pool.CardPools;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostNetwork;
import dev.vpccni.node.port.LedgerStore;
import dev.vpccni.node.port.LedgerStores;
import dev.vpccni.node.port.Tempo;
import dev.vpccni.node.settings.AddressingSettings;
import dev.vpccni.node.settings.NodeSettings;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Makes the pools of network cards: at the start from checkpoints, later from nothing. */
final class NodePools {

    private final NodeSettings settings;
    private final LedgerStores stores;
    private final Tempo tempo;

    NodePools(NodeSettings settings, LedgerStores stores, Tempo tempo) {
        this.settings = settings;
        this.stores = stores;
        this.tempo = tempo;
    }

    /**
     * Returns the pools as checkpoints and kernel have them, and starts their keepers. Where each
     * further card's checkpoint knows an interface, those are all cards that the last daemon kept.
     *
     * @throws IOException if the disk cannot be read, or pods have addresses of the other family
     * @throws HostException if the kernel does not say what it holds
     */
    CardPools restored(HostNetwork host, Explanations explanations)
            throws IOException, HostException, InterruptedException {
        boolean every = settings.addressing().everyCard();
        var cards = new ArrayList<>(List.of(0));
        if (every) {
            cards.addAll(stores.furtherCards());
        }
        List<LedgerStore> files = cards.stream().map(stores::of).toList();
        List<Restoration.Restored> restored =
                Restoration.restore(
                        files,
                        host,
                        settings.pool().cooldown(),
                        preferred(),
                        explanations,
                        tempo.instant());
        var pools = new ArrayList<CardPool>();
        boolean known = every && cards.size() > 1;
        for (int i = 0; i < cards.size(); i++) {
            Ledger own = ofOwnFamily(restored.get(i).ledger(), explanations);
            Ledger ledger = withheld(own, tempo.instant());
            known &= !ledger.interfaces().isEmpty();
            pools.add(started(cards.get(i), ledger, restored.get(i).written(), files.get(i)));
        }
        var all = new CardPools(pools, every, tempo);
        if (known) {
            all.complete(pools);
        }
        return all;
    }

    /**
     * Returns pools without anything, and starts their keepers. Each has a checkpoint then, so that
     * the next daemon knows of the card.
     *
     * @throws IOException if they cannot be written; then there are none
     */
    List<CardPool> fresh(List<Integer> cards) throws IOException {
        for (int card : cards) {
            stores.of(card).write(Checkpoint.EMPTY);
        }
        Ledger nothing = Ledger.empty(settings.pool().cooldown(), preferred());
        return cards.stream()
                .map(card -> started(card, nothing, Checkpoint.EMPTY, stores.of(card)))
                .toList();
    }

    private CardPool started(int card, Ledger ledger, Checkpoint written, LedgerStore store) {
        var keeper = new LedgerKeeper(ledger, written, store, tempo);
        tempo.start(card == 0 ? "ledger" : "ledger of card " + card, keeper::run);
        return new CardPool(card, keeper, new AddressAvailability(keeper, tempo));
    }

    /**
     * Returns what is known of the family that pods are to have: all, or nothing where an earlier
     * daemon gave the other one. EC2 tells the interfaces' addresses of this one.
     *
     * @throws IOException if pods have addresses of the other one, which nobody would serve
     */
    private Ledger ofOwnFamily(Ledger restored, Explanations explanations) throws IOException {
        IpFamily family = settings.addressing().family();
        Checkpoint checkpoint = restored.checkpoint();
        List<IpAddress> pods =
                checkpoint.grants().stream()
                        .map(Checkpoint.Grant::address)
                        .filter(address -> address.family() != family)
                        .toList();
        if (!pods.isEmpty()) {
            throw new IOException(
                    "pods of this node have addresses that are not of %s (%d, such as %s): start it"
                                    .formatted(family, pods.size(), pods.getFirst())
                            + " as before, drain the node, and change ENABLE_IPv6 then");
        }
        boolean foreign =
                restored.interfaces().stream()
                        .flatMap(held -> held.blocks().stream())
                        .anyMatch(block -> block.cidr().family() != family);
        if (foreign) {
            explanations.add("forget the interfaces", "pods are to have " + family);
            return Ledger.empty(settings.pool().cooldown(), preferred());
        }
        return restored;
    }

    /** With custom networking the primary interface gives pods nothing, from the first ADD on. */
    private Ledger withheld(Ledger restored, Instant now) {
        Ledger ledger = restored;
        for (HeldInterface held : restored.interfaces()) {
            if (settings.addressing().customNetworking()
                    && held.facts().role() == InterfaceRole.PRIMARY) {
                var unusable = new Command.Describe(held.facts().withUsable(false));
                ledger = ledger.apply(unusable, now).ledger();
            }
        }
        return ledger;
    }

    /** Which blocks the node gives as long as nobody knows what its instance can have. */
    private BlockKind preferred() {
        AddressingSettings addressing = settings.addressing();
        return addressing.prefixDelegation() ? BlockKind.PREFIX : BlockKind.ADDRESS;
    }
}
