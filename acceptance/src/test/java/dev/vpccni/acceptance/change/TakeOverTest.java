package dev.vpccni.acceptance.change;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.acceptance.lab.Attached;
import dev.vpccni.acceptance.lab.Conversation;
import dev.vpccni.acceptance.lab.Ended;
import dev.vpccni.acceptance.lab.KernelWitness;
import dev.vpccni.acceptance.lab.LabUnderTest;
import dev.vpccni.acceptance.lab.LabUnderTest.PodOutcome;
import dev.vpccni.acceptance.lab.UpstreamNode;
import dev.vpccni.acceptance.lab.WantedLab;
import dev.vpccni.emulator.fabric.FabricPlan;
import dev.vpccni.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A node goes from upstream's daemon to this one, and could go back: what upstream's leaves is
 * taken over without a packet lost, and what this one leaves is what upstream's own checker of
 * nodes asserts, and what upstream's checkpoint is.
 */
class TakeOverTest {

    private static final String NODE = "node-1";

    /** Nine fit the primary interface of a c5.large; two more lie on the next. */
    private static final int PODS = 11;

    private static final int PACKETS = 30;
    private static final Duration SOON = Duration.ofSeconds(30);

    @ParameterizedTest(name = "prefixes: {0}")
    @ValueSource(strings = {"false", "true"})
    void whatUpstreamLeftServesOnAndCouldGoBack(String prefixes) throws Exception {
        // The prefixes of a c5.large's primary interface hold all these pods.
        WantedLab wanted =
                WantedLab.nodes(1, "c5.large")
                        .with("ENABLE_PREFIX_DELEGATION", prefixes)
                        .with("WARM_PREFIX_TARGET", "1");
        try (var lab = LabUnderTest.up(wanted)) {
            List<PodOutcome> pods = lab.added(NODE, PODS);
            var addresses = KernelWitness.running(lab);
            List<Attached> attached = new ArrayList<>();
            for (PodOutcome pod : pods) {
                attached.add(Attached.of(lab, NODE, pod.name()));
            }
            try (var near =
                            Conversation.start(
                                    lab, pods.getFirst().name(), pods.getLast().address());
                    var far =
                            Conversation.start(
                                    lab,
                                    pods.getLast().name(),
                                    FabricPlan.PREMISES_SERVER.toString())) {
                lab.daemon(NODE, "stop");
                UpstreamNode.leave(lab, NODE);

                lab.daemon(NODE, "start");

                assertThat(near.unanswered(PACKETS)).isEmpty();
                assertThat(far.unanswered(PACKETS)).isEmpty();
            }
            assertThat(KernelWitness.running(lab)).isEqualTo(addresses);
            KernelWitness.assertEachHasItsOwn(lab, NODE, addresses);
            lab.await("a checkpoint of ours", SOON, () -> checkpoint().has("vpcCni"));
            int secondary = 0;
            for (PodOutcome pod : pods) {
                secondary += assertUpstreamsCheckerIsContent(lab, pod, "-4") ? 1 : 0;
            }
            if (prefixes.equals("false")) {
                assertThat(secondary).as("pods on the secondary interface").isEqualTo(2);
            }
            assertUpstreamReads(pods, "ipv4");

            for (int i = 0; i < pods.size(); i++) {
                String result = i % 2 == 0 ? null : result(lab, pods.get(i));
                Ended del = attached.get(i).withPrevious(result).plugin(lab, "DEL");
                assertThat(del).as("DEL of %s", pods.get(i)).matches(e -> e.status() == 0);
                assertThat(lab.exec(NODE, "ip", "-4", "rule").out())
                        .doesNotContain(pods.get(i).address() + " ");
                assertThat(lab.exec(NODE, "ip", "-4", "route").out())
                        .doesNotContain(pods.get(i).address() + " ");
            }
            assertThat(checkpoint().objects("allocations")).isEmpty();
        }
    }

    /** Pods with IPv6 addresses are all on the primary interface, and nothing is translated. */
    @Test
    void whatUpstreamLeftOfAnIpv6NodeServesOnAndCouldGoBack() throws Exception {
        try (var lab = LabUnderTest.up(WantedLab.nodes(1, "c5.large").withIpv6())) {
            List<PodOutcome> pods = lab.added(NODE, PODS);
            var addresses = KernelWitness.running(lab);
            List<Attached> attached = new ArrayList<>();
            for (PodOutcome pod : pods) {
                attached.add(Attached.of(lab, NODE, pod.name()));
            }
            try (var near =
                    Conversation.start(lab, pods.getFirst().name(), pods.getLast().address())) {
                lab.daemon(NODE, "stop");
                UpstreamNode.leave(lab, NODE);

                lab.daemon(NODE, "start");

                assertThat(near.unanswered(PACKETS)).isEmpty();
            }
            assertThat(KernelWitness.running(lab)).isEqualTo(addresses);
            lab.await("a checkpoint of ours", SOON, () -> checkpoint().has("vpcCni"));
            for (PodOutcome pod : pods) {
                assertThat(assertUpstreamsCheckerIsContent(lab, pod, "-6")).isFalse();
            }
            assertUpstreamReads(pods, "ipv6");

            for (int i = 0; i < pods.size(); i++) {
                Ended del = attached.get(i).withPrevious(null).plugin(lab, "DEL");
                assertThat(del).as("DEL of %s", pods.get(i)).matches(e -> e.status() == 0);
                assertThat(lab.exec(NODE, "ip", "-6", "rule").out())
                        .doesNotContain(pods.get(i).address() + " ");
            }
            assertThat(checkpoint().objects("allocations")).isEmpty();
        }
    }

    private static JsonObject checkpoint() throws Exception {
        return JsonObject.parse(Files.readString(LabUnderTest.checkpoint(NODE)));
    }

    /**
     * Asserts what {@code test/agent/cmd/networking} asserts of each pod.
     *
     * @param family as ip(8) is told it
     * @return whether the pod is on a secondary interface
     */
    private static boolean assertUpstreamsCheckerIsContent(
            LabUnderTest lab, PodOutcome pod, String family) throws Exception {
        String link = "eni" + digest("default." + pod.name());
        assertThat(lab.exec(NODE, "ip", "link", "show", link).out()).contains("state UP");
        assertThat(matching(lab, "ip " + family + " route", Pattern.quote(pod.address()) + " .*"))
                .singleElement()
                .asString()
                .startsWith(pod.address() + " dev " + link);
        List<String> rules =
                matching(
                        lab,
                        "ip " + family + " rule",
                        ".* " + Pattern.quote(pod.address()) + " .*");
        assertThat(rules).filteredOn(rule -> rule.contains("lookup main")).hasSize(1);
        List<String> others = rules.stream().filter(r -> !r.contains("lookup main")).toList();
        if (others.isEmpty()) {
            return false;
        }
        assertThat(others).hasSize(1);
        String table = others.getFirst().replaceAll(".*lookup (\\d+).*", "$1");
        assertThat(matching(lab, "ip -4 route show table " + table, ".*"))
                .satisfiesExactly(
                        first -> assertThat(first).matches("default via 10\\.\\S+ dev eth\\d"),
                        second -> assertThat(second).matches("10\\.\\S+ dev eth\\d scope link"));
        return true;
    }

    private static String digest(String text) throws Exception {
        byte[] sha =
                MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(sha).substring(0, 11);
    }

    /** Whatever else is in it upstream passes over; what it looks for has to be there. */
    private static void assertUpstreamReads(List<PodOutcome> pods, String family) throws Exception {
        JsonObject checkpoint = checkpoint();
        assertThat(checkpoint.string("version")).isEqualTo("vpc-cni-ipam/1");
        var seen = new LinkedHashMap<String, String>();
        for (JsonObject one : checkpoint.objects("allocations")) {
            assertThat(one.names())
                    .containsExactly(
                            "networkName",
                            "containerID",
                            "ifName",
                            family,
                            "allocationTimestamp",
                            "metadata");
            assertThat(one.string("networkName")).isEqualTo("aws-cni");
            assertThat(one.string("ifName")).isEqualTo("eth0");
            assertThat(one.integer("allocationTimestamp")).isPositive();
            JsonObject metadata = one.object("metadata");
            assertThat(metadata.names())
                    .containsExactly("k8sPodNamespace", "k8sPodName", "interfacesCount");
            seen.put(metadata.string("k8sPodName"), one.string(family));
        }
        assertThat(seen).hasSize(pods.size());
        pods.forEach(pod -> assertThat(seen).containsEntry(pod.name(), pod.address()));
    }

    /** Returns what upstream's plugin would have answered to the ADD. */
    private static String result(LabUnderTest lab, PodOutcome pod) throws Exception {
        List<String> from =
                matching(lab, "ip -4 rule", "1536:.* from " + Pattern.quote(pod.address()) + " .*");
        String table =
                from.isEmpty() ? "254" : from.getFirst().replaceAll(".*lookup (\\d+).*", "$1");
        String device = table.equals("254") ? "0" : "1";
        String hash = digest("default." + pod.name());
        return """
        {"cniVersion":"0.4.0","interfaces":[{"name":"eni%s"},\
        {"name":"eth0","mac":"%s","sandbox":"/var/run/netns/gone"},\
        {"name":"dummy%s","mac":"0","sandbox":"%s"}],\
        "ips":[{"version":"4","interface":1,"address":"%s/32"}],"dns":{}}\
        """
                .formatted(hash, table, hash, device, pod.address());
    }

    private static List<String> matching(LabUnderTest lab, String command, String pattern)
            throws Exception {
        try (Stream<String> lines = lab.exec(NODE, command.split(" ")).out().lines()) {
            return lines.map(String::strip).filter(line -> line.matches(pattern)).toList();
        }
    }
}
