package dev.vpccni.lab;

import dev.vpccni.emulator.fabric.Egress;
import dev.vpccni.json.Json;
import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Shows the whole on one page of a terminal: a small cluster comes up, pods get addresses, packets
 * pass, and everything is gone again.
 */
public final class Demo {

    private static final String NAME = "demo";
    private static final String TYPE = "c5.large";
    private static final long SEED = 1;
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

    /**
     * Runs it from beginning to end. What it made is removed however it ends.
     *
     * @throws IOException if something does not come out as it must: with what that is
     */
    public void run() throws IOException {
        say("starting a VPC with two zones, and three " + TYPE + " nodes in it");
        Lab lab = Lab.start(settings());
        var end = new Thread(() -> closeAtExit(lab), "demo-end");
        Runtime.getRuntime().addShutdownHook(end);
        try {
            show(lab);
            say("taking everything down");
        } catch (JsonException e) {
            throw new IOException(e.getMessage(), e);
        } finally {
            lab.close();
        }
        say("done: nothing is left");
    }

    private void show(Lab lab) throws IOException, JsonException {
        say("nodes serve; starting CoreDNS on the first two");
        var coreDns = new ArrayList<String>();
        for (int node = 1; node <= 2; node++) {
            LabNode machine = lab.machine("node-" + node);
            started(lab.pods().add(machine, 1, "kube-system", "coredns-" + node));
            coreDns.add("coredns-" + node);
        }
        say("waiting until warm pools are full");
        awaitExpected(lab);
        out.println();
        out.println(new StatusPicture(style).draw(parse(lab.status())));
        out.println();

        say("starting a neighbour of the first CoreDNS, and asking who reaches whom");
        started(lab.pods().add(lab.machine("node-1"), 1, "default", "web"));
        Map<String, @Nullable Object> matrix = Connectivity.measure(lab).asMap();
        out.println();
        out.println(new ConnectivityPicture(style).draw(parse(matrix)));
        out.println();
        requireAllReached(parse(matrix));

        say("stopping the neighbour: its address cools down");
        lab.pods().remove(List.of("web"));
        out.println();
        out.println(new StatusPicture(style).draw(parse(lab.status())));
        out.println();
        lab.pods().remove(coreDns);
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
        long deadline = System.nanoTime() + CALM.toNanos();
        List<List<Integer>> seen = List.of();
        while (System.nanoTime() < deadline) {
            seen = shape(lab);
            if (seen.equals(EXPECTED)) {
                return;
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
        throw new IOException(
                "addresses on the nodes' interfaces are " + seen + " instead of " + EXPECTED);
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

    private LabSettings settings() {
        return new LabSettings(
                NAME,
                EXPECTED.size(),
                TYPE,
                new TreeMap<>(),
                "aws-like",
                SEED,
                true,
                Egress.INTERNET_GATEWAY,
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
