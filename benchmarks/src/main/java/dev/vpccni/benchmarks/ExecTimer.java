package dev.vpccni.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The program {@code exec-timer}, run on a lab's node. */
final class ExecTimer {

    private final BenchmarkLab lab;
    private final Path program;

    ExecTimer(BenchmarkLab lab, Path program) {
        this.lab = lab;
        this.program = program;
    }

    /**
     * One case; see the head of {@code exec-timer.c}.
     *
     * @param environment entries {@code NAME=VALUE} without spaces
     * @param input a file for stdin, or the empty string
     * @param after a shell command that is run untimed, or the empty string
     */
    record Case(
            String name,
            int parallel,
            List<String> environment,
            String command,
            String input,
            String after) {}

    /** Times the cases in turn and returns the runs of each, and of each round under "round ". */
    Map<String, Samples> time(List<Case> cases, int rounds, int warmup, Path folder)
            throws IOException, InterruptedException {
        Path file = folder.resolve("cases");
        var lines = new ArrayList<String>();
        for (Case each : cases) {
            lines.add(
                    String.join(
                            "|",
                            each.name,
                            String.valueOf(each.parallel),
                            String.join(" ", each.environment),
                            each.command,
                            each.input,
                            each.after));
        }
        Files.write(file, lines);
        String printed =
                lab.exec(
                        program.toString(),
                        file.toString(),
                        String.valueOf(rounds),
                        String.valueOf(warmup));
        return parse(printed);
    }

    /**
     * Reads the lines {@code name TAB micros TAB status}.
     *
     * @throws IOException if a line has another form
     */
    static Map<String, Samples> parse(String printed) throws IOException {
        var micros = new LinkedHashMap<String, List<Long>>();
        var failures = new LinkedHashMap<String, Integer>();
        for (String line : printed.lines().toList()) {
            String[] cells = line.split("\t", -1);
            if (cells.length != 3) {
                throw new IOException("not a line of exec-timer: " + line);
            }
            micros.computeIfAbsent(cells[0], _ -> new ArrayList<>()).add(Long.valueOf(cells[1]));
            boolean failed = !cells[0].startsWith("round ") && !cells[2].equals("0");
            failures.merge(cells[0], failed ? 1 : 0, Integer::sum);
        }
        var samples = new LinkedHashMap<String, Samples>();
        micros.forEach(
                (name, all) -> samples.put(name, new Samples(all, failures.getOrDefault(name, 0))));
        return samples;
    }
}
