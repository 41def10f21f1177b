package dev.vpccni.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.vpccni.dataplane.PodWiring;
import dev.vpccni.linux.Descriptor;
import dev.vpccni.linux.namespace.NamespaceThread;
import dev.vpccni.linux.netlink.BrokenRequest;
import dev.vpccni.linux.route.Rtnetlink;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.MacAddress;
import dev.vpccni.node.port.HostException;
import org.junit.jupiter.api.Test;

/** Whichever request the kernel refuses while a pod is being wired, nothing of the pod remains. */
class FailureTest {

    private static final PodWiring WIRING =
            new PodWiring("eniddeaa362342", "eth0", Ipv4Address.parse("10.0.1.101"), 2, 9001);

    /** More requests than wiring takes; the test itself finds out how many those are. */
    private static final int REQUESTS_MAX = 40;

    @Test
    void nothingRemainsWhicheverRequestIsRefused() throws Exception {
        try (var node = new TestNode();
                var pod = node.pod();
                var thread = NamespaceThread.start("test");
                Descriptor inside = Descriptor.open(pod.path());
                Descriptor outside = Descriptor.open(node.node.path())) {
            node.node.ip("rule add from 10.0.1.101 lookup 7 pref 1536");
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
                                            outside, () -> wire(outside, podKernel, nodeKernel)));
                    refused = failure != null;
                    assertThat(broken.happened()).isEqualTo(refused);
                }
                if (refused) {
                    assertThat(everything(node, pod)).as("request %s", number).isEqualTo(before);
                }
            }
            // Veth pair, its index, pod side 4, node side 3, rules read, added 2, deleted 2.
            assertThat(number - 1).isEqualTo(14);
            assertThat(node.node.ip("rule")).doesNotContain("lookup 7");
        }
    }

    private static Object wire(Descriptor node, Rtnetlink inside, Rtnetlink outside) {
        try {
            new PodWirer(node, new PodRules())
                    .wire(WIRING, MacAddress.local(1), MacAddress.local(2), inside, outside);
            return true;
        } catch (HostException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Numbers of links differ, since each attempt makes new ones. */
    private static String everything(TestNode node, TestNamespace pod) {
        return String.join(
                        "\n",
                        node.node.ip("-o link"),
                        node.node.ip("-4 route show table all"),
                        node.node.ip("neigh"),
                        node.node.ip("rule"),
                        pod.ip("-o link"),
                        pod.ip("-4 route show table all"))
                .replaceAll("(?m)^[0-9]+: ", "");
    }
}
