package dev.vpccni.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.dataplane.firewall.Backend;
import dev.vpccni.host.filter.Iptables;
import dev.vpccni.host.filter.Programs;
import dev.vpccni.node.port.HostException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which programs a node's kubelet and kube-proxy use, told from what they left in the kernel. */
class IptablesTest {

    private TestNode node;

    @BeforeEach
    void makeNode() {
        node = new TestNode();
    }

    @AfterEach
    void removeNode() {
        node.close();
    }

    @ParameterizedTest
    @CsvSource({
        "iptables-legacy, KUBE-IPTABLES-HINT, LEGACY",
        "iptables-legacy, KUBE-KUBELET-CANARY, LEGACY",
        "ip6tables-legacy, KUBE-IPTABLES-HINT, LEGACY",
        "iptables-nft, KUBE-IPTABLES-HINT, NFT",
        "iptables-nft, KUBE-KUBELET-CANARY, NFT",
        "ip6tables-nft, KUBE-KUBELET-CANARY, NFT",
    })
    void kubeletsHintDecidesAgainstAnyNumberOfRules(String program, String hint, Backend backend)
            throws Exception {
        String other = backend == Backend.NFT ? "iptables-legacy" : "iptables-nft";
        node.node.run(other + " -A INPUT -p tcp --dport 1 -j ACCEPT");
        node.node.run(program + " -t mangle -N " + hint);

        assertThat(ofNode().backend()).isEqualTo(backend);
        assertThat(Backend.of(node.node.run(ofNode().name() + " --version"))).isEqualTo(backend);
        assertThat(Backend.of(node.node.run(ofNode().name6() + " --version"))).isEqualTo(backend);
    }

    @Test
    void ofTwoHintsTheOneInNfTablesCounts() throws Exception {
        node.node.run("iptables-legacy -t mangle -N KUBE-IPTABLES-HINT");
        node.node.run("iptables-nft -t mangle -N KUBE-IPTABLES-HINT");

        assertThat(ofNode().backend()).isEqualTo(Backend.NFT);
    }

    @ParameterizedTest
    @CsvSource({"iptables-legacy, LEGACY", "iptables-nft, NFT"})
    void withoutAHintTheOneWithMoreRulesIsUsed(String program, Backend backend) throws Exception {
        node.node.run(program + " -A INPUT -p tcp --dport 1 -j ACCEPT");

        assertThat(ofNode().backend()).isEqualTo(backend);
    }

    @Test
    void onAnEmptyNodeItIsTheCommonProgram() throws Exception {
        assertThat(ofNode().name()).isEqualTo("iptables");
        assertThat(ofNode().backend()).isEqualTo(Backend.of(node.node.run("iptables --version")));
        assertThat(node.node.run("cat /proc/net/ip_tables_names")).isEmpty(); // looking makes none
    }

    @Test
    void whatWasFoundStays() throws Exception {
        Iptables found = ofNode();
        String name = found.name();
        node.node.run("iptables-legacy -t mangle -N KUBE-IPTABLES-HINT");

        assertThat(found.name()).isEqualTo(name);
    }

    @Test
    void aNodeWithoutAnyProgramIsToldSo() {
        var nothing = new Programs(List.of("no-such-program"));

        assertThatThrownBy(() -> Iptables.ofNode(nothing).backend())
                .isInstanceOf(HostException.class)
                .hasMessageContaining("iptables --version");
    }

    private Iptables ofNode() {
        return Iptables.ofNode(new Programs(List.of("nsenter", "--net=" + node.node.path())));
    }
}
