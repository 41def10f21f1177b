package dev.vpccni.node.pool;

import java.io.Serial;

/** No address was to be had for a pod; the message says why, and the remedy what to do. */
public final class NoAddressException extends Exception {

    @Serial private static final long serialVersionUID = 1L;

    private final String remedy;

    /**
     * @param message which limit or failure stands in the way, with its numbers
     * @param remedy what an operator can do about it
     */
    public NoAddressException(String message, String remedy) {
        super(message);
        this.remedy = remedy;
    }

    /** Returns what an operator can do about it. */
    public String remedy() {
        return remedy;
    }
}
