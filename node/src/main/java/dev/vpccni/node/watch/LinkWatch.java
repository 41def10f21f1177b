package dev.vpccni.node.watch;

import dev.vpccni.node.explanation.Explanations;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostNetwork;
import dev.vpccni.node.port.Tempo;
import java.time.Duration;

/**
 * Hears from the kernel when a network interface's link goes or comes, and tells the watch: of the
 * first change at once, and of those that follow the less often the more there are, for the watch
 * asks metadata about each, and other people's containers may have links that come and go all day.
 */
public final class LinkWatch {

    /** After so long without a change the next one is the first again. */
    private static final Duration QUIET = Duration.ofMinutes(2);

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

    /** How often the pause doubles at most: to about a minute. */
    private static final int DOUBLED_MAX = 6;

    /** After the kernel refused to tell. */
    private static final Duration PAUSE = Duration.ofSeconds(5);

    private final HostNetwork host;
    private final Runnable listener;
    private final Explanations explanations;
    private final Tempo tempo;

    /**
     * @param listener is told that links have changed
     */
    public LinkWatch(HostNetwork host, Runnable listener, Explanations explanations, Tempo tempo) {
        this.host = host;
        this.listener = listener;
        this.explanations = explanations;
        this.tempo = tempo;
    }

    /** Works until it is interrupted. */
    public void run() throws InterruptedException {
        int changes = 0;
        while (true) {
            try {
                if (host.awaitLinkChange(QUIET)) {
                    listener.run();
                    tempo.pause(FIRST_PAUSE.multipliedBy(1L << Math.min(changes, DOUBLED_MAX)));
                    changes++;
                } else {
                    changes = 0;
                }
            } catch (HostException e) {
                explanations.add("look at links again later", String.valueOf(e.getMessage()));
                tempo.pause(PAUSE);
            }
        }
    }
}
