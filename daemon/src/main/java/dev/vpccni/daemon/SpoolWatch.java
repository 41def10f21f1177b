package dev.vpccni.daemon;

import dev.vpccni.cni.CniException;
import dev.vpccni.cni.CniRequest;
import dev.vpccni.daemon.log.Log;
import dev.vpccni.node.port.Spool;
import dev.vpccni.node.port.Tempo;
import java.io.IOException;
import java.time.Duration;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Replays what the plugin put aside while the daemon was there: a DEL that took longer than its
 * caller waited; and at first what was too much for the start. Most of the time there is nothing.
 */
final class SpoolWatch implements Runnable {

    private static final Duration PERIOD = Duration.ofMinutes(1);

    private final Spool spool;
    private final Replay verbs;
    private final Tempo tempo;
    private final Log log;

    /** What was told last of each request that stays, so that it is told once. */
    private SortedMap<String, String> staying = new TreeMap<>();

    private String unreadable = "";

    /** Carries out the DEL that is in a request, by whichever plugin it was for. */
    interface Replay {
        void del(CniRequest request) throws CniException, InterruptedException;
    }

    SpoolWatch(Spool spool, Replay verbs, Tempo tempo, Log log) {
        this.spool = spool;
        this.verbs = verbs;
        this.tempo = tempo;
        this.log = log;
    }

    /** Looks now and then once a minute, until it is interrupted. */
    @Override
    public void run() {
        try {
            while (true) {
                boolean more; // for a listing is limited
                do {
                    more = replay();
                } while (more);
                tempo.pause(PERIOD);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Looks once; tells whether anything was replayed. */
    boolean replay() throws InterruptedException {
        int replayed = 0;
        try {
            SortedMap<String, String> stay = new TreeMap<>();
            for (Spool.Entry entry : spool.list()) {
                String failure = replay(entry);
                if (failure.isEmpty()) {
                    spool.remove(entry);
                    log.info("replayed the DEL of " + entry.request().key());
                    replayed++;
                } else {
                    stay.put(entry.name(), failure);
                    tell(entry, failure);
                }
            }
            staying = stay;
            unreadable = "";
        } catch (IOException e) {
            String message = "cannot use the spool: " + e.getMessage();
            if (!message.equals(unreadable)) {
                log.warn(message);
            }
            unreadable = message;
            return false;
        }
        return replayed > 0;
    }

    /** Returns why the request failed; empty if it did not. */
    private String replay(Spool.Entry entry) throws InterruptedException {
        try {
            verbs.del(entry.request());
            return "";
        } catch (CniException e) {
            return e.error().message() + "; " + e.error().details();
        } catch (RuntimeException e) {
            // As in a verb: a bug that one request meets is no reason to end.
            return "a fault of the daemon: " + e;
        }
    }

    private void tell(Spool.Entry entry, String failure) {
        if (!failure.equals(staying.get(entry.name()))) {
            log.warn("the DEL of " + entry.request().key() + " stays spooled: " + failure);
        }
    }
}
