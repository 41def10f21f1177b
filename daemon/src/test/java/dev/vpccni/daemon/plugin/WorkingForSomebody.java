package dev.vpccni.daemon.plugin;

import dev.vpccni.daemon.timing.Stage;
import dev.vpccni.daemon.timing.StageClock;
import dev.vpccni.daemon.timing.StageTimes;

/** Lets the thread of a test be one that carries out a verb, until it is closed. */
public final class WorkingForSomebody implements AutoCloseable {

    private final StageTimes times = new StageTimes(System.nanoTime());

    public WorkingForSomebody() {
        times.enter(Stage.LEDGER, System.nanoTime());
        StageClock.begin(times);
        Afterwards.begin();
    }

    /** Returns the stage that the verb is in. */
    public Stage stage() {
        Stage now = times.enter(Stage.LEDGER, System.nanoTime());
        times.enter(now, System.nanoTime());
        return now;
    }

    @Override
    public void close() {
        StageClock.end();
        Afterwards.end();
    }
}
