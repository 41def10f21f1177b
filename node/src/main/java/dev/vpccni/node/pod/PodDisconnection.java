package dev.vpccni.node.pod;

import dev.vpccni.cni.PodAttachment;
import dev.vpccni.dataplane.RouteTables;
import dev.vpccni.ipam.ledger.AddressUse;
import dev.vpccni.ipam.ledger.Checkpoint;
import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.HeldInterface;
import dev.vpccni.model.IpAddress;
import dev.vpccni.node.ledger.LedgerKeeper;
import dev.vpccni.node.pool.CardPool;
import dev.vpccni.node.pool.CardPools;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostNetwork;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;

/**
 * How a pod's addresses are taken from it: in the kernel first, then in the ledgers. Safe for use
 * by many threads; each address is locked meanwhile. The caller has locked the attachment.
 */
final class PodDisconnection {

    private final CardPools cards;
    private final HostNetwork host;
    private final KeyedLock<IpAddress> addressLocks;
    private final StaleConnections stale;

    /**
     * @param stale what is told of each address that nobody has any more
     */
    PodDisconnection(
            CardPools cards,
            HostNetwork host,
            KeyedLock<IpAddress> addressLocks,
            StaleConnections stale) {
        this.cards = cards;
        this.host = host;
        this.addressLocks = addressLocks;
        this.stale = stale;
    }

    /** The kernel first: as long as it leads to a pod, nobody else may have the address. */
    void undo(CardPool pool, Checkpoint.Grant grant)
            throws HostException, IOException, InterruptedException {
        IpAddress address = grant.address();
        addressLocks.lock(address);
        try {
            HeldInterface home = pool.keeper().ledger().home(address);
            int table = home == null ? tableInKernel(address) : home.facts().table();
            host.unwire(address, table, null);
            pool.keeper().apply(new Command.Release(grant.key()));
            stale.released(address);
        } finally {
            addressLocks.unlock(address);
        }
    }

    /**
     * Undoes those links that no ledger has a grant of. With one link and a grant there is nothing
     * else to undo.
     *
     * @param undone addresses that were granted
     */
    void undo(PodAttachment previous, SortedSet<IpAddress> undone)
            throws HostException, IOException, InterruptedException {
        if (!undone.isEmpty() && previous.links().size() == 1) {
            return;
        }
        for (PodAttachment.Link link : previous.links()) {
            if (!undone.contains(link.address())) {
                undo(link);
            }
        }
    }

    /**
     * Undoes what the ledgers have no grant of, unless the address is another pod's by now. Whoever
     * is granted it meanwhile is connected after this.
     */
    private void undo(PodAttachment.Link previous)
            throws HostException, IOException, InterruptedException {
        IpAddress address = previous.address();
        addressLocks.lock(address);
        try {
            List<LedgerKeeper> holding = new ArrayList<>();
            for (CardPool pool : cards.all()) {
                AddressUse use = pool.keeper().ledger().use(address);
                if (use instanceof AddressUse.Assigned) {
                    return;
                }
                if (use instanceof AddressUse.Held) {
                    holding.add(pool.keeper());
                }
            }
            host.unwire(address, previous.table(), previous.hostInterface());
            for (LedgerKeeper keeper : holding) {
                keeper.apply(new Command.Unhold(address));
                stale.released(address);
            }
        } finally {
            addressLocks.unlock(address);
        }
    }

    private int tableInKernel(IpAddress address) throws HostException, InterruptedException {
        return host.observe().podRules().getOrDefault(address, RouteTables.MAIN);
    }
}
