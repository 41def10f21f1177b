package dev.vpccni.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a packet's way past the rules of many pods costs, and what 8 ADDs at a time do, with and
 * without fast rules.
 */
final class Lookup {

    private static final int PODS = 250;
    private static final int TURNS = 4;
    private static final int ROUNDS = 40;
    private static final int WARMUP = 10;
    private static final String[] MODES = {"false", "true"};

    /**
     * The newest pod's rules are the last of all. Prints what a packet took to another pod of the
     * node and to the subnet's router, there and back, in microseconds.
     */
    private static final String PINGS =
            """
            rules() { ip rule | sed -n 's/^512:.* to \\([0-9.]*\\) .*/\\1/p' | tail -n "$1"; }
            newest=$(rules 1) other=$(rules 2 | head -n 1)
            for name in $(ls /run/netns); do
                ip -n "$name" -4 -o address show 2> /dev/null | grep -q " $newest/32 " && pod=$name
            done
            router=$(ip -4 route show default | sed 's/.* via \\([0-9.]*\\) .*/\\1/')
            average() {
                ip netns exec "$pod" ping -q -f -c 20000 "$1" |
                    sed -n 's|^rtt[^=]*= [0-9.]*/\\([0-9.]*\\)/.*|\\1|p'
            }
            echo "$(average "$other") $(average "$router")"
            """;

    private Lookup() {}

    /** Runs on fresh labs, with few pods and with many, and returns the two tables. */
    static String measure(Path home, Path programs, Path folder)
            throws IOException, InterruptedException {
        Map<String, List<Double>> near = new LinkedHashMap<>();
        Map<String, List<Double>> far = new LinkedHashMap<>();
        Map<String, List<Long>> micros = new LinkedHashMap<>();
        try (BenchmarkLab lab =
                BenchmarkLab.up(
                        home, "--instance-type", "m5.24xlarge", "--env", "IP_COOLDOWN_PERIOD=0")) {
            add(lab, 2);
            ping(lab, "2 pods", near, far);
            add(lab, PODS - 2);
            var timer = new ExecTimer(lab, programs.resolve("exec-timer"));
            var warm = new WarmPath(home, programs, folder);
            for (int turn = 0; turn < TURNS; turn++) {
                for (String mode : MODES) {
                    restart(lab, mode);
                    String row = PODS + " pods" + (mode.equals("true") ? ", fast rules" : "");
                    ping(lab, row, near, far);
                    time(timer.time(warm.atOnce(lab), ROUNDS, WARMUP, folder), mode, micros);
                }
            }
        }
        return pings(near, far) + "\n\n" + verbs(micros);
    }

    private static void add(BenchmarkLab lab, int pods) throws IOException, InterruptedException {
        lab.lab("pod", "add", "--node", BenchmarkLab.NODE, "--count", String.valueOf(pods));
    }

    private static void restart(BenchmarkLab lab, String fastRules)
            throws IOException, InterruptedException {
        lab.lab("daemon", "stop", BenchmarkLab.NODE);
        lab.lab("daemon", "start", BenchmarkLab.NODE, "--env", "VPC_CNI_FAST_RULES=" + fastRules);
        lab.script(
                "until ip rule | grep -c '^511:' | grep -qx "
                        + (fastRules.equals("true") ? 1 : 0)
                        + "; do sleep 0.05; done");
    }

    private static void ping(
            BenchmarkLab lab,
            String row,
            Map<String, List<Double>> near,
            Map<String, List<Double>> far)
            throws IOException, InterruptedException {
        for (int i = 0; i < TURNS; i++) {
            String[] printed = lab.script(PINGS).strip().split(" ", -1);
            near.computeIfAbsent(row, _ -> new ArrayList<>())
                    .add(1_000 * Double.parseDouble(printed[0]));
            far.computeIfAbsent(row, _ -> new ArrayList<>())
                    .add(1_000 * Double.parseDouble(printed[1]));
        }
    }

    private static void time(
            Map<String, Samples> samples, String mode, Map<String, List<Long>> micros) {
        samples.forEach((name, all) -> {
            if (!name.startsWith("round ")) {
                boolean own = name.contains(WarmPath.OWN);
                String row = own && mode.equals("true") ? name + ", fast rules" : name;
                micros.computeIfAbsent(row, _ -> new ArrayList<>()).addAll(all.micros());
            }
        });
    }

    private static String pings(Map<String, List<Double>> near, Map<String, List<Double>> far) {
        var lines = new ArrayList<String>();
        lines.add(
                "| microseconds there and back, the newest pod | another pod of the node | the router |");
        lines.add("|---|---|---|");
        near.forEach((row, all) ->
                lines.add(
                        "| %s | %s | %s |"
                                .formatted(
                                        row,
                                        median(all),
                                        median(far.getOrDefault(row, List.of())))));
        return String.join("\n", lines);
    }

    private static String median(List<Double> all) {
        var sorted = new ArrayList<>(all);
        Collections.sort(sorted);
        return String.format(Locale.ROOT, "%.1f", sorted.get(sorted.size() / 2));
    }

    private static String verbs(Map<String, List<Long>> micros) {
        var lines = new ArrayList<String>();
        lines.add("| from exec to exit, beside " + PODS + " pods | p50 | p95 | p99 | runs |");
        lines.add("|---|---|---|---|---|");
        micros.forEach((name, all) ->
                lines.add("| %s | %s |".formatted(name, new Samples(all, 0).cells())));
        return String.join("\n", lines);
    }
}
