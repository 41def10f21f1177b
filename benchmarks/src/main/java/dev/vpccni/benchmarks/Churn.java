package dev.vpccni.benchmarks;

import dev.vpccni.benchmarks.daemon.Holdings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What is left of pods that come and go, many times. */
final class Churn {

    private static final int PODS = 40;
    private static final int ROUNDS = 71;
    private static final int LEFT_MAX = 10;

    /** By then the daemon has done everything that it does once. */
    private static final int WARMUP = 5;

    private Churn() {}

    /** Runs on a fresh lab and returns the table. */
    static String measure(Path home) throws IOException, InterruptedException {
        try (BenchmarkLab lab =
                BenchmarkLab.up(
                        home, "--instance-type", "m5.4xlarge", "--env", "WARM_IP_TARGET=5")) {
            rounds(lab, WARMUP, new ArrayList<>());
            Holdings before = Holdings.of(DaemonProcess.pid(lab));
            List<Long> rss = new ArrayList<>();
            rounds(lab, ROUNDS, rss);
            AtRest.awaitCalm(lab);
            Holdings after = Holdings.of(DaemonProcess.pid(lab));
            long most = rss.stream().mapToLong(Long::longValue).max().orElseThrow();
            long left = (after.rssKilobytes() - before.rssKilobytes()) / 1024;
            return String.join(
                    "\n",
                    "| %d rounds of %d pods up and down | before | most | after | target | met |"
                            .formatted(ROUNDS, PODS),
                    "|---|---|---|---|---|---|",
                    String.format(
                            Locale.ROOT,
                            "| RSS, MiB | %d | %d | %d | %d more | %s |",
                            before.rssKilobytes() / 1024,
                            most / 1024,
                            after.rssKilobytes() / 1024,
                            LEFT_MAX,
                            Target.verdict(left <= LEFT_MAX)),
                    String.format(
                            Locale.ROOT,
                            "| files | %d | | %d | | |",
                            before.files(),
                            after.files()),
                    String.format(
                            Locale.ROOT,
                            "| threads | %d | | %d | | |",
                            before.threads(),
                            after.threads()));
        }
    }

    private static void rounds(BenchmarkLab lab, int count, List<Long> rss)
            throws IOException, InterruptedException {
        String pid = DaemonProcess.pid(lab);
        for (int i = 0; i < count; i++) {
            lab.lab("pod", "add", "--node", BenchmarkLab.NODE, "--count", String.valueOf(PODS));
            rss.add(Holdings.of(pid).rssKilobytes());
            lab.lab("pod", "rm", "--all");
        }
    }
}
