package dev.vpccni.daemon.egress;

import dev.vpccni.daemon.log.Log;
import dev.vpccni.dataplane.egress.EgressFamily;
import dev.vpccni.node.egress.EgressNetworker;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.Tempo;
import java.time.Duration;

/** Keeps pods from each other's egress addresses, from the daemon's start on. */
public final class Separation implements Runnable {

    private static final Duration PAUSE = Duration.ofSeconds(30);

    private final EgressNetworker networker;
    private final EgressFamily family;
    private final Tempo tempo;
    private final Log log;

    public Separation(EgressNetworker networker, EgressFamily family, Tempo tempo, Log log) {
        this.networker = networker;
        this.family = family;
        this.tempo = tempo;
        this.log = log;
    }

    /** Tries until it is done or interrupted, and says once what is in its way. */
    @Override
    public void run() {
        String told = "";
        try {
            while (true) {
                try {
                    networker.separate(family);
                    return;
                } catch (HostException e) {
                    String problem = String.valueOf(e.getMessage());
                    if (!problem.equals(told)) {
                        log.warn("cannot keep pods from each other's egress addresses: " + problem);
                    }
                    told = problem;
                }
                tempo.pause(PAUSE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
