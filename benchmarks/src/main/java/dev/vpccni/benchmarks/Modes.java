package dev.vpccni.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * ADD and DEL on a node of each mode, in turn, so that all share what else the machine does. What a
 * pod's address comes from is not to be seen in how long it takes.
 */
final class Modes {

    private static final int TURNS = 10;
    private static final int ROUNDS = 20;
    private static final int WARMUP = 5;

    /** Of what the first mode takes. */
    private static final double MOST = 1.1;

    private static final String FIRST = "addresses";

    /** By name, the options of {@code lab up}; the first is what others are compared with. */
    private static final Map<String, List<String>> OPTIONS = options();

    private final Path home;
    private final Path programs;
    private final Path folder;

    Modes(Path home, Path programs, Path folder) {
        this.home = home;
        this.programs = programs;
        this.folder = folder;
    }

    /** Returns a table of what each mode takes. */
    String measure() throws IOException, InterruptedException {
        var labs = new LinkedHashMap<String, BenchmarkLab>();
        try {
            for (var mode : OPTIONS.entrySet()) {
                String[] options = mode.getValue().toArray(String[]::new);
                String suffix = "-" + labs.size();
                labs.put(mode.getKey(), BenchmarkLab.named(home, suffix, options));
            }
            return table(time(labs));
        } finally {
            for (BenchmarkLab lab : labs.values()) {
                lab.close();
            }
        }
    }

    private Map<String, Map<String, List<Long>>> time(Map<String, BenchmarkLab> labs)
            throws IOException, InterruptedException {
        var micros = new LinkedHashMap<String, Map<String, List<Long>>>();
        var warm = new WarmPath(home, programs, folder);
        for (int turn = 0; turn < TURNS; turn++) {
            for (var lab : labs.entrySet()) {
                var timer = new ExecTimer(lab.getValue(), programs.resolve("exec-timer"));
                Map<String, Samples> some =
                        timer.time(warm.alone(lab.getValue()), ROUNDS, WARMUP, folder);
                for (String verb : List.of("ADD", "DEL")) {
                    Samples samples = some.get(WarmPath.name(verb, WarmPath.OWN, 1));
                    if (samples == null || samples.failures() > 0) {
                        throw new IOException(verb + " failed with " + lab.getKey());
                    }
                    micros.computeIfAbsent(verb, _ -> new LinkedHashMap<>())
                            .computeIfAbsent(lab.getKey(), _ -> new ArrayList<>())
                            .addAll(samples.micros());
                }
            }
        }
        return micros;
    }

    private static String table(Map<String, Map<String, List<Long>>> micros) {
        var lines = new ArrayList<String>();
        lines.add(
                "| from exec to exit | p50 | p95 | p99 | runs | p50 : addresses | target | met |");
        lines.add("|---|---|---|---|---|---|---|---|");
        micros.forEach((verb, modes) -> {
            var first = new Samples(modes.values().iterator().next(), 0);
            modes.forEach((mode, all) -> {
                var samples = new Samples(all, 0);
                double ratio = (double) samples.median() / first.median();
                boolean compared = !mode.equals(FIRST);
                lines.add(
                        String.format(
                                Locale.ROOT,
                                "| %s, %s | %s | %.2f | %s | %s |",
                                verb,
                                mode,
                                samples.cells(),
                                ratio,
                                compared ? MOST : "",
                                compared ? Target.verdict(ratio <= MOST) : ""));
            });
        });
        return String.join("\n", lines);
    }

    private static Map<String, List<String>> options() {
        var all = new LinkedHashMap<String, List<String>>();
        List<String> prefixes =
                List.of("--env", "ENABLE_PREFIX_DELEGATION=true", "--env", "WARM_PREFIX_TARGET=1");
        all.put(FIRST, usual("m5.4xlarge", List.of()));
        all.put("prefixes", usual("m5.4xlarge", prefixes));
        all.put(
                "custom networking",
                usual(
                        "m5.4xlarge",
                        List.of(
                                "--subnet",
                                "10.0.0.0/20",
                                "--pod-subnet",
                                "100.64.0.0/20",
                                "--env",
                                "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG=true")));
        all.put("IPv6", usual("m5.4xlarge", List.of("--ipv6")));
        all.put("four cards", usual("p4d.24xlarge", List.of("--env", "ENABLE_MULTI_NIC=true")));
        return all;
    }

    private static List<String> usual(String type, List<String> more) {
        var options = new ArrayList<String>();
        options.addAll(List.of("--instance-type", type, "--env", "IP_COOLDOWN_PERIOD=0"));
        options.addAll(more);
        return List.copyOf(options);
    }
}
