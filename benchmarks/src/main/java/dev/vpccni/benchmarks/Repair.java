package dev.vpccni.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** How long a node with many pods goes without what somebody removes from its kernel. */
final class Repair {

    /** So often a thing is brought back without a pause. */
    private static final int ROUNDS = 5;

    private static final long TARGET_MICROS = 1_000_000;

    private static final List<Case> CASES =
            List.of(
                    new Case(
                            "the rule for marked connections",
                            "ip rule del pref 1024",
                            "ip rule | grep -q ^1024:"),
                    new Case(
                            "an interface's address, and its routes with it",
                            "ip -4 addr flush dev eth1",
                            "ip -4 route show table 2 | grep -q default"),
                    new Case(
                            "the rules of a pod",
                            "pod=$(ip rule | sed -n 's/^512:.* to \\([0-9.]*\\) .*/\\1/p'"
                                    + " | sed -n ${round}p); ip rule del to $pod pref 512",
                            "ip rule | grep -q \" to $pod \""),
                    new Case(
                            "table nat of iptables",
                            "iptables -t nat -F",
                            "iptables -t nat -S POSTROUTING | grep -q AWS-SNAT-CHAIN-0"));

    private Repair() {}

    /**
     * What is removed.
     *
     * @param deed a script that removes it
     * @param back a script that ends with 0 once it is back
     */
    private record Case(String name, String deed, String back) {}

    /** Runs on a fresh lab and returns the table. */
    static String measure(Path home) throws IOException, InterruptedException {
        try (BenchmarkLab lab = BenchmarkLab.up(home, "--instance-type", "m5.4xlarge")) {
            AtRest.fill(lab);
            List<String> lines = new ArrayList<>();
            lines.add("| somebody removes | back, p50 ms | most | target | met |");
            lines.add("|---|---|---|---|---|");
            for (Case removed : CASES) {
                var samples = new Samples(run(lab, removed), 0);
                long most = samples.percentile(1);
                lines.add(
                        String.format(
                                Locale.ROOT,
                                "| %s | %d | %d | 1000 | %s |",
                                removed.name(),
                                samples.median() / 1_000,
                                most / 1_000,
                                Target.verdict(most <= TARGET_MICROS)));
            }
            return String.join("\n", lines);
        }
    }

    /** Returns microseconds; what the two scripts and their processes take is in them. */
    private static List<Long> run(BenchmarkLab lab, Case removed)
            throws IOException, InterruptedException {
        String printed =
                lab.script(
                        "for round in $(seq "
                                + ROUNDS
                                + "); do sleep 2; begun=$(date +%s%N); "
                                + removed.deed()
                                + "; until "
                                + removed.back()
                                + "; do sleep 0.005; done; ended=$(date +%s%N);"
                                + " echo $(((ended - begun) / 1000)); done");
        return printed.lines().map(Long::valueOf).toList();
    }
}
