package dev.vpccni.daemon.timing;

import dev.vpccni.ipam.ledger.Checkpoint;
import dev.vpccni.node.port.LedgerStore;
import java.io.IOException;

/** A checkpoint of which it is known how much of a verb's time it takes. */
public final class TimedStore implements LedgerStore {

    private final LedgerStore store;

    public TimedStore(LedgerStore store) {
        this.store = store;
    }

    @Override
    public Stored read() throws IOException {
        return store.read();
    }

    @Override
    public void write(Checkpoint checkpoint) throws IOException {
        try (var _ = StageClock.during(Stage.CHECKPOINT)) {
            store.write(checkpoint);
        }
    }
}
