package dev.vpccni.node.sentinel;

import dev.vpccni.node.explanation.Explanations;
import dev.vpccni.node.port.EgressGuard;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.Tempo;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Brings back what others remove of what takes pods out in the other family, as {@link Sentinel}
 * does of everything else, and gives way as it does.
 */
public final class EgressSentinel implements Runnable {

    private final EgressGuard guard;
    private final Tempo tempo;
    private final Repairs repairs;
    private Duration again = Sentinel.PERIOD;
    private @Nullable Long lastLook;

    /** Creates it with nothing restored. */
    public EgressSentinel(EgressGuard guard, Explanations explanations, Tempo tempo) {
        this.guard = guard;
        this.tempo = tempo;
        repairs = new Repairs(explanations, tempo);
    }

    /** Works until it is interrupted. */
    @Override
    public void run() {
        try {
            while (true) {
                watch();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for the next disturbance, or until something is due, and looks then. */
    void watch() throws InterruptedException {
        listen();
        again = Sentinel.PERIOD;
        try {
            for (String thing : guard.missing().keySet()) {
                tend(thing);
            }
        } catch (HostException e) {
            lookAgain(repairs.notCompared("egress", e));
        }
        lastLook = tempo.nanos();
    }

    private void listen() throws InterruptedException {
        try {
            if (guard.awaitDisturbance(again)) {
                boolean justNow =
                        lastLook != null && tempo.nanos() - lastLook < Sentinel.AGAIN.toNanos();
                tempo.pause(justNow ? Sentinel.GATHERING_LONGER : Sentinel.GATHERING);
                var _ = guard.awaitDisturbance(Duration.ZERO);
            }
        } catch (HostException e) {
            repairs.deaf(e);
        }
    }

    private void tend(String thing) throws InterruptedException {
        Duration rest = repairs.rest(thing);
        if (rest.isPositive()) {
            lookAgain(rest);
            return;
        }
        try {
            List<String> found = guard.restore(thing);
            if (!found.isEmpty()) {
                repairs.restored(thing, found);
            }
        } catch (HostException e) {
            lookAgain(repairs.refused(thing, e));
        }
    }

    private void lookAgain(Duration pause) {
        again = pause.compareTo(again) < 0 ? pause : again;
    }
}
