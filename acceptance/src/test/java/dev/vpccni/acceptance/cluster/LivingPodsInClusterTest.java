package dev.vpccni.acceptance.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.acceptance.cluster.ClusterPods.Running;
import dev.vpccni.acceptance.lab.WantedLab;
import dev.vpccni.emulator.fabric.FabricPlan;
import dev.vpccni.linux.namespace.NamespaceThread;
import dev.vpccni.testing.traffic.Answerer;
import dev.vpccni.testing.traffic.Mix;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Pods live on, with their addresses and without the loss of a packet, while what is around them
 * goes down and comes back.
 */
@Tag("cluster")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class LivingPodsInClusterTest {

    private static final int PORT = 7;
    private static final int SOME = 100;
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final int PODS = 6;

    private final InstalledCluster cluster = up();
    private final NamespaceThread thread = thread();
    private final List<Answerer> answerers = new ArrayList<>();
    private ClusterPods web = new ClusterPods(cluster.kubectl(), "web");
    private List<Running> pods = List.of();
    private Running asking = new Running("", "", "");
    private Running asked = asking;

    private static InstalledCluster up() {
        try {
            return InstalledCluster.up(WantedLab.nodes(2, "c5.large"));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static NamespaceThread thread() {
        try {
            return NamespaceThread.start("cluster-traffic");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @BeforeAll
    void start() throws Exception {
        web = ClusterPods.start(cluster.kubectl(), "web", PODS);
        pods = web.running();
        asking = pods.getFirst();
        asked =
                pods.stream()
                        .filter(pod -> !pod.node().equals(asking.node()))
                        .findFirst()
                        .orElseThrow();
        answerers.add(answer(cluster.namespace(asked), asked.address()));
        answerers.add(
                answer(cluster.lab().server("internet"), FabricPlan.INTERNET_SERVER.toString()));
    }

    @AfterAll
    void down() throws Exception {
        for (Answerer each : answerers) {
            each.close();
        }
        thread.close();
        cluster.close();
    }

    /** What may happen around a pod. */
    private interface Event {
        void happen(Mix mix) throws Exception;
    }

    @Test
    void whileTheDaemonsAreReplacedOneAfterTheOther() throws Exception {
        livesOn(mix -> {
            cluster.kubectl()
                    .must(
                            "rollout",
                            "restart",
                            "daemonset/aws-node",
                            "--namespace",
                            InstalledCluster.DAEMONS);
            cluster.kubectl()
                    .must(
                            "rollout",
                            "status",
                            "daemonset/aws-node",
                            "--namespace",
                            InstalledCluster.DAEMONS,
                            "--timeout=180s");
        });
    }

    @Test
    void whileTheRuntimeCrashes() throws Exception {
        livesOn(mix -> {
            for (String machine : cluster.machines().values()) {
                cluster.program("kill", machine, "containerd");
                cluster.program("start", machine, "containerd");
            }
        });
    }

    @Test
    void whileTheKubeletIsAway() throws Exception {
        livesOn(mix -> {
            for (String machine : cluster.machines().values()) {
                cluster.program("stop", machine, "kubelet");
                cluster.program("start", machine, "kubelet");
            }
        });
    }

    @Test
    void whileTheApiServerIsAway() throws Exception {
        livesOn(mix -> {
            cluster.program("kill", "control", "kube-apiserver");
            assertThat(mix.awaitAnswers(SOME, SOON)).as("silent without it").isEmpty();
            cluster.program("start", "control", "kube-apiserver");
        });
    }

    /** The same pods with the same addresses, none started again, no packet lost. */
    private void livesOn(Event event) throws Exception {
        SortedMap<String, String> assigned = assigned();
        SortedMap<String, Long> restarts = cluster.restarts("-l", "app=web");
        try (var mix = new Mix()) {
            Path from = cluster.namespace(asking);
            add(mix, "a pod of another node", from, asked.address());
            add(mix, "the internet", from, FabricPlan.INTERNET_SERVER.toString());
            assertThat(mix.awaitAnswers(SOME, SOON)).as("silent at first").isEmpty();

            event.happen(mix);

            assertThat(mix.awaitAnswers(SOME, SOON)).as("silent afterwards").isEmpty();
            assertThat(mix.end())
                    .allSatisfy((way, outcome) ->
                            assertThat(outcome).as(way).matches(Mix.Outcome::isClean));
        }
        cluster.awaitReady();
        assertThat(web.running()).isEqualTo(pods);
        assertThat(cluster.restarts("-l", "app=web")).isEqualTo(restarts);
        assertThat(assigned()).isEqualTo(assigned);
        ClusterPods another = ClusterPods.start(cluster.kubectl(), "another", 2);
        another.remove();
    }

    /** Returns the addresses of the pods that live on: others may be on their way. */
    private SortedMap<String, String> assigned() throws Exception {
        SortedMap<String, String> assigned = cluster.assigned();
        assigned.values().removeIf(pod -> !pod.startsWith("web-"));
        assertThat(assigned).hasSize(PODS);
        return assigned;
    }

    private Answerer answer(Path where, String address) throws Exception {
        var at = new InetSocketAddress(address, PORT);
        return thread.inside(
                where,
                () ->
                        Answerer.start(
                                DatagramChannel.open(StandardProtocolFamily.INET).bind(at),
                                ServerSocketChannel.open(StandardProtocolFamily.INET).bind(at)));
    }

    private void add(Mix mix, String way, Path from, String address) throws Exception {
        mix.add(
                way,
                thread.inside(from, () -> DatagramChannel.open(StandardProtocolFamily.INET)),
                () ->
                        thread.inside(
                                from,
                                () -> SocketChannel.open(StandardProtocolFamily.INET).socket()),
                new InetSocketAddress(address, PORT));
    }
}
