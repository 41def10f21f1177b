package dev.vpccni.acceptance.change;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.acceptance.lab.Ended;
import dev.vpccni.acceptance.lab.LabUnderTest;
import dev.vpccni.acceptance.lab.Traffic;
import dev.vpccni.acceptance.lab.Traffic.End;
import dev.vpccni.acceptance.lab.WantedLab;
import dev.vpccni.emulator.fabric.FabricPlan;
import dev.vpccni.linux.namespace.NamespaceThread;
import dev.vpccni.testing.traffic.Answerer;
import dev.vpccni.testing.traffic.Mix;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;

/**
 * A daemon that is restarted, and told something else each time: no datagram is lost and no
 * connection takes a packet twice, on whatever way. {@code scripts/bench loss} does more of it.
 */
class LossTest {

    private static final String NODE = "node-1";

    /** Nine fit the primary interface of a c5.large; two more lie on the next. */
    private static final int PODS = 11;

    private static final int PORT = 7;
    private static final int NODE_PORT = 30_007;
    private static final int SOME = 50;
    private static final Duration SOON = Duration.ofSeconds(10);

    /** What the daemon is told in turn. */
    private static SequencedMap<String, Map<String, String>> restarts() {
        var all = new LinkedHashMap<String, Map<String, String>>();
        all.put("the same", Map.of());
        all.put("another mark", Map.of("AWS_VPC_K8S_CNI_CONNMARK", "0x40000000"));
        all.put(
                "exclusions",
                Map.of(
                        "AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS",
                        "192.168.0.0/16",
                        "AWS_VPC_K8S_CNI_RANDOMIZESNAT",
                        "none"));
        all.put(
                "services outside, no node ports",
                Map.of(
                        "AWS_EXTERNAL_SERVICE_CIDRS",
                        "203.0.113.0/24",
                        "AWS_VPC_CNI_NODE_PORT_SUPPORT",
                        "false"));
        return all;
    }

    @Test
    void nothingIsLostWhateverTheDaemonIsToldNext() throws Exception {
        var open = new ArrayList<Answerer>();
        try (var lab = LabUnderTest.up(WantedLab.nodes(2, "c5.large"));
                var thread = NamespaceThread.start("loss");
                var mix = new Mix()) {
            lab.added(NODE, PODS);
            lab.added("node-2", 1);
            List<End> pods;
            try (Traffic traffic = Traffic.measure(lab)) {
                pods = traffic.pods();
            }
            End primary = pods.stream().filter(pod -> pod.device() == 0).findFirst().orElseThrow();
            End secondary = pods.stream().filter(pod -> pod.device() > 0).findFirst().orElseThrow();
            End other = pods.getLast();
            String internet = FabricPlan.INTERNET_SERVER.toString();
            try {
                open.add(answer(thread, lab.server("internet"), internet));
                open.add(answer(thread, lab.namespace(other.name()), other.address()));
                open.add(answer(thread, lab.namespace(secondary.name()), secondary.address()));
                for (String protocol : List.of("udp", "tcp")) {
                    Ended written =
                            lab.exec(
                                    NODE,
                                    "sh",
                                    "-c",
                                    ("iptables -t nat -I PREROUTING -p %s --dport %d -m addrtype"
                                                    + " --dst-type LOCAL -j DNAT --to-destination"
                                                    + " %s:%d")
                                            .formatted(
                                                    protocol,
                                                    NODE_PORT,
                                                    secondary.address(),
                                                    PORT));
                    assertThat(written.status()).as("%s", written).isZero();
                }
                for (End pod : List.of(primary, secondary)) {
                    Path from = lab.namespace(pod.name());
                    add(mix, thread, pod.name() + " to a pod", from, other.address(), PORT);
                    add(mix, thread, pod.name() + " to the internet", from, internet, PORT);
                }
                add(
                        mix,
                        thread,
                        "a node port from the internet",
                        lab.server("internet"),
                        FabricPlan.PUBLIC_ADDRESSES.network().plus(1).toString(),
                        NODE_PORT);
                assertThat(mix.awaitAnswers(SOME, SOON)).as("silent at first").isEmpty();
                for (var next : restarts().entrySet()) {
                    lab.daemon(NODE, "stop");
                    lab.startDaemon(NODE, next.getValue());
                    assertThat(mix.awaitAnswers(SOME, SOON))
                            .as("silent after: %s", next.getKey())
                            .isEmpty();
                }
                assertThat(mix.end())
                        .allSatisfy((way, outcome) ->
                                assertThat(outcome).as(way).matches(Mix.Outcome::isClean));
            } finally {
                for (Answerer each : open) {
                    each.close();
                }
            }
        }
    }

    private static Answerer answer(NamespaceThread thread, Path where, String address)
            throws Exception {
        var at = new InetSocketAddress(address, PORT);
        return thread.inside(
                where,
                () ->
                        Answerer.start(
                                DatagramChannel.open(StandardProtocolFamily.INET).bind(at),
                                ServerSocketChannel.open(StandardProtocolFamily.INET).bind(at)));
    }

    private static void add(
            Mix mix, NamespaceThread thread, String way, Path from, String address, int port)
            throws Exception {
        mix.add(
                way,
                thread.inside(from, () -> DatagramChannel.open(StandardProtocolFamily.INET)),
                () ->
                        thread.inside(
                                from,
                                () -> SocketChannel.open(StandardProtocolFamily.INET).socket()),
                new InetSocketAddress(address, port));
    }
}
