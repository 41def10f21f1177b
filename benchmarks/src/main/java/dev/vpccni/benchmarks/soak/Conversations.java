package dev.vpccni.benchmarks.soak;

import dev.vpccni.emulator.fabric.FabricPlan;
import dev.vpccni.linux.namespace.NamespaceThread;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToIntFunction;

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
    private final SortedMap<String, List<Talk>> byWay = new TreeMap<>();

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
            for (var to : pods.entrySet()) {
                if (!to.equals(from)) {
                    all.talk(lab, from.getValue(), to.getValue(), to.getKey());
                }
            }
            for (String node : SoakLab.NODES) {
                all.talk(lab, from.getValue(), node, lab.address(node));
            }
            all.talk(lab, from.getValue(), "the internet", internet);
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

    /** Returns rows of a table: how many talk, sent, answered, lost, answered twice. */
    List<String> rows() {
        var rows = new ArrayList<String>();
        byWay.forEach((way, those) ->
                rows.add(
                        "| %s | %d | %d | %d | %d | %d |"
                                .formatted(
                                        way,
                                        those.size(),
                                        sum(those, Talk::sent),
                                        sum(those, Talk::answered),
                                        sum(those, Talk::sent) - sum(those, Talk::answered),
                                        sum(those, Talk::twice))));
        return rows;
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

    private void talk(SoakLab lab, String from, String to, String address) throws IOException {
        Talk talk = Talk.open(thread, from + " to " + to, lab.namespace(from), address);
        talks.add(talk);
        byWay.computeIfAbsent(way(from, to), _ -> new ArrayList<>()).add(talk);
    }

    /** A pod's name begins with its node's. */
    private static String way(String from, String to) {
        String whom = SoakLab.NODES.contains(to) ? "node" : "pod";
        return SoakLab.NODES.stream()
                .filter(to::startsWith)
                .map(node ->
                        "a pod to a " + whom + (from.startsWith(node) ? ", same node" : ", across"))
                .findFirst()
                .orElse("a pod to " + to);
    }

    private static int sum(List<Talk> talks, ToIntFunction<Talk> count) {
        return talks.stream().mapToInt(count).sum();
    }
}
