package dev.vpccni.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.dataplane.BranchInterface;
import dev.vpccni.dataplane.BranchInterface.Mode;
import dev.vpccni.dataplane.PodLink;
import dev.vpccni.dataplane.PodWiring;
import dev.vpccni.dataplane.branch.BranchEnd;
import dev.vpccni.dataplane.branch.BranchPods;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.MacAddress;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostFailure;
import dev.vpccni.node.port.PodNamespace;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Pods that upstream's plugin has wired to interfaces of their own, made by ip(8) as upstream does.
 * A veth stands for the VLAN's device, which most kernels for tests cannot make.
 */
final class BranchRemovalTest extends HostFixture {

    private static final String HASH = "af62ded4ed0";
    private static final IpAddress ADDRESS = IpAddress.parse("10.0.1.150");
    private static final MacAddress MAC = MacAddress.parse("06:00:00:00:00:07");

    /** Does what upstream's plugin does on the node, for a pod with these digits. */
    private void wire(Mode mode, String digits, String address, int vlan) {
        String veth = (mode == Mode.STRICT ? "vlan" : "eni") + digits;
        String device = "vlan.eth." + vlan;
        int table = vlan + 100;
        node.node.ip("link add " + veth + " type veth peer name pod-" + digits.substring(8));
        node.node.ip("link set " + veth + " up");
        node.node.ip(
                "link add "
                        + device
                        + " address 06:00:00:00:00:0"
                        + vlan
                        + " type veth peer name t"
                        + vlan);
        node.node.ip("link set " + device + " up");
        node.node.ip("route add 10.0.1.1 dev " + device + " scope link table " + table);
        node.node.ip("route add default via 10.0.1.1 dev " + device + " table " + table);
        switch (mode) {
            case STRICT -> {
                node.node.ip("route add " + address + " dev " + veth + " table " + table);
                node.node.ip("rule add iif " + device + " lookup " + table + " pref 10");
                node.node.ip("rule add iif " + veth + " lookup " + table + " pref 10");
            }
            case STANDARD -> {
                node.node.ip("route add " + address + " dev " + veth);
                node.node.ip("rule add to " + address + " lookup main pref 512");
                node.node.ip("rule add from " + address + " lookup " + table + " pref 1536");
            }
        }
    }

    private static BranchEnd end(Mode mode, @Nullable MacAddress mac) {
        String veth = (mode == Mode.STRICT ? "vlan" : "eni") + HASH;
        return new BranchEnd(veth, ADDRESS, 7, mac);
    }

    /** But for what the kernel adds by itself a moment after a link is up. */
    private String kernel() {
        String routes =
                node.node
                        .ip("route show table all type unicast")
                        .lines()
                        .filter(route -> !route.startsWith("fe80::"))
                        .collect(Collectors.joining("\n"));
        return String.join("\n", node.node.ip("rule"), routes, node.node.ip("-br link"));
    }

    private String rulesAndRoutes() {
        return node.node.ip("rule") + node.node.ip("route show table all type unicast");
    }

    @ParameterizedTest
    @CsvSource({
        "STRICT, alive",
        "STRICT, dead",
        "STANDARD, alive",
        "STANDARD, dead",
        "STRICT, half",
        "STANDARD, half"
    })
    void nothingOfSuchAPodRemains(Mode mode, String state) throws Exception {
        String before = rulesAndRoutes();
        wire(mode, HASH, "10.0.1.150", 7);
        switch (state) {
            case "dead" -> node.node.ip("link del " + end(mode, null).hostInterface());
            case "half" -> {
                node.node.ip("link del vlan.eth.7");
                node.node.ip("rule del pref " + (mode == Mode.STRICT ? 10 : 512));
            }
            default -> {}
        }

        host.unwire(end(mode, null), false);

        assertThat(rulesAndRoutes()).isEqualTo(before);
        assertThat(node.node.ip("-br link")).doesNotContain("vlan.eth.7");
        host.unwire(end(mode, null), false);
    }

    /** Upstream knows such a pod by the VLAN's number alone. */
    @ParameterizedTest
    @EnumSource
    void aLaterPodWithTheVlanStays(Mode mode) throws Exception {
        wire(mode, "00000000001", "10.0.1.160", 7);
        String before = kernel();

        host.unwire(end(mode, null), false);

        assertThat(kernel()).isEqualTo(before);
    }

    /** A pod of a StatefulSet comes again by the same name. */
    @ParameterizedTest
    @EnumSource
    void aLaterPodWithTheVlanAndTheNameStays(Mode mode) throws Exception {
        wire(mode, HASH, "10.0.1.160", 7);
        String before = kernel();

        host.unwire(end(mode, null), false);

        assertThat(kernel()).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource
    void aLaterPodWithEverythingButTheInterfaceStays(Mode mode) throws Exception {
        wire(mode, HASH, "10.0.1.150", 7);
        String before = kernel();

        host.unwire(end(mode, MacAddress.parse("06:00:00:00:00:99")), false);
        assertThat(kernel()).isEqualTo(before);

        host.unwire(end(mode, MAC), true);
        assertThat(kernel()).as("it lives").isEqualTo(before);

        host.unwire(end(mode, MAC), false);
        assertThat(kernel()).isNotEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void otherPodsAreNotTouched(boolean strictOther) throws Exception {
        wire(strictOther ? Mode.STRICT : Mode.STANDARD, "00000000001", "10.0.1.160", 8);
        String before = rulesAndRoutes();
        wire(Mode.STRICT, HASH, "10.0.1.150", 7);

        host.unwire(end(Mode.STRICT, null), false);

        assertThat(rulesAndRoutes()).isEqualTo(before);
        assertThat(node.node.ip("-br link")).contains("vlan.eth.8").doesNotContain("vlan.eth.7");
    }

    /** With this tag upstream's table is the main one. */
    @Test
    void aVlanWithoutATableOfItsOwnTakesNothingElseAway() throws Exception {
        wire(Mode.STRICT, "00000000001", "10.0.1.160", 8);
        String before = kernel();

        host.unwire(new BranchEnd("vlan" + HASH, ADDRESS, 154, null), false);

        assertThat(kernel()).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource
    void whatIsThereIsRecognised(Mode mode) throws Exception {
        wire(mode, HASH, "10.0.1.150", 7);

        assertThat(BranchPods.ends(host.branches())).containsExactly(end(mode, MAC));
        assertThat(BranchPods.whole(host.branches()).get(ADDRESS))
                .isNotNull()
                .satisfies(pod -> {
                    assertThat(pod.mode()).isEqualTo(mode);
                    assertThat(pod.branch().gateway()).isEqualTo(IpAddress.parse("10.0.1.1"));
                });
        assertThat(host.observe().links()).as("no interface of the node").doesNotContainKey(MAC);
    }

    @Test
    void anOrdinaryPodMayHaveTheAddressAfterwards() throws Exception {
        wire(Mode.STANDARD, HASH, "10.0.1.150", 7);
        host.unwire(end(Mode.STANDARD, null), false);

        TestNamespace pod = node.pod();
        var ordinary =
                new PodWiring.OneAddress(new PodLink("enibbbbbbbbbbb", "eth0", ADDRESS, 2, 9001));
        try (PodNamespace inside = LinuxPodNamespace.open(pod.path())) {
            host.wire(ordinary, inside);
            assertThat(host.verify(ordinary, inside)).isEmpty();
        }
    }

    /** Where the kernel lacks what it takes, a failed ADD says so and leaves nothing. */
    @ParameterizedTest
    @CsvSource({
        "STRICT, none, 95, this kernel knows no VLANs",
        "STANDARD, none, 95, this kernel knows no VLANs",
        "STRICT, other, 17, the node has an interface vlan.eth.7 that is no VLAN",
    })
    void aFailedAddLeavesNothing(Mode mode, String there, int errno, String words)
            throws Exception {
        if (there.equals("other")) {
            node.node.ip("link add vlan.eth.7 type veth peer name t7");
        } else if (node.node.attempt("ip link add link ens6 name probe type vlan id 9").status()
                == 0) {
            node.node.ip("link del probe");
            return; // another test makes such devices then
        }
        TestNamespace pod = node.pod();
        node.node.ip("link set ens6 up"); // as a trunk is
        ServedNode.awaitCarrier(node.node, "ens6");
        String before = kernel() + pod.ip("-br link");
        String veth = (mode == Mode.STRICT ? "vlan" : "eni") + HASH;
        var wiring =
                new PodWiring.OnBranch(
                        new PodLink(veth, "eth0", ADDRESS, 107, 9001),
                        new BranchInterface(
                                7, MAC, TestNode.SECONDARY, IpAddress.parse("10.0.1.1")),
                        mode);
        try (PodNamespace inside = LinuxPodNamespace.open(pod.path())) {
            assertThatThrownBy(() -> host.wire(wiring, inside))
                    .isInstanceOfSatisfying(
                            HostException.class,
                            e ->
                                    assertThat(e.failure())
                                            .isEqualTo(
                                                    new HostFailure.Refused(
                                                            "make VLAN device", errno)))
                    .hasMessageContaining(words);
        }
        assertThat(kernel() + pod.ip("-br link")).isEqualTo(before);
    }
}
