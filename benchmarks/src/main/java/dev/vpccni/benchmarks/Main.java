package dev.vpccni.benchmarks;

import dev.vpccni.benchmarks.loss.Loss;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Prints what the promises cost, as Markdown. Needs root, and the checkout built.
 *
 * <p>Arguments: nothing for all parts, or some of {@code warm}, {@code stages}, {@code modes},
 * {@code rest}, {@code crowd}, {@code restart}, {@code burst}, {@code waiting}, {@code churn},
 * {@code repair}, {@code lookup}, {@code loss}, {@code emulator}; or {@code sandbox} and {@code
 * image}.
 */
final class Main {

    private static final List<String> PARTS =
            List.of(
                    "warm",
                    "stages",
                    "modes",
                    "rest",
                    "crowd",
                    "restart",
                    "burst",
                    "waiting",
                    "churn",
                    "repair",
                    "lookup",
                    "loss",
                    "emulator");

    /** These take what a lab's Kubernetes runs, which is built in minutes. */
    private static final String SANDBOX = "sandbox";

    private static final String IMAGE = "image";
    private static final List<String> IN_CONTAINERD = List.of(SANDBOX, IMAGE);

    private static final int ROUNDS = 100;
    private static final int WARMUP = 20;
    private static final int RESTARTS = 10;

    private Main() {}

    @SuppressWarnings("SystemOut") // the report is what this program is for
    public static void main(String[] arguments) throws IOException, InterruptedException {
        List<String> parts = arguments.length == 0 ? PARTS : List.of(arguments);
        if (!parts.stream()
                .allMatch(part -> PARTS.contains(part) || IN_CONTAINERD.contains(part))) {
            System.err.println("parts are " + PARTS + " and " + IN_CONTAINERD + ", not " + parts);
            System.exit(2);
        }
        Path home = Path.of(System.getProperty("vpccni.home", ".")).toAbsolutePath().normalize();
        Path programs = home.resolve("benchmarks/target");
        Path folder = Files.createTempDirectory("vpccni-bench");
        try {
            System.out.println(machine());
            if (!Collections.disjoint(parts, List.of("warm", "stages", "rest", "crowd"))) {
                warmAndRest(parts, home, programs, folder);
            }
            if (parts.contains("modes")) {
                System.out.println("\n" + new Modes(home, programs, folder).measure());
            }
            if (parts.contains("restart")) {
                System.out.println("\n" + Restart.measure(home, folder, RESTARTS));
            }
            if (parts.contains("burst")) {
                System.out.println("\n" + Burst.head());
                System.out.println(Burst.row(home, "m5.xlarge", 50));
                System.out.println(Burst.row(home, "m5.4xlarge", 100));
                System.out.println(Burst.row(home, "r5.24xlarge", 700));
            }
            if (parts.contains("waiting")) {
                System.out.println("\n" + Waiting.measure(home));
            }
            if (parts.contains("churn")) {
                System.out.println("\n" + Churn.measure(home));
            }
            if (parts.contains("repair")) {
                System.out.println("\n" + Repair.measure(home));
            }
            if (parts.contains("lookup")) {
                System.out.println("\n" + Lookup.measure(home, programs, folder));
            }
            if (parts.contains("loss")) {
                System.out.println("\n" + Loss.measure(home));
            }
            if (parts.contains("emulator")) {
                System.out.println("\n" + EmulatorCalls.measure());
            }
            if (parts.contains(SANDBOX)) {
                System.out.println("\n" + Sandboxes.measure(home));
            }
            if (parts.contains(IMAGE)) {
                System.out.println("\n" + ImageStart.measure(home));
            }
        } finally {
            delete(folder);
        }
    }

    @SuppressWarnings("SystemOut")
    private static void warmAndRest(List<String> parts, Path home, Path programs, Path folder)
            throws IOException, InterruptedException {
        try (BenchmarkLab lab =
                BenchmarkLab.up(
                        home, "--instance-type", "m5.4xlarge", "--env", "IP_COOLDOWN_PERIOD=0")) {
            // Many enough for the timed pods to need no call of EC2, and all the rules there are.
            AtRest.fill(lab);
            if (parts.contains("rest")) {
                System.out.println("\n" + AtRest.measure(lab));
            }
            if (parts.contains("warm")) {
                Map<String, Samples> samples =
                        new WarmPath(home, programs, folder).run(lab, ROUNDS, WARMUP);
                System.out.println("\n" + WarmPath.table(samples));
                System.out.println("\n" + WarmPath.rates(samples));
            }
            if (parts.contains("stages")) {
                var warm = new WarmPath(home, programs, folder);
                System.out.println("\n" + StageTable.measure(lab, warm, programs, ROUNDS, WARMUP));
            }
            if (parts.contains("crowd")) {
                var warm = new WarmPath(home, programs, folder);
                System.out.println("\n" + Crowd.measure(lab, warm, programs, folder));
            }
        }
    }

    private static String machine() throws IOException {
        String cpu =
                Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                        .filter(line -> line.startsWith("model name"))
                        .map(line -> line.substring(line.indexOf(':') + 2))
                        .findFirst()
                        .orElse("unknown CPU");
        return Runtime.getRuntime().availableProcessors()
                + " x "
                + cpu
                + ", Linux "
                + System.getProperty("os.version")
                + ", JDK "
                + Runtime.version()
                + ", load "
                + Files.readString(Path.of("/proc/loadavg")).strip();
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
