package dev.vpccni.node.port;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** Metadata could not be read: it was not reached, refused, or answered with something else. */
public final class MetadataException extends Exception {

    @Serial private static final long serialVersionUID = 1L;

    /**
     * @param message which path, and what went wrong
     */
    public MetadataException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
