package dev.vpccni.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a pod's sandbox takes in containerd, from a kubelet's call to its answer, with our network
 * and with Debian's {@code ptp}, in turns, beside sandboxes that have the node's network.
 *
 * <p>The runtime has a handler for each network, so that nothing is written or read anew between
 * two sandboxes.
 */
final class Sandboxes {

    private static final String FLOOR = "the node's network";
    private static final String LIST = "vpc-cni, as installed";
    private static final String ALONE = "vpc-cni alone";
    private static final String PTP_LIST = "ptp + portmap";
    private static final String PTP = "ptp alone";
    private static final String RUN = "RunPodSandbox";
    private static final String WHOLE = "a whole sandbox";
    private static final List<String> CALLS =
            List.of(RUN, "StopPodSandbox", "RemovePodSandbox", WHOLE);

    /** What is promised: the pod's way up, and what the runtime is busy with one for. */
    private static final List<String> PROMISED = List.of(RUN, WHOLE);

    private static final int ROUNDS = 100;
    private static final int WARMUP = 10;

    /** A handler of the runtime for each of these is in the node's folder of the same name. */
    private static final String NETWORKS =
            """
            mkdir -p /run/bench/alone /run/bench/ptp /run/bench/ptp-list
            own='{"type":"aws-cni","vethPrefix":"eni","mtu":"9001","podSGEnforcingMode":"strict"}'
            ptp='{"type":"ptp","mtu":9001,"ipMasq":false,"ipam":{"type":"host-local","ranges":[[{"subnet":"10.201.0.0/16"}]],"routes":[{"dst":"0.0.0.0/0"}]}}'
            ports='{"type":"portmap","capabilities":{"portMappings":true},"snat":true}'
            list() { echo "{\\"cniVersion\\":\\"0.4.0\\",\\"name\\":\\"$1\\",\\"disableCheck\\":true,\\"plugins\\":[$2]}"; }
            list aws-cni "$own" >/run/bench/alone/10.conflist
            list ptp "$ptp" >/run/bench/ptp/10.conflist
            list ptp-list "$ptp,$ports" >/run/bench/ptp-list/10.conflist
            """;

    private Sandboxes() {}

    /** Starts a node with a runtime and a hundred pods, and returns the table. */
    static String measure(Path home) throws IOException, InterruptedException {
        String timer = Containerd.printed(home.resolve("scripts/kubernetes/sandbox-timer"));
        try (BenchmarkLab lab =
                BenchmarkLab.up(
                        home, "--instance-type", "m5.4xlarge", "--env", "IP_COOLDOWN_PERIOD=0")) {
            AtRest.fill(lab);
            AtRest.awaitCalm(lab);
            lab.script(NETWORKS);
            try (var _ = Containerd.start(lab, home, List.of("alone", "ptp", "ptp-list"))) {
                return table(
                        ExecTimer.parse(
                                lab.whole(
                                        timer,
                                        Containerd.SOCKET,
                                        String.valueOf(ROUNDS),
                                        String.valueOf(WARMUP),
                                        FLOOR + "=",
                                        LIST + "=" + Containerd.DEFAULT,
                                        ALONE + "=alone",
                                        PTP_LIST + "=ptp-list",
                                        PTP + "=ptp")));
            }
        }
    }

    /** Returns the table of all calls: ours, ptp's with the same plugins behind it, the floor. */
    static String table(Map<String, Samples> samples) {
        var all = new ArrayList<String>();
        all.add(
                "| in containerd, ms | p50 | p95 | p99 | runs | p50 - floor | p50 : ptp | target | met |");
        all.add("|---|---|---|---|---|---|---|---|---|");
        Map<String, String> compared = new LinkedHashMap<>();
        compared.put(FLOOR, "");
        compared.put(LIST, PTP_LIST);
        compared.put(PTP_LIST, "");
        compared.put(ALONE, PTP);
        compared.put(PTP, "");
        for (String call : CALLS) {
            compared.forEach((network, other) ->
                    all.add(
                            row(
                                    name(call, network),
                                    PROMISED.contains(call),
                                    samples.get(name(call, network)),
                                    samples.get(name(call, FLOOR)),
                                    samples.get(name(call, other)))));
        }
        return String.join("\n", all);
    }

    private static String row(
            String name,
            boolean promised,
            @Nullable Samples samples,
            @Nullable Samples floor,
            @Nullable Samples other) {
        if (samples == null || floor == null) {
            return "| " + name + " | none succeeded | | | | | | | no |";
        }
        return "| %s | %s | %s | %s |"
                .formatted(
                        name,
                        samples.cells(),
                        Samples.millis(samples.median() - floor.median()),
                        other == null ? " | | " : ratio(samples, other, promised));
    }

    private static String ratio(Samples own, Samples other, boolean promised) {
        boolean met = own.failures() == 0 && own.median() <= other.median();
        return String.format(
                Locale.ROOT,
                "%.2f | %s",
                (double) own.median() / other.median(),
                promised ? "1.00 | " + Target.verdict(met) : " | ");
    }

    private static String name(String call, String network) {
        return call + ", " + network;
    }
}
