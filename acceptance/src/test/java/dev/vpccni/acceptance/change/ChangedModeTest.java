package dev.vpccni.acceptance.change;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.acceptance.lab.Conversation;
import dev.vpccni.acceptance.lab.LabUnderTest;
import dev.vpccni.acceptance.lab.LabUnderTest.PodOutcome;
import dev.vpccni.acceptance.lab.NodeStatus;
import dev.vpccni.acceptance.lab.WantedLab;
import dev.vpccni.emulator.fabric.FabricPlan;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A daemon that comes back with another mode: its pods go on, and what was theirs drains. */
class ChangedModeTest {

    private static final String NODE = "node-1";
    private static final String PREFIXES = "ENABLE_PREFIX_DELEGATION";
    private static final String CUSTOM = "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG";
    private static final Cidr POD_SUBNET = Cidr.parse("100.64.0.0/24");
    private static final Duration SETTLES = Duration.ofSeconds(60);

    /** An interface goes when nobody has needed it for two minutes, and EC2 takes its time. */
    private static final Duration GIVEN_BACK = Duration.ofMinutes(5);

    /** Fewer than are sent while the daemon starts. */
    private static final int PACKETS = 30;

    @ParameterizedTest(name = "{0} from {1} to {2}")
    @CsvSource({
        "ENABLE_PREFIX_DELEGATION, false, true",
        "ENABLE_PREFIX_DELEGATION, true, false",
        "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG, false, true"
    })
    void noPodLosesAPacketAndOldBlocksDrain(String variable, String before, String after)
            throws Exception {
        try (var lab = LabUnderTest.up(wanted().with(variable, before))) {
            List<PodOutcome> old = lab.added(NODE, 4);

            underTraffic(
                    lab,
                    old,
                    () -> {
                        lab.startDaemon(NODE, Map.of(variable, after));
                        lab.await(
                                "addresses of the new kind",
                                SETTLES,
                                () -> isKnown(of(lab.status(NODE), variable, after)));
                        String address = lab.added(NODE, 1).getFirst().address();
                        assertThat(isOf(lab.status(NODE), address, variable, after)).isTrue();
                    });
            for (PodOutcome pod : old) {
                assertThat(isOf(lab.status(NODE), pod.address(), variable, before)).isTrue();
            }

            lab.remove(old.stream().map(PodOutcome::name).toList());

            lab.await(
                    "nothing of what pods had before",
                    GIVEN_BACK,
                    () -> of(lab.status(NODE), variable, before).isEmpty());
        }
    }

    /** As upstream's, interfaces that were made for pods serve on; others are not made. */
    @Test
    void withoutCustomNetworkingThePrimaryInterfaceServesAgain() throws Exception {
        try (var lab = LabUnderTest.up(wanted().with(CUSTOM, "true"))) {
            List<PodOutcome> old = lab.added(NODE, 4);

            underTraffic(
                    lab,
                    old,
                    () -> {
                        lab.startDaemon(NODE, Map.of(CUSTOM, "false"));
                        lab.added(NODE, 7);
                    });

            NodeStatus node = lab.status(NODE);
            assertThat(node.enis()).hasSize(2);
            assertThat(node.enis().getFirst().addresses())
                    .filteredOn(slot -> slot.state().equals("assigned"))
                    .hasSizeGreaterThanOrEqualTo(5);
        }
    }

    private static WantedLab wanted() {
        return WantedLab.nodes(1, "c5.large")
                .podSubnet("10.0.0.0/24", "100.64.0.0/24")
                .with("WARM_IP_TARGET", "2")
                .with("IP_COOLDOWN_PERIOD", "1");
    }

    /** What happens between a daemon's end and the end of {@code next} costs no packet. */
    private static void underTraffic(LabUnderTest lab, List<PodOutcome> pods, Steps next)
            throws Exception {
        try (var near = Conversation.start(lab, pods.get(0).name(), pods.get(1).address());
                var far =
                        Conversation.start(
                                lab, pods.get(2).name(), FabricPlan.PREMISES_SERVER.toString())) {
            lab.daemon(NODE, "stop");
            next.take();
            assertThat(near.unanswered(PACKETS)).isEmpty();
            assertThat(far.unanswered(PACKETS)).isEmpty();
        }
    }

    private interface Steps {
        void take() throws Exception;
    }

    /** Returns what EC2 has given the node of what the variable's value brings. */
    private static List<String> of(NodeStatus node, String variable, String value) {
        boolean on = Boolean.parseBoolean(value);
        return node.enis().stream()
                .flatMap(eni ->
                        variable.equals(PREFIXES) && on
                                ? eni.prefixes().stream().map(NodeStatus.Prefix::prefix)
                                : addresses(eni)
                                        .filter(address ->
                                                variable.equals(PREFIXES)
                                                        ? !isOfPrefix(eni, IpAddress.parse(address))
                                                        : POD_SUBNET.contains(
                                                                        IpAddress.parse(address))
                                                                == on))
                .toList();
    }

    private static Stream<String> addresses(NodeStatus.Eni eni) {
        return eni.addresses().stream()
                .filter(slot -> !slot.state().equals("primary"))
                .map(NodeStatus.Slot::address);
    }

    /** Whether EC2's answer has come to the daemon, which writes down what it has. */
    private static boolean isKnown(List<String> blocks) throws IOException {
        String checkpoint = Files.readString(LabUnderTest.checkpoint(NODE));
        return blocks.stream()
                .map(block -> block.contains("/") ? block : block + "/32")
                .anyMatch(block -> checkpoint.contains('"' + block + '"'));
    }

    private static boolean isOf(NodeStatus node, String address, String variable, String value) {
        boolean on = Boolean.parseBoolean(value);
        IpAddress parsed = IpAddress.parse(address);
        return on
                == switch (variable) {
                    case PREFIXES -> node.enis().stream().anyMatch(eni -> isOfPrefix(eni, parsed));
                    case CUSTOM -> POD_SUBNET.contains(parsed);
                    default -> throw new IllegalArgumentException(variable);
                };
    }

    private static boolean isOfPrefix(NodeStatus.Eni eni, IpAddress address) {
        return eni.prefixes().stream()
                .anyMatch(prefix -> Cidr.parse(prefix.prefix()).contains(address));
    }
}
