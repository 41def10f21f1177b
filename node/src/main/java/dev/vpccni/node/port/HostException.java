package dev.vpccni.node.port;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** The kernel did not do as asked; nothing of what was asked remains. */
public final class HostException extends Exception {

    @Serial private static final long serialVersionUID = 1L;

    private final transient HostFailure failure;

    /**
     * @param message what failed, with the kernel's own words
     */
    public HostException(HostFailure failure, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.failure = failure;
    }

    /** Returns the kind of failure; decisions are made on this and never on the message. */
    public HostFailure failure() {
        return failure;
    }
}
