package dev.vpccni.node.sentinel;

import dev.vpccni.node.explanation.Explanations;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.Tempo;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;

/** What was brought back and what could not be: told, counted, and given way to. */
final class Repairs {

    private final Explanations explanations;
    private final Tempo tempo;
    private final Restraint restraint = new Restraint();
    private long restored;

    Repairs(Explanations explanations, Tempo tempo) {
        this.explanations = explanations;
        this.tempo = tempo;
    }

    /** Returns how long a thing is left alone yet; zero if it may be restored. */
    Duration rest(String thing) {
        return restraint.rest(thing, tempo.nanos());
    }

    /**
     * Tells what of a thing was brought back.
     *
     * @param found at least one
     */
    void restored(String thing, List<String> found) {
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

    /** Tells that a thing was not restored, and returns when to try again. */
    Duration refused(String thing, HostException why) {
        return failed(thing, "restore " + thing, why);
    }

    /** Tells that things were not compared with the kernel, and returns when to try again. */
    Duration notCompared(String things, HostException why) {
        return failed("to compare " + things, "compare " + things + " with the kernel", why);
    }

    /** Tells that the kernel is not heard, and waits before it is listened to again. */
    void deaf(HostException why) throws InterruptedException {
        explanations.add("listen to the kernel again", String.valueOf(why.getMessage()));
        Duration pause = restraint.note("to listen", tempo.nanos()).pause();
        tempo.pause(pause.compareTo(Sentinel.AGAIN) > 0 ? pause : Sentinel.AGAIN);
    }

    private Duration failed(String thing, String what, HostException why) {
        Restraint.Fight failures = restraint.note(thing, tempo.nanos());
        explanations.add("try again to " + what, String.valueOf(why.getMessage()));
        return failures.goesOn() ? failures.pause() : Sentinel.AGAIN;
    }
}
