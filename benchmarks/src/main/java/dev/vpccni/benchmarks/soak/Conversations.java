package dev.vpccni.benchmarks.soak;

import dev.vpccni.emulator.fabric.FabricPlan;
import dev.vpccni.linux.namespace.NamespaceThread;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The pods that stay, who talk without a pause: to each other on one node and across nodes, to the
 * nodes, and to a server in the internet.
 */
final class Conversations implements AutoCloseable {

    private static final long EVERY_MILLIS = 50;
    private static final int LAST_ANSWER_POLLS = 100;
    private static final int LOST_SHOWN_MAX = 10;

    private final NamespaceThread thread;
    private final Violations violations;
    private final List<Echo> echoes = new ArrayList<>();
    private final List<Talk> talks = new ArrayList<>();

    private Conversations(NamespaceThread thread, Violations violations) {
        this.thread = thread;
        this.violations = violations;
    }

    /**
     * Opens them between {@code pods}; nothing is said yet.
     *
     * @param pods names by address, of all nodes
     */
    static Conversations open(SoakLab lab, Map<String, String> pods, Violations violations)
            throws IOException {
        var all = new Conversations(NamespaceThread.start("conversations"), violations);
        String internet = FabricPlan.INTERNET_SERVER.toString();
        all.echo(SoakLab.internet(), internet);
        for (String node : SoakLab.NODES) {
            all.echo(lab.namespace(node), lab.address(node));
        }
        for (var pod : pods.entrySet()) {
            all.echo(lab.namespace(pod.getValue()), pod.getKey());
        }
        for (var from : pods.entrySet()) {
            Path namespace = lab.namespace(from.getValue());
            for (var to : pods.entrySet()) {
                if (!to.equals(from)) {
                    all.talk(namespace, from.getValue() + " to " + to.getValue(), to.getKey());
                }
            }
            for (String node : SoakLab.NODES) {
                all.talk(namespace, from.getValue() + " to " + node, lab.address(node));
            }
            all.talk(namespace, from.getValue() + " to the internet", internet);
        }
        return all;
    }

    /** Has each say the next thing. */
    void step() {
        talks.forEach(Talk::say);
        Repeated.pause(EVERY_MILLIS);
    }

    /** Waits for the last answers, and notes what did not come. */
    void requireAllAnswered() {
        for (int i = 0;
                i < LAST_ANSWER_POLLS && talks.stream().anyMatch(Conversations::open);
                i++) {
            Repeated.pause(EVERY_MILLIS);
        }
        for (Talk talk : talks) {
            List<String> lost = talk.lost();
            if (!lost.isEmpty()) {
                violations.add(
                        "%s: %d not answered: %s"
                                .formatted(
                                        talk.name(),
                                        talk.sent() - talk.answered(),
                                        lost.subList(0, Math.min(lost.size(), LOST_SHOWN_MAX))));
            }
        }
    }

    /** Returns rows of a table: who talked, sent, answered, lost. */
    List<String> rows() {
        return talks.stream()
                .map(talk ->
                        String.format(
                                Locale.ROOT,
                                "| %s | %d | %d | %d | %d |",
                                talk.name(),
                                talk.sent(),
                                talk.answered(),
                                talk.sent() - talk.answered(),
                                talk.twice()))
                .toList();
    }

    @Override
    public void close() throws IOException {
        for (Talk talk : talks) {
            talk.close();
        }
        for (Echo echo : echoes) {
            echo.close();
        }
        thread.close();
    }

    private static boolean open(Talk talk) {
        return talk.answered() < talk.sent();
    }

    private void echo(Path namespace, String address) throws IOException {
        echoes.add(Echo.start(thread, namespace, address));
    }

    private void talk(Path from, String name, String to) throws IOException {
        talks.add(Talk.open(thread, name, from, to));
    }
}
