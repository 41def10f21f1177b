package dev.vpccni.simulation;

import dev.vpccni.ipam.ledger.Checkpoint;
import dev.vpccni.node.port.LedgerStore;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A disk that keeps what was synced before the daemon died, and nothing else. */
final class LosingStore {

    private static final Duration LATENCY = Duration.ofNanos(100_000);

    private @Nullable Checkpoint durable;
    private boolean full;
    private int writes;

    /** Returns what survives now. */
    Checkpoint durable() {
        Checkpoint kept = durable;
        return kept == null ? Checkpoint.EMPTY : kept;
    }

    /** Makes each write fail, or succeed again. */
    void full(boolean changed) {
        full = changed;
    }

    /** Loses the file. */
    void lose() {
        durable = null;
    }

    int writes() {
        return writes;
    }

    /** Returns the disk as {@code daemon} reaches it. */
    LedgerStore of(SimulatedProcess daemon) {
        return new LedgerStore() {
            @Override
            public Stored read() {
                daemon.cross(LATENCY);
                return new Stored(durable, null);
            }

            @Override
            public void write(Checkpoint checkpoint) throws IOException {
                daemon.cross(LATENCY);
                if (full) {
                    throw new IOException("No space left on device");
                }
                writes++;
                durable = checkpoint;
                daemon.cross(LATENCY);
            }
        };
    }
}
