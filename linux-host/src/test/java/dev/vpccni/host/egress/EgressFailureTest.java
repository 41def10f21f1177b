package dev.vpccni.host.egress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.dataplane.egress.EgressFamily;
import dev.vpccni.dataplane.egress.EgressWiring;
import dev.vpccni.host.EgressNode;
import dev.vpccni.host.TestNamespace;
import dev.vpccni.linux.Descriptor;
import dev.vpccni.linux.namespace.NamespaceThread;
import dev.vpccni.linux.netlink.BrokenRequest;
import dev.vpccni.linux.route.Rtnetlink;
import dev.vpccni.node.port.EgressHost.Pair;
import dev.vpccni.node.port.HostException;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whichever request the kernel refuses while a way out is made, nothing of it remains. */
class EgressFailureTest {

    /** More requests than a way out takes; the test itself finds out how many those are. */
    private static final int REQUESTS_MAX = 40;

    /** Veth pair, 2 indices, up, 2 neighbours; in IPv4 2 addresses and 4 routes, else 1 and 2. */
    @ParameterizedTest
    @CsvSource({"IPV4, 12", "IPV6, 9"})
    void nothingRemainsWhicheverRequestIsRefused(EgressFamily family, int requests)
            throws Exception {
        try (var node = new TestNamespace("node");
                var pod = new TestNamespace("pod");
                var thread = NamespaceThread.start("test");
                Descriptor outside = Descriptor.open(node.path());
                Descriptor inside = Descriptor.open(pod.path())) {
            node.run("sysctl -q -w net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1");
            String before = everything(node, pod);
            boolean refused = true;
            int number = 0;
            while (refused) {
                number++;
                assertThat(number).isLessThan(REQUESTS_MAX);
                var broken = new BrokenRequest(number);
                try (var podKernel = new Rtnetlink(thread.inside(inside, broken::open));
                        var nodeKernel = new Rtnetlink(thread.inside(outside, broken::open))) {
                    refused =
                            thread.inside(
                                    outside,
                                    () -> isRefused(family, outside, podKernel, nodeKernel));
                }
                assertThat(broken.happened()).isEqualTo(refused);
                if (refused) {
                    assertThat(everything(node, pod)).as("request %s", number).isEqualTo(before);
                }
            }
            assertThat(number - 1).isEqualTo(requests);
            assertThat(everything(node, pod)).isNotEqualTo(before);
        }
    }

    private static boolean isRefused(
            EgressFamily family, Descriptor node, Rtnetlink inside, Rtnetlink outside) {
        EgressWiring wiring = EgressNode.wiring(family, 1);
        var wirer = new EgressWirer(node);
        try {
            Pair pair = wirer.begin(wiring, inside, new Random(7));
            try {
                wirer.complete(wiring, pair, inside, outside);
            } catch (HostException e) {
                wirer.undo(wiring, inside, e);
                throw e;
            }
            return false;
        } catch (HostException e) {
            return true;
        }
    }

    /** The kernel gives links IPv6 routes of its own in its own time. */
    private static String everything(TestNamespace node, TestNamespace pod) {
        var all = new StringBuilder();
        for (TestNamespace each : new TestNamespace[] {node, pod}) {
            for (String question :
                    new String[] {
                        "-o link",
                        "-4 route show table all",
                        "-6 route show table all proto boot",
                        "neigh show nud permanent",
                        "rule"
                    }) {
                all.append(each.ip(question)).append('\n');
            }
        }
        return all.toString();
    }
}
