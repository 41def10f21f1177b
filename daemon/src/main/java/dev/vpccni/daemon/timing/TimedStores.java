package dev.vpccni.daemon.timing;

import dev.vpccni.node.port.LedgerStore;
import dev.vpccni.node.port.LedgerStores;
import java.io.IOException;
import java.util.SortedSet;

/** Checkpoints each of which times its writes. */
public final class TimedStores implements LedgerStores {

    private final LedgerStores stores;

    public TimedStores(LedgerStores stores) {
        this.stores = stores;
    }

    @Override
    public LedgerStore of(int card) {
        return new TimedStore(stores.of(card));
    }

    @Override
    public SortedSet<Integer> furtherCards() throws IOException {
        return stores.furtherCards();
    }
}
