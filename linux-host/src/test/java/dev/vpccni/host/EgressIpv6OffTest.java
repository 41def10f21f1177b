package dev.vpccni.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.dataplane.egress.EgressFamily;
import dev.vpccni.dataplane.egress.EgressWiring;
import dev.vpccni.host.egress.LinuxEgress;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.PodNamespace;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The way out over IPv6 of a pod in which the runtime switched that off. */
class EgressIpv6OffTest {

    private static final EgressWiring SIX = EgressNode.wiring(EgressFamily.IPV6, 1);

    private EgressNode node;
    private TestNamespace pod;

    @BeforeEach
    void makeNode() {
        node = new EgressNode();
        pod = node.node.pod();
    }

    @AfterEach
    void removeNode() {
        node.close();
    }

    /** Only of the interface that is made: what the pod has of others stays as it is. */
    @Test
    void aPodWhoseRuntimeSwitchedIpv6OffHasItSwitchedOn() throws Exception {
        pod.run("sysctl -q -w net.ipv6.conf.default.disable_ipv6=1");
        try (LinuxEgress egress = node.egress("iptables");
                PodNamespace inside = LinuxPodNamespace.open(pod.path())) {
            egress.connect(SIX, inside);
        }
        pod.run("ping -q -c 1 -i 0.2 -w 20 " + EgressNode.SERVER_6);
        assertThat(pod.run("sysctl -n net.ipv6.conf.default.disable_ipv6").strip()).isEqualTo("1");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aPodInWhichNobodyCanKeepsNothing(boolean old) throws Exception {
        pod.run("sysctl -q -w net.ipv6.conf.default.disable_ipv6=1");
        String before = links();
        NamespaceParameters gone =
                _ -> {
                    throw new IOException("the plugin has gone");
                };
        try (LinuxEgress egress = node.egress("iptables");
                LinuxHost host = node.node.host();
                PodNamespace inside = PodFixture.adopt(host, pod, old ? null : gone)) {
            assertThatThrownBy(() -> egress.connect(SIX, inside))
                    .isInstanceOf(HostException.class)
                    .hasMessageContaining(old ? "plugin is too old" : "the plugin has gone");
        }
        assertThat(links()).isEqualTo(before);
    }

    private String links() {
        return pod.ip("-o link")
                + node.kernel.ip("-o link")
                + node.kernel.run("ip6tables -t nat -S");
    }
}
