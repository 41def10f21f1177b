package dev.vpccni.benchmarks.soak;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Prints, as Markdown, what two nodes went through and what is left of it. Ends with 1 if anything
 * did not hold, a line for each. Needs root, and the checkout built.
 *
 * <p>Arguments: how many minutes, and a seed for all that is chosen at random.
 */
final class Soak {

    private static final int MINUTES = 30;
    private static final long SEED = 1;
    private static final int STAYING = 2;

    /** The daemon of the first node is not killed in the last ten minutes, or the last half. */
    private static final Duration SPARED_MAX = Duration.ofMinutes(10);

    /** The cooldown of 30 s, 2 min of the peak (docs/adr/0020), and what giving back takes. */
    private static final Duration SETTLES = Duration.ofMinutes(4);

    private static final Duration REST = Duration.ofSeconds(30);
    private static final long POLL_MILLIS = 5_000;
    private static final int CALM_TRIES = 60;
    private static final int CALM_POLLS = 4;

    private final SoakLab lab;
    private final Duration length;
    private final Violations violations = new Violations();
    private final List<NodeSoak> nodes = new ArrayList<>();
    private final SortedMap<String, String> staying = new TreeMap<>();

    private Soak(SoakLab lab, Duration length, long seed) throws IOException, InterruptedException {
        this.lab = lab;
        this.length = length;
        var random = new SplittableRandom(seed);
        for (String node : SoakLab.NODES) {
            nodes.add(new NodeSoak(lab, node, random.split(), violations));
        }
    }

    @SuppressWarnings("SystemOut") // the report is what this program is for
    public static void main(String[] arguments) throws IOException, InterruptedException {
        int minutes = arguments.length > 0 ? Integer.parseInt(arguments[0]) : MINUTES;
        long seed = arguments.length > 1 ? Long.parseLong(arguments[1]) : SEED;
        Path home = Path.of(System.getProperty("vpccni.home", ".")).toAbsolutePath().normalize();
        List<String> violated;
        try (SoakLab lab = SoakLab.up(home, seed)) {
            var soak = new Soak(lab, Duration.ofMinutes(minutes), seed);
            System.out.println(minutes + " minutes, seed " + seed + "\n");
            soak.run().lines().forEach(System.out::println);
            violated = soak.violations.lines();
        }
        System.out.println();
        violated.forEach(line -> System.out.println("VIOLATED " + line));
        System.out.println(violated.isEmpty() ? "everything held" : violated.size() + " violated");
        System.exit(violated.isEmpty() ? 0 : 1);
    }

    private Report run() throws IOException, InterruptedException {
        for (NodeSoak node : nodes) {
            lab.add(node.node(), STAYING, node.node() + "-stays")
                    .forEach(pod -> violations.require(pod.error().isEmpty(), pod.error()));
            staying.putAll(lab.pods(node.node()));
        }
        awaitCalm();
        SortedMap<String, NodeState> before = look();
        int interfaces = lab.interfaces();
        var calls = new Ec2CallCounts(lab);
        try (var conversations = Conversations.open(lab, staying, violations)) {
            var watches = new ArrayList<Repeated>();
            watches.add(Repeated.start("conversations", violations, conversations::step));
            for (NodeSoak node : nodes) {
                watches.add(Repeated.start("memory", violations, node.memory()::step));
            }
            disturb();
            say("settling");
            calls.endOfLoad();
            Duration settled = settle(before);
            calls.endOfSettling();
            Repeated.pause(REST.toMillis());
            calls.requireRest(violations);
            int left = lab.interfaces();
            violations.require(
                    left == interfaces, "EC2 had " + interfaces + " interfaces, and now " + left);
            SortedMap<String, NodeState> after = look();
            for (Repeated watch : watches) {
                watch.end();
            }
            conversations.requireAllAnswered();
            require(before, after);
            keepLogs();
            return new Report(nodes, before, after, conversations.rows(), calls, settled);
        }
    }

    /** The lab takes its nodes' files along. */
    private void keepLogs() throws IOException {
        if (!violations.lines().isEmpty()) {
            Path folder = Files.createTempDirectory("vpccni-soak");
            for (String node : SoakLab.NODES) {
                lab.keepLog(node, folder);
            }
            say("the daemons' logs are in " + folder);
        }
    }

    private void disturb() throws IOException, InterruptedException {
        Duration spared = length.dividedBy(2);
        if (spared.compareTo(SPARED_MAX) > 0) {
            spared = SPARED_MAX;
        }
        say("disturbing");
        nodes.forEach(NodeSoak::start);
        Repeated.pause(length.minus(spared).toMillis());
        say("no more kills on " + nodes.getFirst().node());
        nodes.getFirst().spareDaemon();
        Repeated.pause(spared.toMillis());
        say("stopping");
        for (NodeSoak node : nodes) {
            node.stop();
        }
        for (NodeSoak node : nodes) {
            node.requireAgreement();
        }
        for (NodeSoak node : nodes) {
            node.removePods();
        }
    }

    /** Waits until the kernel holds as much as before, and returns how long that took. */
    private Duration settle(SortedMap<String, NodeState> before)
            throws IOException, InterruptedException {
        long begin = System.nanoTime();
        while (System.nanoTime() - begin < SETTLES.toNanos()) {
            boolean settled = true;
            for (var now : look().entrySet()) {
                settled &= now.getValue().residue(of(before, now.getKey())).isEmpty();
            }
            if (settled) {
                break;
            }
            Repeated.pause(POLL_MILLIS);
        }
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    private void require(SortedMap<String, NodeState> before, SortedMap<String, NodeState> after)
            throws IOException {
        var still = new TreeMap<String, String>();
        for (NodeSoak node : nodes) {
            NodeState state = of(after, node.node());
            SortedMap<String, String> pods = lab.pods(node.node());
            still.putAll(pods);
            var lines = new ArrayList<>(state.disagreements(pods));
            lines.addAll(state.residue(of(before, node.node())));
            lines.forEach(line -> violations.add(node.node() + ", at the end: " + line));
        }
        violations.require(
                still.equals(staying), "there stayed " + staying + ", and now run " + still);
        nodes.getFirst().memory().requireBounded();
    }

    private SortedMap<String, NodeState> look() throws IOException, InterruptedException {
        var states = new TreeMap<String, NodeState>();
        for (NodeSoak node : nodes) {
            states.put(node.node(), NodeState.of(lab, node.node()));
        }
        return states;
    }

    private static NodeState of(SortedMap<String, NodeState> states, String node) {
        return Objects.requireNonNull(states.get(node), node);
    }

    /** Waits until nothing has been asked of EC2 for a while. */
    private void awaitCalm() throws IOException {
        var last = Ec2CallCounts.of(lab);
        int same = 0;
        for (int tries = 0; tries < CALM_TRIES && same < CALM_POLLS; tries++) {
            Repeated.pause(POLL_MILLIS);
            var now = Ec2CallCounts.of(lab);
            same = now.equals(last) ? same + 1 : 0;
            last = now;
        }
        violations.require(same == CALM_POLLS, "the pools never came to rest");
    }

    @SuppressWarnings("SystemOut") // beside the report
    private static void say(String what) {
        System.err.println(Instant.now() + " " + what);
    }
}
