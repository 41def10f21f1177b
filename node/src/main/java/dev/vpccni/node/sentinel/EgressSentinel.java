package dev.vpccni.node.sentinel;

import dev.vpccni.node.explanation.Explanations;
import dev.vpccni.node.port.EgressGuard;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.Tempo;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Brings back what others remove of what takes pods out in the other family, as {@link Sentinel}
 * does of everything else, and gives way as it does.
 */
public final class EgressSentinel implements Runnable {

    private final EgressGuard guard;
    private final Explanations explanations;
    private final Tempo tempo;
    private final Restraint restraint = new Restraint();
    private Duration again = Sentinel.PERIOD;
    private @Nullable Long lastLook;
    private long restored;

    /** Creates it with nothing restored. */
    public EgressSentinel(EgressGuard guard, Explanations explanations, Tempo tempo) {
        this.guard = guard;
        this.explanations = explanations;
        this.tempo = tempo;
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
            failed("compare egress with the kernel", e);
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
            explanations.add("listen to the kernel again", String.valueOf(e.getMessage()));
            Duration pause = restraint.note("to listen", tempo.nanos()).pause();
            tempo.pause(pause.compareTo(Sentinel.AGAIN) > 0 ? pause : Sentinel.AGAIN);
        }
    }

    private void tend(String thing) throws InterruptedException {
        Duration rest = restraint.rest(thing, tempo.nanos());
        if (rest.isPositive()) {
            lookAgain(rest);
            return;
        }
        try {
            List<String> found = guard.restore(thing);
            if (!found.isEmpty()) {
                restored(thing, found);
            }
        } catch (HostException e) {
            failed("restore " + thing, e);
        }
    }

    private void restored(String thing, List<String> found) {
        restored += found.size();
        Restraint.Fight fight = restraint.note(thing, tempo.nanos());
        var numbers = new TreeMap<String, Long>();
        numbers.put("restored", restored);
        explanations.add(
                "restore " + thing + ": " + String.join("; ", found),
                "somebody has removed or changed it",
                numbers);
        if (fight.goesOn()) {
            explanations.add(
                    "leave " + thing + " alone for " + fight.pause().toSeconds() + " s",
                    "it was restored "
                            + fight.times()
                            + " times within "
                            + fight.within().toSeconds()
                            + " s, and somebody goes on to remove it: find out who");
        }
    }

    private void failed(String what, HostException e) {
        Restraint.Fight failures = restraint.note(what, tempo.nanos());
        explanations.add("try again to " + what, String.valueOf(e.getMessage()));
        lookAgain(failures.goesOn() ? failures.pause() : Sentinel.AGAIN);
    }

    private void lookAgain(Duration pause) {
        again = pause.compareTo(again) < 0 ? pause : again;
    }
}
