package dev.vpccni.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.dataplane.BranchInterface.Mode;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whichever request the kernel refuses while a branch pod is being wired, nothing remains. */
@Tag("vlan")
final class BranchFailureTest {

    /**
     * Each with the least number of requests: where the VLAN's device is new, and where one that
     * fits has an earlier pod's route and rule.
     */
    @ParameterizedTest
    @CsvSource({"STRICT, false, 18", "STRICT, true, 18", "STANDARD, false, 18"})
    void nothingRemainsWhicheverRequestIsRefused(Mode mode, boolean reused, int least)
            throws Exception {
        try (var node = new TestNode();
                var pod = node.pod()) {
            node.node.ip("link set ens6 up");
            if (reused) {
                node.node.ip(
                        "link add link ens6 name vlan.eth.7 address 06:00:00:00:00:07 type vlan"
                                + " id 7");
                node.node.ip("link set vlan.eth.7 up");
                node.node.ip("route add 10.0.1.99 dev vlan.eth.7 table 107");
                node.node.ip("rule add iif vlan00000000009 lookup 107 pref 10");
            }
            var wiring = BranchNode.pod(mode, "af62ded4ed0", "10.0.1.150", 7);

            assertThat(FailureTest.refuseEach(wiring, PodTable::new, node, pod))
                    .isGreaterThanOrEqualTo(least);

            assertThat(node.node.ip("rule")).doesNotContain("vlan00000000009");
            assertThat(node.node.ip("route show table 107")).doesNotContain("10.0.1.99");
        }
    }
}
