package dev.vpccni.node.port;

import dev.vpccni.ipam.ledger.Checkpoint;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The checkpoint file, {@code ipam.json}. */
public interface LedgerStore {

    /**
     * Reads the checkpoint. A file that cannot be understood is moved aside first, so that it
     * stands in nobody's way and stays for whoever wants to know.
     *
     * @return what was stored last
     * @throws IOException if the disk cannot be read
     */
    Stored read() throws IOException;

    /**
     * What there was to read.
     *
     * @param checkpoint null where there was no file, or none that could be understood
     * @param quarantined where a file that could not be understood was moved to, else null
     */
    record Stored(@Nullable Checkpoint checkpoint, @Nullable String quarantined) {}

    /**
     * Replaces the checkpoint. When this returns, the new one survives a crash; if it throws, the
     * old one does.
     */
    void write(Checkpoint checkpoint) throws IOException;
}
