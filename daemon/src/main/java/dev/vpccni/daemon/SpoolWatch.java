package dev.vpccni.daemon;

import dev.vpccni.cni.CniException;
import dev.vpccni.daemon.log.Log;
import dev.vpccni.node.port.Spool;
import dev.vpccni.node.port.Tempo;
import java.io.IOException;
import java.time.Duration;

/**
 * Replays what the plugin put aside while the daemon was there: a DEL that took longer than its
 * caller waited. Most of the time there is nothing.
 */
final class SpoolWatch implements Runnable {

    private static final Duration PERIOD = Duration.ofMinutes(1);

    private final Spool spool;
    private final CniVerbs verbs;
    private final Tempo tempo;
    private final Log log;

    SpoolWatch(Spool spool, CniVerbs verbs, Tempo tempo, Log log) {
        this.spool = spool;
        this.verbs = verbs;
        this.tempo = tempo;
        this.log = log;
    }

    /** Looks once a minute until it is interrupted. */
    @Override
    public void run() {
        try {
            while (true) {
                tempo.pause(PERIOD);
                replay();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Looks once. */
    void replay() throws InterruptedException {
        try {
            for (Spool.Entry entry : spool.list()) {
                try {
                    verbs.del(entry.request());
                    spool.remove(entry);
                    log.info("replayed the DEL of " + entry.request().key());
                } catch (CniException e) {
                    log.warn("the DEL of " + entry.name() + " stays spooled: " + e.getMessage());
                }
            }
        } catch (IOException e) {
            log.warn("cannot read the spool: " + e.getMessage());
        }
    }
}
