package dev.vpccni.node.fake;

import dev.vpccni.ipam.ledger.Checkpoint;
import dev.vpccni.node.port.LedgerStore;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A disk that can be full, and counts. */
public final class MemoryStore implements LedgerStore {

    private @Nullable Checkpoint kept;
    private @Nullable String quarantined;
    private Runnable listener = () -> {};
    private boolean full;
    private int writes;

    /** Puts a file there. */
    public void put(Checkpoint checkpoint) {
        kept = checkpoint;
    }

    /** Says that a file was not understood. */
    public void quarantine(String name) {
        quarantined = name;
    }

    /** Makes each write fail, or succeed again. */
    public void full(boolean changed) {
        full = changed;
    }

    /** Lets {@code what} happen during each write. */
    public void during(Runnable what) {
        listener = what;
    }

    /** Returns what was written last, or null. */
    public @Nullable Checkpoint kept() {
        return kept;
    }

    /** Returns how often it was written. */
    public int writes() {
        return writes;
    }

    @Override
    public Stored read() {
        return new Stored(kept, quarantined);
    }

    @Override
    public void write(Checkpoint checkpoint) throws IOException {
        listener.run();
        if (full) {
            throw new IOException("No space left on device");
        }
        writes++;
        kept = checkpoint;
    }
}
