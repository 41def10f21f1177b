package dev.vpccni.cni;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** A verb that cannot be carried out; its {@link CniError} is what the runtime is told. */
public final class CniException extends Exception {

    @Serial private static final long serialVersionUID = 1L;

    private final transient CniError error;

    public CniException(CniError error) {
        this(error, null);
    }

    /**
     * @param cause for the log; the runtime does not see it
     */
    public CniException(CniError error, @Nullable Throwable cause) {
        super(error.message(), cause);
        this.error = error;
    }

    /** Returns what the runtime is told. */
    public CniError error() {
        return error;
    }
}
