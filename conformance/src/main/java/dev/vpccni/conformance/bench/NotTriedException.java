package dev.vpccni.conformance.bench;

import java.io.Serial;

/** What a trial needs first did not come about; the message says what. */
public final class NotTriedException extends Exception {

    @Serial private static final long serialVersionUID = 1L;

    public NotTriedException(String why) {
        super(why);
    }

    /** Returns what did not come about. */
    public String why() {
        return String.valueOf(getMessage());
    }
}
