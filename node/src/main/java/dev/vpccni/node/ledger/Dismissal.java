package dev.vpccni.node.ledger;

import dev.vpccni.node.port.Tempo;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether somebody who waits for an address is to wait no more. It holds whatever he waits for just
 * then, and whether he has begun to. Safe for use by many threads.
 */
public final class Dismissal {

    private final List<Tempo.Signal> waits = new ArrayList<>();
    private boolean over;

    /** Ends the wait, as if patience had run out. */
    public void end() {
        List<Tempo.Signal> all;
        synchronized (waits) {
            over = true;
            all = List.copyOf(waits);
        }
        all.forEach(Tempo.Signal::raise);
    }

    /** Tells whether it has ended. */
    public boolean isOver() {
        synchronized (waits) {
            return over;
        }
    }

    /** Has {@code signal} raised when the wait ends. */
    public void wakes(Tempo.Signal signal) {
        synchronized (waits) {
            waits.add(signal);
        }
    }
}
