package dev.vpccni.benchmarks;

import dev.vpccni.benchmarks.ExecTimer.Case;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where the time of a lone ADD and DEL goes, as the daemon's log tells it of each. */
final class StageTable {

    private static final Pattern LINE =
            Pattern.compile("\"msg\":\"(ADD|DEL) aws-cni/bench-0/\\S+ .* us: ([^\"]*)\"");
    private static final Pattern STAGE = Pattern.compile("(\\w+) (\\d+)");

    private StageTable() {}

    /** Runs {@code rounds} of both, after {@code warmup}, and returns the table. */
    static String measure(BenchmarkLab lab, WarmPath warm, Path programs, int rounds, int warmup)
            throws IOException, InterruptedException {
        List<Case> cases = warm.alone(lab);
        var timer = new ExecTimer(lab, programs.resolve("exec-timer"));
        Map<String, Samples> whole = timer.time(cases, rounds, warmup, warm.folder());
        String log =
                lab.exec(
                        "grep",
                        "-E",
                        "(ADD|DEL) aws-cni/bench-0/",
                        "/var/log/aws-routed-eni/ipamd.log");
        Map<String, List<Long>> add = stages("ADD", log, rounds);
        Map<String, List<Long>> del = stages("DEL", log, rounds);
        var lines = new ArrayList<String>();
        lines.add("| median of " + rounds + ", us | ADD | DEL |");
        lines.add("|---|---|---|");
        for (String stage : add.keySet()) {
            lines.add(
                    "| " + stage + " | " + median(add, stage) + " | " + median(del, stage) + " |");
        }
        lines.add(
                "| from exec to exit | "
                        + median(whole, "ADD", 1)
                        + " | "
                        + median(whole, "DEL", 1)
                        + " |");
        return String.join("\n", lines);
    }

    private static Map<String, List<Long>> stages(String verb, String log, int rounds) {
        List<Matcher> found =
                log.lines()
                        .map(LINE::matcher)
                        .filter(line -> line.find() && line.group(1).equals(verb))
                        .toList();
        Map<String, List<Long>> stages = new LinkedHashMap<>();
        for (Matcher line : found.subList(Math.max(0, found.size() - rounds), found.size())) {
            Matcher stage = STAGE.matcher(line.group(2));
            while (stage.find()) {
                stages.computeIfAbsent(stage.group(1), _ -> new ArrayList<>())
                        .add(Long.valueOf(stage.group(2)));
            }
        }
        return stages;
    }

    private static String median(Map<String, List<Long>> stages, String stage) {
        List<Long> micros = stages.get(stage);
        return micros == null ? "" : String.valueOf(new Samples(micros, 0).median());
    }

    private static String median(Map<String, Samples> whole, String verb, int parallel) {
        Samples all = whole.get(WarmPath.name(verb, WarmPath.OWN, parallel));
        return all == null ? "" : String.valueOf(all.median());
    }
}
