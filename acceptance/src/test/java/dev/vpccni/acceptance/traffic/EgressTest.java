package dev.vpccni.acceptance.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.acceptance.lab.Ended;
import dev.vpccni.acceptance.lab.LabUnderTest;
import dev.vpccni.acceptance.lab.Plugin;
import dev.vpccni.acceptance.lab.Plugin.Complaint;
import dev.vpccni.acceptance.lab.Plugin.Container;
import dev.vpccni.acceptance.lab.WantedLab;
import dev.vpccni.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The plugin by its second name, from what a runtime passes it to packets: a container without IPv4
 * reaches a server that has nothing else, as its node.
 */
class EgressTest {

    private static final String NODE = "node-1";
    private static final String PATH = "/opt/cni/bin/egress-cni";
    private static final String DATA = "/run/cni/v6pd/egress-v4-ipam/aws-cni";
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static LabUnderTest lab;
    private static Plugin plugin;
    private static String nodeAddress;

    @BeforeAll
    static void start() throws Exception {
        lab = LabUnderTest.up(WantedLab.nodes(1, "c5.large"));
        plugin = new Plugin(lab, NODE);
        nodeAddress =
                lab.exec(NODE, "sh", "-c", "ip -4 -o address show scope global | head -1")
                        .out()
                        .replaceAll("(?s).*inet ([0-9.]*)/.*", "$1");
    }

    @AfterAll
    static void stop() throws Exception {
        lab.close();
    }

    @Test
    void aContainerGetsOutAsItsNodeAndLeavesNothing() throws Exception {
        Container pod = plugin.container("egress-one");
        String before = state();
        String said = must("ADD", pod, config("true", ""));
        JsonObject result = JsonObject.parse(said);
        assertThat(result.objects("interfaces")).hasSize(3);
        assertThat(result.objects("interfaces").getFirst().string("name")).isEqualTo("eni1");
        JsonObject inside = result.objects("interfaces").getLast();
        assertThat(inside.string("name")).isEqualTo("v4if0");
        assertThat(inside.string("sandbox")).isEqualTo(pod.namespace());

        Ended ping = inPod(pod, "ping", "-q", "-c", "1", "-i", "0.2", "-w", "20", nodeAddress);
        assertThat(ping.status()).as(ping.out() + ping.err()).isZero();
        String address = address(pod);
        assertThat(lab.exec(NODE, "cat", DATA + "/" + address).out())
                .isEqualTo(pod.id() + "\r\neth0");

        String after = config("true", "\"prevResult\":" + said + ",");
        must("CHECK", pod, after);
        assertThat(must("ADD", pod, config("true", ""))).isEqualTo(said);

        must("DEL", pod, after);
        plugin.remove(pod);
        lab.await("nothing of it", PATIENCE, () -> state().equals(before));
        must("DEL", pod, after);
    }

    @Test
    void whatIsSwitchedOffPassesTheResultOn() throws Exception {
        Container pod = plugin.container("egress-off");
        JsonObject result = JsonObject.parse(must("ADD", pod, config("false", "")));
        assertThat(result.objects("interfaces")).hasSize(1);
        assertThat(inPod(pod, "ip", "link", "show", "v4if0").status()).isNotZero();
        must("DEL", pod, config("false", ""));
        plugin.remove(pod);
    }

    @Test
    void withoutAPluginBeforeItItIsRefused() throws Exception {
        Container pod = plugin.container("egress-alone");
        Ended ended =
                run(
                        pod.variables("ADD"),
                        config("true", "")
                                .replaceAll("\"prevResult\":\\{.*\\},\"mtu\"", "\"mtu\""));
        assertThat(Complaint.of(ended).text()).contains("must be called as a chained plugin");
        plugin.remove(pod);
    }

    /** The daemon is away while a pod goes, and its namespace goes before it comes back. */
    @Test
    void aDelWithoutDaemonIsMadeUpForThoughTheNamespaceIsGone() throws Exception {
        Container pod = plugin.container("egress-spooled");
        must("ADD", pod, config("true", ""));
        String address = address(pod);
        lab.daemon(NODE, "kill");
        must("DEL", pod, config("true", ""));
        assertThat(lab.exec(NODE, "ls", "/var/run/aws-node/spool").out())
                .contains(pod.id() + "@eth0+egress-cni");
        assertThat(lab.exec(NODE, "iptables-save").out()).contains(pod.id());
        plugin.remove(pod);

        lab.daemon(NODE, "start");
        lab.await(
                "the DEL is made up for",
                PATIENCE,
                () ->
                        lab.exec(NODE, "ls", "/var/run/aws-node/spool").out().isBlank()
                                && !lab.exec(NODE, "iptables-save").out().contains(pod.id()));
        assertThat(lab.exec(NODE, "ls", DATA).out()).doesNotContain(address + "\n");
    }

    @Test
    void aGcTakesBackWhatTheRuntimeDoesNotList() throws Exception {
        Container pod = plugin.container("egress-gc");
        must("ADD", pod, config("true", ""));
        String address = address(pod);
        plugin.remove(pod);
        Ended kept =
                run(
                        Plugin.variables("GC"),
                        config(
                                "true",
                                "\"cni.dev/valid-attachments\":[{\"containerID\":\""
                                        + pod.id()
                                        + "\",\"ifname\":\"eth0\"}],"));
        assertThat(kept).matches(ended -> ended.status() == 0);
        assertThat(lab.exec(NODE, "ls", DATA).out()).contains(address + "\n");

        Ended ended =
                run(Plugin.variables("GC"), config("true", "\"cni.dev/valid-attachments\":[],"));
        assertThat(ended).matches(one -> one.status() == 0);
        assertThat(lab.exec(NODE, "ls", DATA).out()).doesNotContain(address + "\n");
        assertThat(lab.exec(NODE, "iptables-save").out()).doesNotContain(pod.id());
    }

    @Test
    void theStatusIsThatOfTheWayOut() throws Exception {
        Ended ended = run(Plugin.variables("STATUS"), config("true", ""));
        assertThat(ended).isEqualTo(new Ended(0, "", ""));
    }

    private static String address(Container pod) throws Exception {
        return inPod(pod, "ip", "-4", "-o", "address", "show", "v4if0")
                .out()
                .replaceAll("(?s).*inet ([0-9.]*)/22.*", "$1");
    }

    private static Ended inPod(Container pod, String... words) throws Exception {
        var whole = new String[words.length + 4];
        whole[0] = "ip";
        whole[1] = "netns";
        whole[2] = "exec";
        whole[3] = pod.name();
        System.arraycopy(words, 0, whole, 4, words.length);
        return lab.exec(NODE, whole);
    }

    private static String must(String verb, Container pod, String config) throws Exception {
        Ended ended = run(pod.variables(verb), config);
        assertThat(ended).as(verb + " of " + pod.name()).matches(one -> one.status() == 0);
        return ended.out();
    }

    private static Ended run(SortedMap<String, String> variables, String input) throws Exception {
        var words = new ArrayList<>(List.of("env", "-i"));
        variables.forEach((name, value) -> words.add(name + "=" + value));
        words.add(PATH);
        return lab.execWith(input, NODE, words.toArray(String[]::new));
    }

    /** Returns what of the node an attachment may change, but for the order of addresses. */
    private static String state() throws Exception {
        return lab.exec(
                        NODE,
                        "sh",
                        "-c",
                        "ls /sys/class/net; ip -4 route show table all; iptables-save | grep ^-A;"
                                + " ls "
                                + DATA
                                + " 2>/dev/null | grep ^169")
                .out()
                .replaceAll("(?m)^-A FORWARD .*\n", "");
    }

    private static String config(String enabled, String more) {
        String previous =
                more.contains("prevResult")
                        ? ""
                        : "\"prevResult\":{\"cniVersion\":\"1.1.0\","
                                + "\"interfaces\":[{\"name\":\"eni1\"}]},";
        return """
        {"cniVersion":"1.1.0","name":"aws-cni","type":"egress-cni",%s%s"mtu":"9001",\
        "enabled":"%s","randomizeSNAT":"prng","nodeIP":"%s",\
        "ipam":{"type":"host-local","ranges":[[{"subnet":"169.254.172.0/22"}]],\
        "routes":[{"dst":"0.0.0.0/0"}],"dataDir":"/run/cni/v6pd/egress-v4-ipam"}}
        """
                .formatted(more, previous, enabled, nodeAddress);
    }
}
