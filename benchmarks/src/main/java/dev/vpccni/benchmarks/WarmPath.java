package dev.vpccni.benchmarks;

import dev.vpccni.benchmarks.ExecTimer.Case;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * ADD, DEL, VERSION and STATUS from exec to exit with a warm pool, in turn with the kernel's floor
 * and Debian's {@code ptp} + {@code host-local}.
 */
final class WarmPath {

    static final String OWN = "vpc-cni";
    private static final String FLOOR = "kernel's floor in C";

    /** Of the floor's rate, when eight come at once. */
    private static final double RATE_MIN = 1 / 1.2;

    private static final String MAIN_TABLE = "254";
    private static final int PARALLEL_MAX = 8;
    private static final List<Integer> PARALLEL = List.of(1, 4, PARALLEL_MAX);

    private final Path programs;
    private final Path home;
    private final Path folder;

    /**
     * @param programs the folder of {@code floor} and {@code exec-timer}
     * @param folder for files of this run
     */
    WarmPath(Path home, Path programs, Path folder) {
        this.home = home;
        this.programs = programs;
        this.folder = folder;
    }

    /** Runs the cases on {@code lab} and returns what they took. */
    Map<String, Samples> run(BenchmarkLab lab, int rounds, int warmup)
            throws IOException, InterruptedException {
        prepare(lab);
        return new ExecTimer(lab, programs.resolve("exec-timer"))
                .time(cases(table(lab)), rounds, warmup, folder);
    }

    /** Returns where files of this run are. */
    Path folder() {
        return folder;
    }

    /** Returns our own verbs alone, ready to be run on {@code lab}. */
    List<Case> alone(BenchmarkLab lab) throws IOException, InterruptedException {
        prepare(lab);
        return List.of(own("ADD", 1, ""), own("DEL", 1, "ip -n bench-own-{i} link del eth0"));
    }

    /**
     * Returns ADD and DEL of eight at once, ours and the floor's, ready to be run on {@code lab}.
     */
    List<Case> atOnce(BenchmarkLab lab) throws IOException, InterruptedException {
        prepare(lab);
        return cases(table(lab)).stream().filter(each -> each.parallel() == PARALLEL_MAX).toList();
    }

    private void prepare(BenchmarkLab lab) throws IOException, InterruptedException {
        Files.writeString(
                folder.resolve("aws-cni.json"),
                "{\"cniVersion\":\"1.1.0\",\"name\":\"aws-cni\",\"type\":\"aws-cni\","
                        + "\"vethPrefix\":\"eni\",\"mtu\":\"9001\"}");
        Files.writeString(
                folder.resolve("ptp.json"),
                "{\"cniVersion\":\"1.0.0\",\"name\":\"ptp\",\"type\":\"ptp\",\"mtu\":9001,"
                        + "\"ipam\":{\"type\":\"host-local\",\"dataDir\":\""
                        + folder.resolve("host-local")
                        + "\",\"ranges\":[[{\"subnet\":\"10.201.0.0/16\"}]]}}");
        lab.script(
                "for i in $(seq 0 "
                        + (PARALLEL_MAX - 1)
                        + "); do for k in own floor ptp; do [ -e /run/netns/bench-$k-$i ] ||"
                        + " ip netns add bench-$k-$i; done; done");
    }

    /**
     * Returns the table that a pod's rule at 1536 leads to, or the main one's number if it has no
     * such rule, as on the first interface: the floor makes what we make.
     */
    private String table(BenchmarkLab lab) throws IOException, InterruptedException {
        String plugin =
                """
                export CNI_CONTAINERID=bench-look CNI_NETNS=/run/netns/bench-own-0
                export CNI_IFNAME=eth0 CNI_PATH=/opt/cni/bin
                export CNI_ARGS='IgnoreUnknown=1;K8S_POD_NAMESPACE=bench;K8S_POD_NAME=look'
                CNI_COMMAND=ADD %1$s <%2$s >/dev/null
                address=$(ip -n bench-own-0 -4 -o address show eth0 | awk '{print $4}')
                ip rule list pref 1536 | awk -v a="${address%%/32}" '$3 == a {print $NF}'
                CNI_COMMAND=DEL %1$s <%2$s
                ip -n bench-own-0 link del eth0
                """
                        .formatted(plugin(), folder.resolve("aws-cni.json"));
        String table = lab.script(plugin).strip();
        return table.isEmpty() ? MAIN_TABLE : table;
    }

    private List<Case> cases(String table) {
        var cases = new ArrayList<Case>();
        for (int parallel : PARALLEL) {
            cases.add(own("ADD", parallel, ""));
            cases.add(own("DEL", parallel, "ip -n bench-own-{i} link del eth0"));
            cases.add(floor("ADD", parallel, table, ""));
            cases.add(floor("DEL", parallel, table, "ip link del benchfloor{i}"));
        }
        cases.add(ptp("ADD"));
        cases.add(ptp("DEL"));
        cases.add(new Case("VERSION", 1, List.of("CNI_COMMAND=VERSION"), plugin(), "", ""));
        cases.add(
                new Case(
                        "STATUS",
                        1,
                        List.of("CNI_COMMAND=STATUS", "CNI_PATH=/opt/cni/bin"),
                        plugin(),
                        folder.resolve("aws-cni.json").toString(),
                        ""));
        cases.add(new Case("/bin/true", 1, List.of(), "/bin/true", "", ""));
        return cases;
    }

    private Case own(String verb, int parallel, String after) {
        return new Case(
                name(verb, OWN, parallel),
                parallel,
                List.of(
                        "CNI_COMMAND=" + verb,
                        "CNI_CONTAINERID=bench-{i}",
                        "CNI_NETNS=/run/netns/bench-own-{i}",
                        "CNI_IFNAME=eth0",
                        "CNI_PATH=/opt/cni/bin",
                        "CNI_ARGS=IgnoreUnknown=1;K8S_POD_NAMESPACE=bench;K8S_POD_NAME=bench-{i};"
                                + "K8S_POD_INFRA_CONTAINER_ID=bench-{i}"),
                plugin(),
                folder.resolve("aws-cni.json").toString(),
                after);
    }

    private Case floor(String verb, int parallel, String table, String after) {
        return new Case(
                name(verb, FLOOR, parallel),
                parallel,
                List.of(
                        "CNI_COMMAND=" + verb,
                        "CNI_NETNS=/run/netns/bench-floor-{i}",
                        "FLOOR_ADDRESS=10.200.0.{i}",
                        "FLOOR_TABLE=" + table,
                        "FLOOR_LINK=benchfloor{i}"),
                programs.resolve("floor").toString(),
                "",
                after);
    }

    private Case ptp(String verb) {
        return new Case(
                name(verb, "ptp + host-local", 1),
                1,
                List.of(
                        "CNI_COMMAND=" + verb,
                        "CNI_CONTAINERID=bench-ptp-{i}",
                        "CNI_NETNS=/run/netns/bench-ptp-{i}",
                        "CNI_IFNAME=eth0",
                        "CNI_PATH=/usr/lib/cni",
                        "PATH=/usr/sbin:/usr/bin:/sbin:/bin"),
                "/usr/lib/cni/ptp",
                folder.resolve("ptp.json").toString(),
                "");
    }

    private String plugin() {
        return home.resolve("dist/node/opt/cni/bin/aws-cni").toString();
    }

    static String name(String verb, String who, int parallel) {
        return verb + " x " + parallel + ", " + who;
    }

    /** Returns the table of all cases, with each of ours beside the floor and its target. */
    static String table(Map<String, Samples> samples) {
        var lines = new ArrayList<String>();
        lines.add(
                "| from exec to exit | min | p50 | p95 | p99 | runs | p50 : floor | p50 - floor |"
                        + " target | met |");
        lines.add("|---|---|---|---|---|---|---|---|---|---|");
        samples.forEach((name, all) -> {
            if (!name.startsWith("round ")) {
                Samples floor = samples.get(name.replace(OWN, FLOOR));
                boolean compared = name.contains(OWN);
                Target target = Target.of(name);
                lines.add(
                        "| %s | %s | %s | %s | %s | %s |"
                                .formatted(
                                        name,
                                        Samples.millis(all.micros().getFirst()),
                                        all.cells(),
                                        floor == null || !compared ? " | " : ratio(all, floor),
                                        target == null ? "" : target.text(),
                                        target == null
                                                ? ""
                                                : target.verdict(all, compared ? floor : null)));
            }
        });
        return String.join("\n", lines);
    }

    /** Returns how many ADDs a second the parallel rounds came to. */
    static String rates(Map<String, Samples> samples) {
        var lines = new ArrayList<String>();
        for (int parallel : PARALLEL) {
            for (String who : List.of(OWN, FLOOR)) {
                Samples round = samples.get("round " + name("ADD", who, parallel));
                if (round != null) {
                    lines.add(
                            String.format(
                                    Locale.ROOT,
                                    "| ADD x %d, %s | %.0f | %.0f | %s |",
                                    parallel,
                                    who,
                                    parallel * 1e6 / round.median(),
                                    parallel * 1e6 / round.micros().getFirst(),
                                    parallel == PARALLEL_MAX && who.equals(OWN)
                                            ? "floor / 1.2: " + rateVerdict(samples, round)
                                            : ""));
                }
            }
        }
        return "| rate, starting the programs included | in the median round | in the best | target |\n"
                + "|---|---|---|---|\n"
                + String.join("\n", lines);
    }

    private static String rateVerdict(Map<String, Samples> samples, Samples own) {
        Samples floor = samples.get("round " + name("ADD", FLOOR, PARALLEL_MAX));
        boolean met = floor != null && (double) floor.median() / own.median() >= RATE_MIN;
        return Target.verdict(met);
    }

    private static String ratio(Samples own, Samples floor) {
        return String.format(
                Locale.ROOT,
                "%.2f | %s",
                (double) own.median() / floor.median(),
                Samples.millis(own.median() - floor.median()));
    }
}
