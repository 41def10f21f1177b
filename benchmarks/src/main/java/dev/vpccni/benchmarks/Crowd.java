package dev.vpccni.benchmarks;

import dev.vpccni.testing.HostileCallers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/** What verbs take beside callers who say nothing, or a byte now and then. */
final class Crowd {

    private static final int IDLE = 200;
    private static final int DRIPPING = 20;
    private static final int TURNS = 10;
    private static final int ROUNDS = 30;
    private static final int WARMUP = 50;
    private static final long POLL_NANOS = 10_000_000;

    private final BenchmarkLab lab;
    private final ExecTimer timer;
    private final List<ExecTimer.Case> cases;
    private final Path folder;

    private Crowd(BenchmarkLab lab, ExecTimer timer, List<ExecTimer.Case> cases, Path folder) {
        this.lab = lab;
        this.timer = timer;
        this.cases = cases;
        this.folder = folder;
    }

    /** Measures on {@code lab}, with and without them in turn, and returns the table. */
    static String measure(BenchmarkLab lab, WarmPath warm, Path programs, Path folder)
            throws IOException, InterruptedException {
        var timer = new ExecTimer(lab, programs.resolve("exec-timer"));
        var crowd = new Crowd(lab, timer, warm.alone(lab), folder);
        Map<String, List<Long>> micros = new LinkedHashMap<>();
        var failures = new LinkedHashMap<String, Integer>();
        crowd.time("", WARMUP, new LinkedHashMap<>(), new LinkedHashMap<>());
        for (int turn = 0; turn < TURNS; turn++) {
            crowd.time(" alone", ROUNDS, micros, failures);
            crowd.timeBesideThem(micros, failures);
        }
        var lines = new ArrayList<String>();
        lines.add("| from exec to exit | p50 | p95 | p99 | runs |");
        lines.add("|---|---|---|---|---|");
        micros.forEach((name, all) ->
                lines.add(
                        "| %s | %s |"
                                .formatted(
                                        name,
                                        new Samples(all, failures.getOrDefault(name, 0)).cells())));
        return String.join("\n", lines);
    }

    private void timeBesideThem(Map<String, List<Long>> micros, Map<String, Integer> failures)
            throws IOException, InterruptedException {
        try (var hostile = HostileCallers.start(lab.socket(), IDLE, DRIPPING, 0)) {
            while (hostile.connections() < IDLE + DRIPPING) {
                LockSupport.parkNanos(POLL_NANOS);
            }
            String beside = " beside %d idle and %d dripping".formatted(IDLE, DRIPPING);
            time(beside, ROUNDS, micros, failures);
        }
    }

    private void time(
            String how, int rounds, Map<String, List<Long>> micros, Map<String, Integer> failures)
            throws IOException, InterruptedException {
        timer.time(cases, rounds, 0, folder)
                .forEach((name, samples) -> {
                    if (!name.startsWith("round ")) {
                        micros.computeIfAbsent(name + how, _ -> new ArrayList<>())
                                .addAll(samples.micros());
                        failures.merge(name + how, samples.failures(), Integer::sum);
                    }
                });
    }
}
