package dev.vpccni.benchmarks.loss;

import dev.vpccni.testing.traffic.Mix;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.TimeUnit;

/** How many packets and connections a change of a living node costs, on each way. */
public final class Loss {

    private static final int SOME = 100;
    private static final Duration SOON = Duration.ofSeconds(20);

    /** The VPC's blocks are looked at every five minutes. */
    private static final int NOTICED_SECONDS = 330;

    /** What is brought back is so by then. */
    private static final long REPAIRED_MILLIS = 1_500;

    /** The sentinel's promise, in datagrams of 4 ms. */
    private static final int REPAIR_LOSS_MAX = 250;

    private static final String ADD_BLOCK =
            "vpc=$(curl -sS --fail \"$AWS_ENDPOINT_URL_EC2\" -d Action=DescribeVpcs"
                    + " -d Version=2016-11-15 | sed -n 's/.*<vpcId>\\([^<]*\\)<.*/\\1/p' | head -n 1);"
                    + " curl -sS --fail \"$AWS_ENDPOINT_URL_EC2\" -d Action=AssociateVpcCidrBlock"
                    + " -d Version=2016-11-15 -d VpcId=$vpc -d CidrBlock=100.64.0.0/16 > /dev/null;"
                    + " for i in $(seq "
                    + NOTICED_SECONDS
                    + "); do"
                    + " iptables -t nat -S AWS-SNAT-CHAIN-0 | grep -q 100.64.0.0 && exit 0;"
                    + " sleep 1; done; echo not noticed; exit 1";

    private Loss() {}

    /** Something that happens to the node. */
    private interface Deed {
        void happen(LossLab lab) throws IOException, InterruptedException;
    }

    /**
     * @param allowed how many datagrams of a flow may be lost, in one go
     */
    private record Case(String name, int allowed, Deed deed) {}

    /** Runs on a fresh lab and returns the tables. */
    public static String measure(Path home) throws IOException, InterruptedException {
        try (LossLab lab = LossLab.up(home)) {
            var lines = new ArrayList<String>();
            lines.add(
                    "| what happens | datagrams | lost | most on one way | connections | failed"
                            + " | slow | target | met |");
            lines.add("|---|---|---|---|---|---|---|---|---|");
            for (Case each : cases()) {
                lines.addAll(run(lab, each));
            }
            return String.join("\n", lines);
        }
    }

    private static List<Case> cases() {
        var cases = new ArrayList<Case>();
        cases.add(new Case("nothing", 0, _ -> {}));
        cases.add(restart("the daemon is restarted", Map.of()));
        cases.add(restart("another mark", Map.of("AWS_VPC_K8S_CNI_CONNMARK", "0x40000000")));
        cases.add(restart("the mark of before", Map.of("AWS_VPC_K8S_CNI_CONNMARK", "0x80")));
        cases.add(
                restart(
                        "an exclusion",
                        Map.of("AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS", "192.168.0.0/16")));
        cases.add(restart("ports as they are", Map.of("AWS_VPC_K8S_CNI_RANDOMIZESNAT", "none")));
        cases.add(
                restart(
                        "a network of services",
                        Map.of("AWS_EXTERNAL_SERVICE_CIDRS", "203.0.113.0/24")));
        cases.add(
                restart(
                        "other warm targets",
                        Map.of("WARM_IP_TARGET", "3", "MINIMUM_IP_TARGET", "12")));
        cases.add(restart("prefixes", Map.of("ENABLE_PREFIX_DELEGATION", "true")));
        cases.add(restart("no prefixes", Map.of("ENABLE_PREFIX_DELEGATION", "false")));
        cases.add(flush("somebody empties table nat", "iptables -t nat -F", true));
        cases.add(flush("somebody empties table mangle", "iptables -t mangle -F", false));
        cases.add(
                flush(
                        "somebody deletes table aws-cni",
                        "nft delete table ip aws-cni 2> /dev/null || true",
                        false));
        cases.add(flush("somebody deletes rule 1024", "ip rule del pref 1024", false));
        cases.add(
                flush(
                        "somebody deletes pods' rules",
                        "while ip rule del pref 512 2> /dev/null; do :; done;"
                                + " while ip rule del pref 1536 2> /dev/null; do :; done",
                        false));
        cases.add(new Case("the VPC gets another block", 0, lab -> lab.run(ADD_BLOCK)));
        return cases;
    }

    private static Case restart(String name, Map<String, String> environment) {
        return new Case(name, 0, lab -> lab.restart(environment));
    }

    /**
     * @param others whether kube-proxy's rules go, too: they are not ours to bring back
     */
    private static Case flush(String name, String script, boolean others) {
        return new Case(
                name,
                REPAIR_LOSS_MAX,
                lab -> {
                    var _ = lab.run(script);
                    if (others) {
                        lab.serveNodePorts("I");
                    }
                    TimeUnit.MILLISECONDS.sleep(REPAIRED_MILLIS);
                });
    }

    private static List<String> run(LossLab lab, Case each)
            throws IOException, InterruptedException {
        try (Mix mix = lab.talk()) {
            String silent = mix.awaitAnswers(SOME, SOON);
            each.deed().happen(lab);
            silent = silent.isEmpty() ? mix.awaitAnswers(SOME, SOON) : silent;
            return rows(each, silent, mix.end());
        }
    }

    private static List<String> rows(
            Case each, String silent, SequencedMap<String, Mix.Outcome> outcomes) {
        var all = outcomes.values();
        int lost = all.stream().mapToInt(one -> one.datagrams().lost()).sum();
        int most = all.stream().mapToInt(one -> one.datagrams().most()).max().orElse(0);
        int failed = all.stream().mapToInt(one -> one.connections().failed()).sum();
        int slow = all.stream().mapToInt(one -> one.connections().slow()).sum();
        boolean met =
                silent.isEmpty()
                        && most <= each.allowed()
                        && failed == 0
                        && (slow == 0 || each.allowed() > 0);
        var rows = new ArrayList<String>();
        rows.add(
                String.format(
                        Locale.ROOT,
                        "| %s | %d | %d | %d | %d | %d | %d | %s | %s |",
                        each.name(),
                        all.stream().mapToInt(one -> one.datagrams().sent()).sum(),
                        lost,
                        most,
                        all.stream().mapToInt(one -> one.connections().begun()).sum(),
                        failed,
                        slow,
                        each.allowed() == 0 ? "none" : each.allowed() + " at once, none failed",
                        met ? "yes" : "no" + (silent.isEmpty() ? "" : ": silent: " + silent)));
        outcomes.forEach((way, one) -> {
            if (!one.isClean()) {
                rows.add(
                        String.format(
                                Locale.ROOT,
                                "| - %s | %d | %d | %d | %d | %d | %d | | |",
                                way,
                                one.datagrams().sent(),
                                one.datagrams().lost(),
                                one.datagrams().most(),
                                one.connections().begun(),
                                one.connections().failed(),
                                one.connections().slow()));
            }
        });
        return rows;
    }
}
