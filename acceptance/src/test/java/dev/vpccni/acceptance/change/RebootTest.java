package dev.vpccni.acceptance.change;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.acceptance.lab.LabUnderTest;
import dev.vpccni.acceptance.lab.LabUnderTest.PodOutcome;
import dev.vpccni.acceptance.lab.NodeStatus;
import dev.vpccni.acceptance.lab.WantedLab;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A node that boots again has its interfaces, and no pod, no rule and no checkpoint of before. */
class RebootTest {

    private static final String NODE = "node-1";
    private static final String OTHER = "node-2";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** More than the primary interface of a c5.large has addresses for. */
    private static final int PODS = 12;

    @Test
    void podsComeAgainOnTheInterfacesThatThereWere() throws Exception {
        try (var lab = LabUnderTest.up(WantedLab.nodes(2, "c5.large"))) {
            lab.added(NODE, PODS);
            List<PodOutcome> there = lab.added(OTHER, 1);
            lab.await("three interfaces", PATIENCE, () -> lab.status(NODE).enis().size() == 3);
            Set<String> before = interfaces(lab);

            lab.ask(Map.of("verb", "reboot", "node", NODE));

            assertThat(interfaces(lab)).isEqualTo(before);
            assertThat(lab.exec(NODE, "ip", "rule").out()).doesNotContain("512:");
            assertThat(lab.exec(NODE, "ip", "-o", "link").out()).doesNotContain("eni");
            List<PodOutcome> pods = lab.added(NODE, PODS);
            assertThat(pods).extracting(PodOutcome::address).doesNotHaveDuplicates();
            Map<String, Map<String, String>> reached = lab.connectivity();
            for (PodOutcome pod : pods) {
                assertThat(reached.get(pod.name()))
                        .containsKey(there.getFirst().name())
                        .doesNotContainValue("");
                assertThat(reached.get(there.getFirst().name()))
                        .containsEntry(pod.name(), there.getFirst().address());
            }
            lab.removeAll();
        }
    }

    private static Set<String> interfaces(LabUnderTest lab) throws Exception {
        Set<String> all = new HashSet<>();
        for (NodeStatus.Eni eni : lab.status(NODE).enis()) {
            all.add(eni.id());
        }
        return all;
    }
}
