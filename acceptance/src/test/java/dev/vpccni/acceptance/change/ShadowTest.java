package dev.vpccni.acceptance.change;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.acceptance.lab.Ended;
import dev.vpccni.acceptance.lab.KernelView;
import dev.vpccni.acceptance.lab.LabUnderTest;
import dev.vpccni.acceptance.lab.UpstreamNode;
import dev.vpccni.acceptance.lab.WantedLab;
import dev.vpccni.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * On a node as upstream's daemon leaves it: whoever only says what he would do has changed nothing,
 * and what he says is what the daemon then does.
 */
class ShadowTest {

    private static final String NODE = "node-1";
    private static final String PROGRAM = LabUnderTest.home().resolve("bin/vpc-cni").toString();

    /** Nine fit the primary interface of a c5.large; two more lie on the next. */
    private static final int PODS = 11;

    private static final Duration SOON = Duration.ofSeconds(90);

    /** All that a program could have changed on the node, and ports and sockets that it took. */
    private static final String EVERYTHING =
            """
            nft -s list ruleset
            sysctl -a 2> /dev/null | grep -E '^net.ipv[46].(conf|ip_forward|tcp_early)'
            ls -lA --full-time /var/run/aws-node /etc/cni/net.d /opt/cni/bin
            sha256sum /var/run/aws-node/ipam.json
            awk '$4 == "0A" { print $2 }' /proc/net/tcp /proc/net/tcp6 | sort
            awk 'NF == 8 { print $8 }' /proc/net/unix | sort
            """;

    @TempDir private Path folder;

    @Test
    void itChangesNothingAndSaysWhatIsThenDone() throws Exception {
        try (var lab = LabUnderTest.up(WantedLab.nodes(1, "c5.large"))) {
            lab.added(NODE, PODS);
            lab.daemon(NODE, "stop");
            UpstreamNode.leave(lab, NODE);
            SortedMap<String, List<String>> kernel = KernelView.of(lab, NODE);
            String everything = everything(lab);
            SortedMap<String, Long> calls = calls(lab);

            watch(lab, everything);
            Ended ended = lab.exec(NODE, PROGRAM, "shadow", "--once", "-o", "json");
            JsonObject before = JsonObject.parse(ended.out());

            assertThat(everything(lab)).isEqualTo(everything);
            assertThat(KernelView.of(lab, NODE)).isEqualTo(kernel);
            assertThat(sent(calls, calls(lab)))
                    .isNotEmpty()
                    .allMatch(action -> action.startsWith("Describe"));
            assertThat(ended.status()).as("nobody introspects: %s", before).isEqualTo(2);
            assertThat(before.objects("unseen"))
                    .singleElement()
                    .satisfies(one -> assertThat(one.string("part")).isEqualTo("daemon"));
            assertThat(before.object("numbers").integer("pods")).isEqualTo(PODS);
            assertThat(before.object("numbers").integer("living")).isEqualTo(PODS);
            assertThat(before.object("numbers").integer("inUse")).isEqualTo(PODS);
            assertThat(before.object("numbers").integer("interfaces")).isGreaterThan(1);
            assertThat(said(before, "pods")).isEmpty();
            assertThat(said(before, "interfaces"))
                    .allMatch(what -> what.startsWith("take up interface"));
            assertThat(ended.out()).doesNotContain("\"attention\":true");
            assertThat(said(before, "routing")).isEmpty();
            boolean marksByNft = everything.contains("table ip aws-cni");
            assertThat(said(before, "filter"))
                    .isEqualTo(marksByNft ? List.of("set nft table ip aws-cni") : List.of());

            lab.daemon(NODE, "start");
            lab.await(
                    "a checkpoint of ours",
                    SOON,
                    () -> Files.readString(LabUnderTest.checkpoint(NODE)).contains("vpcCni"));
            lab.await(
                    "a node on which nothing would change",
                    SOON,
                    () -> {
                        Ended now = lab.exec(NODE, PROGRAM, "shadow", "--once", "-o", "json");
                        return JsonObject.parse(now.out()).objects("findings").isEmpty();
                    });
            assertThat(KernelView.of(lab, NODE)).as("routing, as was said").isEqualTo(kernel);
            assertThat(everything(lab).contains("type filter hook prerouting priority dstnat + 10"))
                    .as("the mark's chain, as was said")
                    .isEqualTo(marksByNft);
            lab.removeAll();
        }
    }

    /** Lets it run for two looks, and meanwhile looks at what it has taken. */
    private void watch(LabUnderTest lab, String everything) throws Exception {
        Path lines = folder.resolve("lines");
        Process started = lab.start(NODE, lines, List.of(PROGRAM, "shadow", "--every", "10"));
        try {
            lab.await(
                    "what two looks have shown",
                    SOON,
                    () -> Files.readString(lines).contains("would take up interface"));
            assertThat(everything(lab)).isEqualTo(everything);
            assertThat(Files.readString(lines))
                    .contains("daemon: not looked at: /127.0.0.1:61679/v1/enis: ")
                    .doesNotContain("attention");
        } finally {
            LabUnderTest.program(started).destroy();
            assertThat(started.waitFor(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
        }
    }

    private static String everything(LabUnderTest lab) throws Exception {
        Ended ended = lab.exec(NODE, "sh", "-c", EVERYTHING);
        assertThat(ended.status()).as("%s", ended).isZero();
        return ended.out();
    }

    private static SortedMap<String, Long> calls(LabUnderTest lab) throws Exception {
        JsonObject ec2 = lab.ask(Map.of("verb", "calls")).objects("nodes").getFirst().object("ec2");
        var calls = new TreeMap<String, Long>();
        for (String action : ec2.names()) {
            calls.put(action, ec2.integer(action));
        }
        return calls;
    }

    private static List<String> sent(SortedMap<String, Long> before, SortedMap<String, Long> now) {
        var sent = new ArrayList<>(now.keySet());
        sent.removeIf(action -> Objects.equals(now.get(action), before.get(action)));
        return sent;
    }

    private static List<String> said(JsonObject report, String part) throws Exception {
        var said = new ArrayList<String>();
        for (JsonObject finding : report.objects("findings")) {
            if (finding.string("part").equals(part)) {
                said.add(finding.string("what"));
            }
        }
        return said;
    }
}
