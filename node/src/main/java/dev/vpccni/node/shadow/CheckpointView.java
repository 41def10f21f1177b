package dev.vpccni.node.shadow;

import dev.vpccni.ipam.ledger.Checkpoint;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The other daemon's checkpoint, which is read and nothing else. */
public interface CheckpointView {

    /**
     * What is there now.
     *
     * @param checkpoint null if there is none, or none that could be understood
     * @param wrong why it could not be understood, or null
     */
    record Seen(@Nullable Checkpoint checkpoint, @Nullable String wrong) {}

    /**
     * Reads it.
     *
     * @throws IOException if it cannot be read just now
     */
    Seen read() throws IOException;
}
