package dev.vpccni.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.dataplane.egress.EgressFamily;
import dev.vpccni.host.egress.LinuxEgress;
import dev.vpccni.node.port.PodNamespace;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Packets of pods that have nothing of a family but the way out that they are given. */
class EgressTrafficTest {

    private EgressNode node;

    @BeforeEach
    void makeNode() {
        node = new EgressNode();
    }

    @AfterEach
    void removeNode() {
        node.close();
    }

    /** The first packet goes at once: nobody asks whether an address is free. */
    @ParameterizedTest
    @CsvSource({
        "IPV4, iptables-legacy",
        "IPV4, iptables-nft",
        "IPV6, iptables-legacy",
        "IPV6, iptables-nft",
    })
    void aPodReachesAServerOfTheOtherFamilyAsItsNode(EgressFamily family, String iptables)
            throws Exception {
        TestNamespace pod = node.node.pod();
        connect(pod, family, 1, iptables);

        pod.run("ping -q -c 1 -i 0.2 -w 20 " + EgressNode.server(family));
        assertThat(node.heard(family)).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "IPV4, iptables-legacy, 169.254.172.2, 169.254.172.3",
        "IPV4, iptables-nft, 169.254.172.2, 169.254.172.3",
        "IPV6, iptables-nft, fd00::ac:2, fd00::ac:3",
    })
    void podsReachThemselvesAndNotEachOther(
            EgressFamily family, String iptables, String own, String other) throws Exception {
        TestNamespace pod = node.node.pod();
        connect(pod, family, 1, iptables);
        connect(node.node.pod(), family, 2, iptables);
        try (LinuxEgress egress = node.egress(iptables)) {
            egress.separate(family);
        }

        pod.run("ping -q -c 1 -i 0.2 -w 20 " + own);
        assertThat(pod.attempt("ping -q -c 1 -W 1 " + other).status()).isNotZero();
        pod.run("ping -q -c 1 -i 0.2 -w 20 " + EgressNode.server(family));
    }

    /** What the rule is for: without it they would. */
    @Test
    void withoutTheRuleTheyWould() throws Exception {
        TestNamespace pod = node.node.pod();
        connect(pod, EgressFamily.IPV4, 1, "iptables-nft");
        connect(node.node.pod(), EgressFamily.IPV4, 2, "iptables-nft");
        pod.run("ping -q -c 1 -i 0.2 -w 20 169.254.172.3");
    }

    /** A pod that comes while another one with its address is still going away. */
    @ParameterizedTest
    @CsvSource({"IPV4", "IPV6"})
    void anAddressLeadsToItsNewPodWhileTheOldOneIsStillThere(EgressFamily family) throws Exception {
        connect(node.node.pod(), family, 1, "iptables-nft");
        TestNamespace pod = node.node.pod();
        connect(pod, family, 1, "iptables-nft");
        pod.run("ping -q -c 1 -i 0.2 -w 20 " + EgressNode.server(family));
    }

    private void connect(TestNamespace pod, EgressFamily family, int n, String iptables)
            throws Exception {
        try (LinuxEgress egress = node.egress(iptables);
                PodNamespace inside = LinuxPodNamespace.open(pod.path())) {
            egress.connect(EgressNode.wiring(family, n), inside);
        }
    }
}
