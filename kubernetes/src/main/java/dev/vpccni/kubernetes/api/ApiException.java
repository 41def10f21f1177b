package dev.vpccni.kubernetes.api;

import java.io.Serial;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The API server refused a request, or did not answer it as it should. */
public final class ApiException extends Exception {

    /** The status of a failure without an answer. */
    public static final int NONE = 0;

    /** What was asked to start from is not kept any more. */
    static final int GONE = 410;

    @Serial private static final long serialVersionUID = 1L;

    private final int status;
    private final transient Duration retryAfter;

    /**
     * @param status of HTTP, or {@link #NONE}
     * @param retryAfter how long the server asks to be left alone; zero if it does not
     */
    public ApiException(
            int status, String message, Duration retryAfter, @Nullable Throwable cause) {
        super(message, cause);
        this.status = status;
        this.retryAfter = retryAfter;
    }

    static ApiException of(String message, @Nullable Throwable cause) {
        return new ApiException(NONE, message, Duration.ZERO, cause);
    }

    /** Returns the status of HTTP, or {@link #NONE} where there was no answer. */
    public int status() {
        return status;
    }

    /** Returns how long the server asks to be left alone. */
    public Duration retryAfter() {
        return retryAfter;
    }
}
