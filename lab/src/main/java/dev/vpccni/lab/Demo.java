package dev.vpccni.lab;

import dev.vpccni.emulator.fabric.Egress;
import dev.vpccni.json.Json;
import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpAddress;
import dev.vpccni.vpc.api.AddressBlocks;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Shows the whole on a terminal in three acts: a small cluster comes up, pods get addresses,
 * packets pass, and everything is gone again; a node with prefixes fills with pods and drains; pods
 * with IPv6 addresses reach who has IPv4 only.
 */
public final class Demo {

    private static final String NAME = "demo";
    private static final String TYPE = "c5.large";
    private static final String PREFIX_TYPE = "m5.large";

    /** More than four prefixes have, and fewer than five. */
    private static final int CROWD = 70;

    private static final int PREFIXES_OF_CROWD = 5;
    private static final SortedMap<String, String> WITHOUT_PREFIXES =
            new TreeMap<>(Map.of("ENABLE_PREFIX_DELEGATION", "false", "WARM_IP_TARGET", "3"));
    private static final long SEED = 1;
    private static final LabTopology IPV6 =
            new LabTopology(
                    LabTopology.DEFAULT.subnets(),
                    LabTopology.DEFAULT.podSubnets(),
                    true,
                    LabTopology.DEFAULT.cards(),
                    LabTopology.DEFAULT.prefixesFree());
    private static final Duration CALM = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(200);

    /** Addresses of each node in the end, primary ones counted, by interface. */
    private static final List<List<Integer>> EXPECTED =
            List.of(List.of(10, 10), List.of(10, 10), List.of(10));

    private final PrintStream out;
    private final Style style;
    private final Path home;
    private final long begin = System.nanoTime();

    /**
     * @param out where it is shown
     * @param home of this program: what {@code bin/vpc-cni} lies in
     */
    public Demo(PrintStream out, Style style, Path home) {
        this.out = out;
        this.style = style;
        this.home = home;
    }

    /** One act, in a lab of its own. */
    private interface Act {
        void show(Lab lab) throws IOException, JsonException;
    }

    /**
     * Runs it from beginning to end. What it made is removed however it ends.
     *
     * @throws IOException if something does not come out as it must: with what that is
     */
    public void run() throws IOException {
        say("starting a VPC with two zones, and three " + TYPE + " nodes in it");
        act(settings(EXPECTED.size(), TYPE, Map.of(), LabTopology.DEFAULT), this::addresses);
        say("starting a VPC with one " + PREFIX_TYPE + " node, which gets prefixes");
        Map<String, String> prefixes =
                Map.of(
                        "ENABLE_PREFIX_DELEGATION", "true",
                        "WARM_PREFIX_TARGET", "1",
                        "IP_COOLDOWN_PERIOD", "1");
        act(settings(1, PREFIX_TYPE, prefixes, LabTopology.DEFAULT), this::prefixes);
        say("starting a VPC with IPv6, and two " + TYPE + " nodes in it");
        act(settings(2, TYPE, Map.of(), IPV6), this::ipv6);
        say("done: nothing is left");
    }

    private void act(LabSettings settings, Act act) throws IOException {
        Lab lab = Lab.start(settings);
        var end = new Thread(() -> closeAtExit(lab), "demo-end");
        Runtime.getRuntime().addShutdownHook(end);
        try {
            act.show(lab);
            say("taking everything down");
        } catch (JsonException e) {
            throw new IOException(e.getMessage(), e);
        } finally {
            lab.close();
        }
    }

    private void addresses(Lab lab) throws IOException, JsonException {
        say("nodes serve; starting CoreDNS on the first two");
        var coreDns = new ArrayList<String>();
        for (int node = 1; node <= 2; node++) {
            LabNode machine = lab.machine("node-" + node);
            started(lab.pods().add(machine, 1, "kube-system", "coredns-" + node));
            coreDns.add("coredns-" + node);
        }
        say("waiting until warm pools are full");
        awaitExpected(lab);
        draw(lab);

        say("starting a neighbour of the first CoreDNS, and asking who reaches whom");
        started(lab.pods().add(lab.machine("node-1"), 1, "default", "web"));
        reach(lab);

        say("stopping the neighbour: its address cools down");
        lab.pods().remove(List.of("web"));
        draw(lab);
        lab.pods().remove(coreDns);
    }

    /** A node fills with pods, 16 of a prefix, and drains when it is not to have prefixes. */
    private void prefixes(Lab lab) throws IOException, JsonException {
        LabNode node = lab.machine("node-1");
        awaitPrefixes(lab, 1);
        say("one prefix is warm; starting " + CROWD + " pods at once");
        List<Pods.Outcome> crowd = lab.pods().add(node, CROWD, "default", "crowd");
        long slowest = 0;
        for (Pods.Outcome outcome : crowd) {
            if (outcome.error() != null) {
                throw new IOException(outcome.pod().name() + ": " + outcome.error());
            }
            slowest = Math.max(slowest, outcome.millis());
        }
        say("all of them have addresses, the last after " + slowest + " ms");
        awaitPrefixes(lab, PREFIXES_OF_CROWD);
        draw(lab);
        say("starting the daemon again, without prefixes: pods keep theirs");
        node.daemon().stop();
        node.daemon().start(WITHOUT_PREFIXES);
        node.daemon().awaitReady();
        say("stopping all pods but those of one prefix: the others go as they come free");
        lab.pods().remove(outside(prefixOfOne(lab, crowd.getFirst()), crowd));
        awaitPrefixes(lab, 1);
        draw(lab);
        lab.pods().remove(List.copyOf(lab.pods().running().keySet()));
    }

    private static Cidr prefixOfOne(Lab lab, Pods.Outcome one) throws IOException {
        IpAddress address = IpAddress.parse(Objects.requireNonNull(one.pod().address()));
        return held(lab).prefixes().stream()
                .filter(prefix -> prefix.contains(address))
                .findFirst()
                .orElseThrow(() -> new IOException(address + " is of no prefix"));
    }

    private static List<String> outside(Cidr prefix, List<Pods.Outcome> pods) {
        return pods.stream()
                .map(Pods.Outcome::pod)
                .filter(pod ->
                        !prefix.contains(IpAddress.parse(Objects.requireNonNull(pod.address()))))
                .map(Pod::name)
                .toList();
    }

    private static AddressBlocks held(Lab lab) throws IOException {
        return lab.cloud().interfaces(lab.machine("node-1").instance().id()).getFirst().held();
    }

    /** Pods with IPv6 addresses reach each other, and by their node who has IPv4 only. */
    private void ipv6(Lab lab) throws IOException, JsonException {
        say("nodes serve; starting a pod on each");
        for (LabNode machine : lab.machines()) {
            started(lab.pods().add(machine, 1, "default", "web-" + machine.name()));
        }
        draw(lab);
        say("asking who reaches whom: the endpoint, the premises and the internet have IPv4 only");
        reach(lab);
        lab.pods().remove(List.copyOf(lab.pods().running().keySet()));
    }

    private void draw(Lab lab) throws IOException, JsonException {
        out.println();
        out.println(new StatusPicture(style).draw(parse(lab.status())));
        out.println();
    }

    private void reach(Lab lab) throws IOException, JsonException {
        Map<String, @Nullable Object> matrix = Connectivity.measure(lab).asMap();
        out.println();
        out.println(new ConnectivityPicture(style).draw(parse(matrix)));
        out.println();
        requireAllReached(parse(matrix));
    }

    private void started(List<Pods.Outcome> outcomes) throws IOException {
        for (Pods.Outcome outcome : outcomes) {
            if (outcome.error() != null) {
                throw new IOException(outcome.pod().name() + ": " + outcome.error());
            }
            say(
                    outcome.pod().name()
                            + " has "
                            + outcome.pod().address()
                            + " after "
                            + outcome.millis()
                            + " ms");
        }
    }

    private static void awaitExpected(Lab lab) throws IOException {
        await("addresses on the nodes' interfaces", EXPECTED, () -> shape(lab));
    }

    private static void awaitPrefixes(Lab lab, int expected) throws IOException {
        await("prefixes on the node", expected, () -> held(lab).prefixes().size());
    }

    private interface View<T> {
        T look() throws IOException;
    }

    private static <T> void await(String what, T expected, View<T> view) throws IOException {
        long deadline = System.nanoTime() + CALM.toNanos();
        while (!view.look().equals(expected)) {
            if (System.nanoTime() > deadline) {
                throw new IOException(what + " are " + view.look() + " instead of " + expected);
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
    }

    private static List<List<Integer>> shape(Lab lab) {
        var shape = new ArrayList<List<Integer>>();
        for (LabNode machine : lab.machines()) {
            shape.add(
                    lab.cloud().interfaces(machine.instance().id()).stream()
                            .map(port -> port.addresses().size())
                            .toList());
        }
        return shape;
    }

    private static void requireAllReached(JsonObject matrix) throws IOException, JsonException {
        var missing = new ArrayList<String>();
        for (JsonObject row : matrix.objects("rows")) {
            for (JsonObject result : row.objects("results")) {
                if (!result.has("seen")) {
                    missing.add(row.string("from") + " to " + result.string("to"));
                }
            }
        }
        if (!missing.isEmpty()) {
            throw new IOException("no packet from " + String.join(", ", missing));
        }
    }

    private LabSettings settings(
            int nodes, String type, Map<String, String> environment, LabTopology topology) {
        return new LabSettings(
                NAME,
                nodes,
                type,
                new TreeMap<>(environment),
                "aws-like",
                SEED,
                true,
                Egress.INTERNET_GATEWAY,
                topology,
                home);
    }

    private void say(String what) {
        double seconds = (System.nanoTime() - begin) / 1e9;
        out.println(style.dim("%6.1f s".formatted(seconds)) + "  " + what);
        out.flush();
    }

    private static JsonObject parse(Map<String, @Nullable Object> value) throws JsonException {
        return JsonObject.parse(Json.compact(value));
    }

    private static void closeAtExit(Lab lab) {
        try {
            lab.close();
        } catch (IOException e) {
            // The next demo removes what is left; there is nobody to tell now.
            Thread.currentThread().interrupt();
        }
    }
}
