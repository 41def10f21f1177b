package dev.vpccni.acceptance.change;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.acceptance.lab.LabUnderTest;
import dev.vpccni.acceptance.lab.LabUnderTest.PodOutcome;
import dev.vpccni.acceptance.lab.NetConf;
import dev.vpccni.acceptance.lab.Plugin;
import dev.vpccni.acceptance.lab.Plugin.Complaint;
import dev.vpccni.acceptance.lab.Plugin.Container;
import dev.vpccni.acceptance.lab.Residue;
import dev.vpccni.acceptance.lab.WantedLab;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Pods that live on while a node's settings change, or while others ask for more. */
class LivingPodsTest {

    private static final String NODE = "node-1";

    /** Nine fit the primary interface of a c5.large; two more lie on the next. */
    private static final int PODS = 11;

    private static final String LIST = "/etc/cni/net.d/10-aws.conflist";
    private static final Duration SOON = Duration.ofSeconds(30);

    private LabUnderTest lab;
    private Plugin plugin;

    @BeforeEach
    void start() throws Exception {
        lab = LabUnderTest.up(WantedLab.nodes(1, "c5.large"));
        plugin = new Plugin(lab, NODE);
    }

    @AfterEach
    void stop() throws Exception {
        lab.close();
    }

    @Test
    void podsKeepPrefixAndMtuThatTheyCameWith() throws Exception {
        Container old = plugin.container("old");
        String result = plugin.must("ADD", old, NetConf.of("1.0.0"));
        List<PodOutcome> pods = lab.added(NODE, PODS);
        lab.daemon(NODE, "stop");
        lab.startDaemon(
                NODE,
                Map.of(
                        "HOST_CNI_CONFDIR_PATH",
                        "/etc/cni/net.d",
                        "AWS_VPC_K8S_CNI_VETHPREFIX",
                        "pod",
                        "POD_MTU",
                        "1400",
                        "AWS_VPC_ENI_MTU",
                        "8500"));
        lab.await(
                "the interfaces and the list of today",
                SOON,
                () ->
                        mtu(NODE, "eth0").equals("8500")
                                && mtu(NODE, "eth1").equals("8500")
                                && lab.exec(NODE, "cat", LIST).out().contains("\"1400\""));
        List<PodOutcome> later = lab.added(NODE, 2);

        var seen = lab.connectivity();
        for (PodOutcome pod : pods) {
            assertThat(seen.get(pod.name())).isNotEmpty().doesNotContainValue("");
            assertThat(mtu(pod.name(), "eth0")).isEqualTo("9001");
        }
        for (PodOutcome pod : later) {
            assertThat(seen.get(pod.name())).isNotEmpty().doesNotContainValue("");
            assertThat(mtu(pod.name(), "eth0")).isEqualTo("1400");
        }
        String today =
                NetConf.after("1.0.0", result)
                        .replace("\"mtu\":\"9001\"", "\"mtu\":\"1400\"")
                        .replace("\"vethPrefix\":\"eni\"", "\"vethPrefix\":\"pod\"");
        plugin.must("CHECK", old, today);
        String address = result.replaceAll("(?s).*\"address\": \"([0-9.]*)/32\".*", "$1");
        lab.exec(NODE, "ip", "route", "del", address);
        lab.await(
                "the route of a pod with the old prefix",
                SOON,
                () -> lab.exec(NODE, "ip", "route").out().contains(address + " dev eni"));
        plugin.must("DEL", old, today);
        plugin.remove(old);
        lab.removeAll();
    }

    /** As podman asks: for a second network of a container, with no more than its name. */
    @Test
    void aContainerThatHasANetworkIsRefusedBeforeAnythingIsTouched() throws Exception {
        Container pod = plugin.container("twice");
        String result = plugin.must("ADD", pod, NetConf.of("1.0.0"));
        Residue.awaitSpareInterface(lab, NODE);
        Residue before = Residue.of(lab, NODE);
        var variables = pod.variables("ADD", "CNI_IFNAME", "eth1");
        variables.put("CNI_ARGS", "K8S_POD_NAME=twice");

        Complaint refused = Complaint.of(plugin.run(variables, NetConf.of("1.0.0")));

        assertThat(refused.text()).contains("default route by eth0", "eth1", "nicConfig");
        Residue.awaitSame(lab, NODE, before);
        variables.put("CNI_COMMAND", "DEL");
        assertThat(plugin.run(variables, NetConf.of("1.0.0")).status()).isZero();
        plugin.must("CHECK", pod, NetConf.after("1.0.0", result));
        plugin.must("DEL", pod, NetConf.after("1.0.0", result));
        plugin.remove(pod);
    }

    private String mtu(String where, String link) throws Exception {
        return lab.exec(where, "ip", "-o", "link", "show", link)
                .out()
                .replaceAll("(?s).* mtu ([0-9]+) .*", "$1");
    }
}
