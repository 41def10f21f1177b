package dev.vpccni.node.ledger;

import java.io.IOException;
import java.io.Serial;

/** Too much is waiting already; the same request may succeed a moment later. */
public final class BusyException extends IOException {

    @Serial private static final long serialVersionUID = 1L;

    /**
     * @param waiting how many requests wait already
     */
    public BusyException(int waiting) {
        super(waiting + " requests are waiting already");
    }
}
