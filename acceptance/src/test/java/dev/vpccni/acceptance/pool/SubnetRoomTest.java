package dev.vpccni.acceptance.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.acceptance.lab.Ec2View;
import dev.vpccni.acceptance.lab.LabUnderTest;
import dev.vpccni.acceptance.lab.LabUnderTest.PodOutcome;
import dev.vpccni.acceptance.lab.WantedLab;
import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Subnets that have little left, or no prefix, and then have again. */
class SubnetRoomTest {

    private static final String NODE = "node-1";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** The last of the pauses after which a prefix is tried for. */
    private static final Duration TRIED_AGAIN = Duration.ofMinutes(6);

    /** More than an interface holds, so that another one is made with single addresses, too. */
    private static final int PODS = 12;

    @Test
    void aFragmentedSubnetServesWithSingleAddressesUntilItHasPrefixes() throws Exception {
        WantedLab wanted =
                WantedLab.nodes(1, "c5.large")
                        .subnet("10.0.0.0/24", 0)
                        .with("ENABLE_PREFIX_DELEGATION", "true")
                        .with("WARM_PREFIX_TARGET", "1");
        try (var lab = LabUnderTest.up(wanted)) {
            List<PodOutcome> pods = lab.added(NODE, PODS);
            assertThat(pods).extracting(PodOutcome::address).doesNotHaveDuplicates();
            assertThat(prefixes(lab)).isZero();
            assertThat(Files.readString(LabUnderTest.log(NODE, "ipamd.log")))
                    .contains("single addresses serve where prefixes would");

            for (String eni : others(lab)) {
                Ec2View.change(
                        lab, NODE, "Action=DeleteNetworkInterface", "NetworkInterfaceId=" + eni);
            }

            lab.await("a prefix", TRIED_AGAIN, () -> prefixes(lab) > 0);
            lab.added(NODE, 1);
        }
    }

    /** Pods wait for room, and have it in time. */
    @Test
    void aSubnetThatRunsFullWhilePodsStartServesThemOnceItHasRoom() throws Exception {
        WantedLab wanted =
                WantedLab.nodes(1, "m5.xlarge")
                        .subnet("10.0.0.0/26", -1)
                        .with("WARM_IP_TARGET", "2");
        try (var lab = LabUnderTest.up(wanted);
                ExecutorService tasks = Executors.newVirtualThreadPerTaskExecutor()) {
            lab.await("rest", PATIENCE, () -> lab.status(NODE).count("warm") == 2);
            long free = subnet(lab).integer("free");
            String eni =
                    Ec2View.change(
                            lab,
                            NODE,
                            "Action=CreateNetworkInterface",
                            "SubnetId=" + subnet(lab).string("id"),
                            "SecondaryPrivateIpAddressCount=" + (free - 6));
            assertThat(subnet(lab).integer("free")).isEqualTo(5);

            Future<List<PodOutcome>> pods = tasks.submit(() -> lab.add(NODE, PODS));
            lab.await(
                    "a full subnet",
                    PATIENCE,
                    () -> subnet(lab).integer("free") == 0 && lab.status(NODE).count("warm") == 0);
            assertThat(pods.isDone()).isFalse();
            Ec2View.change(lab, NODE, "Action=DeleteNetworkInterface", "NetworkInterfaceId=" + eni);

            assertThat(pods.get())
                    .hasSize(PODS)
                    .allSatisfy(pod -> assertThat(pod.error()).isEmpty());
            assertThat(pods.get()).extracting(PodOutcome::address).doesNotHaveDuplicates();
        }
    }

    private static int prefixes(LabUnderTest lab) throws IOException, JsonException {
        return lab.status(NODE).enis().stream().mapToInt(eni -> eni.prefixes().size()).sum();
    }

    private static JsonObject subnet(LabUnderTest lab) throws IOException, JsonException {
        return lab.ask(Map.of("verb", "subnets")).objects("subnets").getFirst();
    }

    private static List<String> others(LabUnderTest lab) throws Exception {
        return Ec2View.interfaces(lab, NODE).entrySet().stream()
                .filter(each -> each.getValue().contains("of somebody else"))
                .map(Map.Entry::getKey)
                .toList();
    }
}
