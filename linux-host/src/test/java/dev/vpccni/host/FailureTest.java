package dev.vpccni.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.vpccni.dataplane.PodLink;
import dev.vpccni.dataplane.PodPlan;
import dev.vpccni.dataplane.PodPlanner;
import dev.vpccni.dataplane.PodWiring;
import dev.vpccni.host.kernel.PodNeighbours;
import dev.vpccni.linux.Descriptor;
import dev.vpccni.linux.namespace.NamespaceThread;
import dev.vpccni.linux.netlink.BrokenRequest;
import dev.vpccni.linux.route.Rtnetlink;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.MacAddress;
import dev.vpccni.node.port.HostException;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whichever request the kernel refuses while a pod is being wired, nothing of the pod remains. */
class FailureTest {

    private static final String VETH = "eniddeaa362342";

    /** Each with how many requests it takes where a rule leads its first address elsewhere. */
    static Stream<Arguments> wirings() {
        return Stream.of(
                // Veth pair, its index, pod side 4, node side 3, rules read, added 2, deleted 2.
                arguments(new PodWiring.OneAddress(link(VETH, "eth0", "10.0.1.101", 2)), 14),
                // In IPv6 the pod's end comes up later, after its parameters are set.
                arguments(new PodWiring.OneAddress(link(VETH, "eth0", "2001:db8::101", 2)), 15),
                // The second pair's take 12: a rule in the pod more, no rules read and deleted.
                arguments(
                        new PodWiring.AddressPerCard(
                                List.of(
                                        link(VETH, "eth0", "10.0.1.101", 2),
                                        link("eniaaaaaaaaaaa", "mNicIf1", "10.0.2.102", 10101))),
                        26));
    }

    /** More requests than wiring takes; the test itself finds out how many those are. */
    private static final int REQUESTS_MAX = 40;

    @ParameterizedTest
    @MethodSource("wirings")
    void nothingRemainsWhicheverRequestIsRefused(PodWiring wiring, int requests) throws Exception {
        String address = wiring.links().getFirst().address().toString();
        String family = address.contains(":") ? "-6 " : "-4 ";
        try (var node = new TestNode();
                var pod = node.pod()) {
            node.node.ip(family + "rule add from " + address + " lookup 7 pref 1536");
            assertThat(refuseEach(wiring, PodTable::new, node, pod))
                    .as("a look whether there are copies of ways")
                    .isEqualTo(requests + 1);
            assertThat(node.node.ip(family + "rule")).doesNotContain("lookup 7");
        }
    }

    @ParameterizedTest
    @MethodSource("wirings")
    void nothingRemainsWithFastRulesEither(PodWiring wiring, int requests) throws Exception {
        IpFamily family = wiring.links().getFirst().address().family();
        var table = new PodTable();
        try (var node = new TestNode();
                var pod = node.pod()) {
            try (var thread = NamespaceThread.start("test");
                    Descriptor outside = Descriptor.open(node.node.path());
                    var kernel =
                            new Rtnetlink(
                                    thread.inside(
                                            outside, new BrokenRequest(Integer.MAX_VALUE)::open))) {
                assertThat(table.fill(family, kernel)).isEmpty();
            }
            assertThat(refuseEach(wiring, () -> table, node, pod))
                    .as(
                            "a copy of each way, and no rule of somebody else's to remove until none is")
                    .isEqualTo(requests - 2 + wiring.links().size());
        }
    }

    /**
     * Wires a pod with one request after the other refused, until none is, and returns how many
     * there were; after each refusal all is as it was.
     */
    static int refuseEach(
            PodWiring wiring, Supplier<PodTable> table, TestNode node, TestNamespace pod)
            throws Exception {
        try (var thread = NamespaceThread.start("test");
                Descriptor inside = Descriptor.open(pod.path());
                Descriptor outside = Descriptor.open(node.node.path())) {
            String before = everything(node, pod);
            boolean refused = true;
            int number = 0;
            while (refused) {
                number++;
                assertThat(number).isLessThan(REQUESTS_MAX);
                var broken = new BrokenRequest(number);
                try (var podKernel = new Rtnetlink(thread.inside(inside, broken::open));
                        var nodeKernel = new Rtnetlink(thread.inside(outside, broken::open))) {
                    Throwable failure =
                            catchThrowable(() ->
                                    thread.inside(
                                            outside,
                                            () ->
                                                    wire(
                                                            wiring,
                                                            table.get(),
                                                            outside,
                                                            podKernel,
                                                            nodeKernel)));
                    refused = failure != null;
                    assertThat(broken.happened()).isEqualTo(refused);
                }
                if (refused) {
                    assertThat(everything(node, pod)).as("request %s", number).isEqualTo(before);
                }
            }
            return number - 1;
        }
    }

    private static PodLink link(String outside, String inside, String address, int table) {
        return new PodLink(outside, inside, IpAddress.parse(address), table, 9001);
    }

    private static Object wire(
            PodWiring wiring,
            PodTable table,
            Descriptor node,
            Rtnetlink inside,
            Rtnetlink outside) {
        var ends = new PodPlanner.Ends(MacAddress.local(1), MacAddress.local(2));
        try {
            var rules = new PodRules();
            var branches = new BranchWirer(rules, table);
            var wirer = new PodWirer(node, rules, table, new PodNeighbours(), branches);
            List<PodPlan> plans = PodPlanner.plan(wiring, _ -> ends);
            wirer.finish(wirer.begin(plans, inside, outside), inside, outside);
            return true;
        } catch (HostException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Numbers of links differ, since each attempt makes new ones. The kernel gives links IPv6
     * routes of its own in its own time, and notices a carrier in its own time.
     */
    private static String everything(TestNode node, TestNamespace pod) {
        return String.join(
                        "\n",
                        node.node.ip("-o link"),
                        node.node.ip("-4 route show table all"),
                        node.node.ip("-6 route show table all proto boot"),
                        node.node.ip("neigh"),
                        node.node.ip("rule"),
                        node.node.ip("-6 rule"),
                        pod.ip("-o link"),
                        pod.ip("-4 route show table all"),
                        pod.ip("-6 route show table all proto boot"),
                        pod.ip("rule"))
                .replaceAll("(?m)^[0-9]+: |NO-CARRIER,|qdisc .* state [A-Z]+ ", "");
    }
}
