package dev.vpccni.testing.traffic;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.Callable;

/** Datagrams and new connections on several ways at once. Not thread-safe. */
public final class Mix implements Closeable {

    private static final Duration DATAGRAM_EVERY = Duration.ofMillis(4);
    private static final Duration CONNECTION_EVERY = Duration.ofMillis(20);

    private final SequencedMap<String, Flow> flows = new LinkedHashMap<>();

    private record Flow(Datagrams datagrams, Connections connections) {}

    /** What was lost on one way. */
    public record Outcome(Datagrams.Loss datagrams, Connections.Failures connections) {

        /** Tells whether nothing was, and nothing had to be sent again. */
        public boolean isClean() {
            return datagrams.lost() == 0 && connections.failed() == 0 && connections.slow() == 0;
        }
    }

    /**
     * Starts to send on one more way.
     *
     * @param datagrams opened in the namespace to send from
     * @param sockets makes unconnected ones there
     */
    public void add(
            String name, DatagramChannel datagrams, Callable<Socket> sockets, InetSocketAddress to)
            throws IOException {
        flows.put(
                name,
                new Flow(
                        Datagrams.start(name, datagrams, to, DATAGRAM_EVERY),
                        Connections.start(name, sockets, to, CONNECTION_EVERY)));
    }

    /** Waits until so many more datagrams are answered on each way; returns where they were not. */
    public String awaitAnswers(int more, Duration patience) {
        var silent = new StringBuilder();
        flows.forEach((name, flow) -> {
            if (!flow.datagrams().awaitAnswers(more, patience)) {
                silent.append(silent.isEmpty() ? "" : ", ").append(name);
            }
        });
        return silent.toString();
    }

    /** Stops, and returns what was lost on each way. */
    public SequencedMap<String, Outcome> end() throws InterruptedException {
        var outcomes = new LinkedHashMap<String, Outcome>();
        for (Map.Entry<String, Flow> flow : flows.entrySet()) {
            outcomes.put(
                    flow.getKey(),
                    new Outcome(
                            flow.getValue().datagrams().end(),
                            flow.getValue().connections().end()));
        }
        return outcomes;
    }

    @Override
    public void close() throws IOException {
        for (Flow flow : flows.values()) {
            flow.connections().close();
            flow.datagrams().close();
        }
    }
}
