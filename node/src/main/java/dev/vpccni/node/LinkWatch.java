package dev.vpccni.node;

import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostNetwork;
import dev.vpccni.node.port.Tempo;
import java.time.Duration;

/** Hears from the kernel when a network interface's link goes or comes, and tells the watch. */
final class LinkWatch {

    private static final Duration PATIENCE = Duration.ofMinutes(10);

    /** After the kernel refused to tell. */
    private static final Duration PAUSE = Duration.ofSeconds(5);

    private final HostNetwork host;
    private final Runnable listener;
    private final Explanations explanations;
    private final Tempo tempo;

    LinkWatch(HostNetwork host, Runnable listener, Explanations explanations, Tempo tempo) {
        this.host = host;
        this.listener = listener;
        this.explanations = explanations;
        this.tempo = tempo;
    }

    /** Works until it is interrupted. */
    void run() throws InterruptedException {
        while (true) {
            try {
                if (host.awaitLinkChange(PATIENCE)) {
                    listener.run();
                }
            } catch (HostException e) {
                explanations.add("look at links again later", String.valueOf(e.getMessage()));
                tempo.pause(PAUSE);
            }
        }
    }
}
