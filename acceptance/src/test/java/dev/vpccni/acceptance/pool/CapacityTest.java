package dev.vpccni.acceptance.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.acceptance.lab.Ec2View;
import dev.vpccni.acceptance.lab.KernelView;
import dev.vpccni.acceptance.lab.LabUnderTest;
import dev.vpccni.acceptance.lab.LabUnderTest.PodOutcome;
import dev.vpccni.acceptance.lab.NodeStatus;
import dev.vpccni.acceptance.lab.WantedLab;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Up to what a node can hold, beyond it, and down to nothing. */
class CapacityTest {

    /** A c5.large has 3 interfaces with 10 addresses each, of which one is the interface's own. */
    private static final int CAPACITY = 27;

    private static final int ADDRESSES = 30;
    private static final Duration SETTLES = Duration.ofSeconds(60);

    /** Of 30 s, less what clocks may differ by. */
    private static final Duration COOLDOWN = Duration.ofMillis(29_900);

    /** An interface goes when nobody has needed it for two minutes, and EC2 takes its time. */
    private static final Duration GIVEN_BACK = Duration.ofMinutes(5);

    /** The plugin waits a minute at most; what follows comes on top. */
    private static final Duration ANSWERED = Duration.ofMinutes(2);

    /** A pod that nothing here can help hears of it long before the plugin gives up. */
    private static final Duration REFUSED = Duration.ofSeconds(30);

    /** Two nodes, so that one pod may wait in vain while another does not. */
    @Test
    void upToTheLimitBeyondItAndDownToNone() throws Exception {
        try (var lab = LabUnderTest.up(WantedLab.nodes(2, "c5.large"));
                ExecutorService tasks = Executors.newVirtualThreadPerTaskExecutor()) {
            for (String node : List.of("node-1", "node-2")) {
                lab.await("rest", SETTLES, () -> isEmpty(lab.status(node)));
            }
            NodeStatus begin = lab.status("node-2");
            SortedMap<String, String> ec2 = Ec2View.interfaces(lab, "node-2");
            SortedMap<String, List<String>> kernel = KernelView.of(lab, "node-2");

            List<PodOutcome> one = fill(lab, "node-1");
            List<PodOutcome> two = fill(lab, "node-2");
            SortedMap<String, List<String>> full = KernelView.of(lab, "node-1");

            isRefusedWithTheLimit(lab.add("node-1", 1, "one-too-many").getFirst());
            theWaiterGetsWhatIsFreed(lab, two.get(CAPACITY / 2), tasks);
            downToNone(lab, begin);

            assertThat(lab.status("node-1").count("assigned")).isEqualTo(one.size());
            KernelView.awaitAsBefore(lab, "node-1", full);

            assertThat(without(lab.status("node-1"), Ec2View.interfaces(lab, "node-2")))
                    .isEqualTo(without(lab.status("node-1"), ec2));
            KernelView.awaitAsBefore(lab, "node-2", kernel);
        }
    }

    /** Returns the pods, each of which has an address of its own. */
    private static List<PodOutcome> fill(LabUnderTest lab, String node) throws Exception {
        List<PodOutcome> pods = lab.added(node, CAPACITY);
        assertThat(pods).extracting(PodOutcome::address).doesNotHaveDuplicates();
        NodeStatus status = lab.status(node);
        assertThat(status.enis()).hasSize(3);
        assertThat(status.total()).isEqualTo(ADDRESSES);
        assertThat(status.count("assigned")).isEqualTo(CAPACITY);
        return pods;
    }

    /** One more than fits waits, and has the next address that may be used again. */
    private static void theWaiterGetsWhatIsFreed(
            LabUnderTest lab, PodOutcome leaving, ExecutorService tasks) throws Exception {
        long removal = System.nanoTime();
        lab.remove(List.of(leaving.name()));
        Future<PodOutcome> patient = tasks.submit(() -> lab.add("node-2", 1, "patient").getFirst());
        lab.await(
                "an address for the pod that waits",
                ANSWERED,
                () -> {
                    boolean done = patient.isDone();
                    String state = stateOf(lab, leaving.address());
                    if (since(removal).compareTo(COOLDOWN) < 0) {
                        assertThat(done).isFalse();
                        assertThat(state).isEqualTo("cooling");
                    }
                    return done;
                });
        assertThat(since(removal)).isGreaterThanOrEqualTo(COOLDOWN);
        PodOutcome got = patient.get();
        assertThat(got.error()).isEmpty();
        assertThat(got.address()).isEqualTo(leaving.address());
    }

    /** No address is given back before it has cooled down; then all go that came. */
    private static void downToNone(LabUnderTest lab, NodeStatus begin) throws Exception {
        var names = new ArrayList<String>();
        lab.status("node-2")
                .enis()
                .forEach(eni ->
                        eni.addresses().stream()
                                .filter(slot -> slot.state().equals("assigned"))
                                .forEach(slot -> names.add(slot.pod())));
        assertThat(names).hasSize(CAPACITY).contains("patient");
        long removal = System.nanoTime();
        lab.remove(names);
        while (true) {
            NodeStatus status = lab.status("node-2");
            if (since(removal).compareTo(COOLDOWN) >= 0) {
                break;
            }
            assertThat(status.count("cooling")).isEqualTo(CAPACITY);
            assertThat(status.total()).isEqualTo(ADDRESSES);
            TimeUnit.MILLISECONDS.sleep(500);
        }
        lab.await("what node-2 began with", GIVEN_BACK, () -> lab.status("node-2").equals(begin));
    }

    private static void isRefusedWithTheLimit(PodOutcome refused) {
        assertThat(refused.address()).isEmpty();
        assertThat(refused.millis()).as("it was told soon").isLessThan(REFUSED.toMillis());
        assertThat(refused.error())
                .contains("c5.large holds 27 pod addresses (3 interfaces with 9 each)")
                .contains("27 in use, 0 cooling down, 0 free")
                .contains("use a larger instance type")
                .contains("--max-pods=29");
    }

    private static boolean isEmpty(NodeStatus node) {
        return node.enis().size() == 1 && node.total() == 10 && node.count("warm") == 9;
    }

    private static String stateOf(LabUnderTest lab, String address) throws Exception {
        return lab.status().stream()
                .flatMap(node -> node.enis().stream())
                .flatMap(eni -> eni.addresses().stream())
                .filter(slot -> slot.address().equals(address))
                .map(NodeStatus.Slot::state)
                .findFirst()
                .orElse("gone");
    }

    private static Map<String, String> without(NodeStatus node, Map<String, String> interfaces) {
        var rest = new TreeMap<>(interfaces);
        node.enis().forEach(eni -> rest.remove(eni.id()));
        return rest;
    }

    private static Duration since(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos);
    }
}
