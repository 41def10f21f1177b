package dev.vpccni.simulation.host;

import dev.vpccni.ipam.ledger.Checkpoint;
import dev.vpccni.node.port.LedgerStore;
import dev.vpccni.simulation.time.SimulatedProcess;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A file that keeps what was synced before the daemon died, and nothing else. */
public final class LosingStore {

    private static final Duration LATENCY = Duration.ofNanos(100_000);

    private @Nullable Written durable;
    private boolean full;
    private int writes;

    /**
     * A file.
     *
     * @param at when it was written, by its daemon's time
     * @param nanos the same, by the time that goes on from one daemon to the next
     */
    private record Written(Checkpoint checkpoint, Instant at, long nanos) {

        /** Returns the checkpoint in the time of another daemon. */
        Checkpoint in(SimulatedProcess daemon) {
            Instant asElapsed = at.plusNanos(daemon.nanos() - nanos);
            return checkpoint.shifted(Duration.between(asElapsed, daemon.instant()));
        }
    }

    /** Returns what survives now. */
    public Checkpoint durable() {
        Written kept = durable;
        return kept == null ? Checkpoint.EMPTY : kept.checkpoint;
    }

    /** Tells whether there is such a file. */
    public boolean exists() {
        return durable != null;
    }

    /** Makes each write fail, or succeed again. */
    public void full(boolean changed) {
        full = changed;
    }

    /** Tells whether each write fails now. */
    public boolean isFull() {
        return full;
    }

    /** Loses the file. */
    public void lose() {
        durable = null;
    }

    /** Returns how often the file was written. */
    public int writes() {
        return writes;
    }

    /** Returns the file as {@code daemon} reaches it. */
    public LedgerStore of(SimulatedProcess daemon) {
        return new LedgerStore() {
            @Override
            public Stored read() {
                daemon.cross(LATENCY);
                Written kept = durable;
                return new Stored(kept == null ? null : kept.in(daemon), null);
            }

            @Override
            public void write(Checkpoint checkpoint) throws IOException {
                daemon.cross(LATENCY);
                if (full) {
                    throw new IOException("No space left on device");
                }
                writes++;
                durable = new Written(checkpoint, daemon.instant(), daemon.nanos());
                daemon.cross(LATENCY);
            }
        };
    }
}
