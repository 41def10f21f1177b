package dev.vpccni.acceptance.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.acceptance.lab.Ended;
import dev.vpccni.acceptance.lab.LabUnderTest;
import dev.vpccni.acceptance.lab.NetConf;
import dev.vpccni.acceptance.lab.Plugin;
import dev.vpccni.acceptance.lab.Plugin.Complaint;
import dev.vpccni.acceptance.lab.Plugin.Container;
import dev.vpccni.acceptance.lab.Residue;
import dev.vpccni.acceptance.lab.WantedLab;
import dev.vpccni.json.JsonObject;
import java.util.List;
import java.util.SortedMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The verbs of the CNI specification, from the plugin to the kernel, in every version of it. */
class CniVerbsTest {

    private static final String NODE = "node-1";
    private static final String VERSION_REPLY =
            "{\"cniVersion\":\"1.1.0\",\"supportedVersions\":"
                    + "[\"0.1.0\",\"0.2.0\",\"0.3.0\",\"0.3.1\",\"0.4.0\",\"1.0.0\",\"1.1.0\"]}\n";

    /** A daemon that is always faster than CHECK would have it find nothing at all. */
    private static final int DAMAGES_MAX = 20;

    private static LabUnderTest lab;
    private static Plugin plugin;
    private static Residue empty;

    @BeforeAll
    static void start() throws Exception {
        // No spare interface, so that the pool has nothing to do while the kernel is compared, and
        // nothing cools down, so that nine addresses are enough for all tests.
        lab =
                LabUnderTest.up(
                        WantedLab.nodes(1, "c5.large")
                                .with("WARM_IP_TARGET", "1")
                                .with("MINIMUM_IP_TARGET", "5")
                                .with("IP_COOLDOWN_PERIOD", "0"));
        plugin = new Plugin(lab, NODE);
        empty = Residue.of(lab, NODE);
    }

    @AfterAll
    static void stop() throws Exception {
        lab.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.1.0", "0.2.0"})
    void oldestResultsHaveOnlyTheAddress(String version) throws Exception {
        Container pod = plugin.container("old-" + version.replace('.', '-'));
        String result = plugin.must("ADD", pod, NetConf.of(version));
        String address = JsonObject.parse(result).object("ip4").string("ip");
        assertThat(result)
                .isEqualTo(
                        """
                        {
                            "cniVersion": "%s",
                            "ip4": {
                                "ip": "%s"
                            },
                            "dns": {}
                        }\
                        """
                                .formatted(version, address));
        assertThat(address).endsWith("/32");
        gone(pod, NetConf.after(version, result));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.3.0", "0.3.1", "0.4.0"})
    void resultsBeforeVersionOne(String version) throws Exception {
        Container pod = plugin.container("mid-" + version.replace('.', '-'));
        String result = plugin.must("ADD", pod, NetConf.of(version));
        JsonObject read = JsonObject.parse(result);
        String host = read.objects("interfaces").getFirst().string("name");
        assertThat(result)
                .isEqualTo(
                        """
                        {
                            "cniVersion": "%s",
                            "interfaces": [
                                {
                                    "name": "%s"
                                },
                                {
                                    "name": "eth0",
                                    "mac": "254",
                                    "sandbox": "/run/netns/%s"
                                },
                                {
                                    "name": "dummy%s",
                                    "mac": "0",
                                    "sandbox": "0"
                                }
                            ],
                            "ips": [
                                {
                                    "version": "4",
                                    "interface": 1,
                                    "address": "%s"
                                }
                            ],
                            "dns": {}
                        }\
                        """
                                .formatted(
                                        version,
                                        host,
                                        pod.name(),
                                        host.substring("eni".length()),
                                        read.objects("ips").getFirst().string("address")));
        if (version.equals("0.4.0")) {
            plugin.must("CHECK", pod, NetConf.after(version, result));
        } else {
            notAllowed("CHECK", pod, NetConf.after(version, result), version);
        }
        gone(pod, NetConf.after(version, result));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.0.0", "1.1.0"})
    void resultsSinceVersionOne(String version) throws Exception {
        Container pod = plugin.container("new-" + version.replace('.', '-'));
        String result = plugin.must("ADD", pod, NetConf.of(version));
        JsonObject read = JsonObject.parse(result);
        String host = read.objects("interfaces").getFirst().string("name");
        assertThat(result)
                .isEqualTo(
                        """
                        {
                            "cniVersion": "%s",
                            "interfaces": [
                                {
                                    "name": "%s"
                                },
                                {
                                    "mac": "254",
                                    "name": "eth0",
                                    "sandbox": "/run/netns/%s"
                                },
                                {
                                    "mac": "0",
                                    "name": "dummy%s",
                                    "sandbox": "0"
                                }
                            ],
                            "ips": [
                                {
                                    "address": "%s",
                                    "interface": 1
                                }
                            ]
                        }\
                        """
                                .formatted(
                                        version,
                                        host,
                                        pod.name(),
                                        host.substring("eni".length()),
                                        read.objects("ips").getFirst().string("address")));
        plugin.must("CHECK", pod, NetConf.after(version, result));
        gone(pod, NetConf.after(version, result));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0"})
    void statusAndGcCameWithVersionOnePointOne(String version) throws Exception {
        for (String command : List.of("STATUS", "GC")) {
            Complaint refused = Complaint.of(plugin.run(command, NetConf.of(version)));
            assertThat(refused.code()).isEqualTo(1);
            assertThat(refused.message()).isEqualTo("config version does not allow " + command);
            assertThat(refused.details()).contains(version).contains("1.1.0");
        }
    }

    @Test
    void version() throws Exception {
        assertThat(plugin.run("VERSION", "")).isEqualTo(new Ended(0, VERSION_REPLY, ""));
        Ended silent = lab.exec(NODE, "env", "-i", Plugin.PATH);
        assertThat(silent.status()).isZero();
        assertThat(silent.out()).isEmpty();
        assertThat(silent.err()).startsWith("AWS CNI ").contains("versions supported: 0.1.0");
    }

    @Test
    void addAgainGivesTheSameAddress() throws Exception {
        Container pod = plugin.container("add-again");
        String first = plugin.must("ADD", pod, NetConf.of("1.0.0"));
        assertThat(plugin.must("ADD", pod, NetConf.of("1.0.0"))).isEqualTo(first);
        plugin.must("CHECK", pod, NetConf.after("1.0.0", first));
        gone(pod, NetConf.after("1.0.0", first));
    }

    /** As kubelet asks for it after its own restart: nothing is known of the namespace any more. */
    @Test
    void delWithoutNamespaceAndWithoutResult() throws Exception {
        Container pod = plugin.container("del-bare");
        plugin.must("ADD", pod, NetConf.of("0.4.0"));
        SortedMap<String, String> bare = pod.variables("DEL", "CNI_NETNS", "");
        assertThat(plugin.run(bare, NetConf.of("0.4.0"))).isEqualTo(new Ended(0, "", ""));
        assertThat(plugin.run(bare, NetConf.of("0.4.0"))).isEqualTo(new Ended(0, "", ""));
        plugin.remove(pod);
        Residue.awaitSame(lab, NODE, empty);
    }

    @Test
    void delOfWhatNeverWas() throws Exception {
        var never = new Container("never", "never0123456789", "/run/netns/never");
        assertThat(plugin.run(never.variables("DEL"), NetConf.of("1.1.0")))
                .isEqualTo(new Ended(0, "", ""));
    }

    /** What is taken away, by whom, and how CHECK calls it. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "rule        | ip rule del to $ADDRESS lookup main            | rule is missing",
                "host-route  | ip route del $ADDRESS/32                       | host route is missing",
                "pod-route   | ip -n $POD route del default                   | pod route is missing",
                "gateway     | ip -n $POD neigh del 169.254.1.1 dev eth0      | neighbour is missing",
                "pod-address | ip -n $POD address flush dev eth0              | address is missing",
                "pod-down    | ip -n $POD link set eth0 down                  | eth0 is down",
                "host-down   | ip link set $HOST down                         | is down",
                "links       | ip link del $HOST                              | is missing",
            })
    void checkFindsWhatIsOff(String name, String damage, String complaint) throws Exception {
        Container pod = plugin.container("check-" + name);
        String result = plugin.must("ADD", pod, NetConf.of("1.0.0"));
        String after = NetConf.after("1.0.0", result);
        plugin.must("CHECK", pod, after);
        JsonObject read = JsonObject.parse(result);
        String script =
                damage.replace("$POD", pod.name())
                        .replace("$HOST", read.objects("interfaces").getFirst().string("name"))
                        .replace(
                                "$ADDRESS",
                                read.objects("ips")
                                        .getFirst()
                                        .string("address")
                                        .replace("/32", ""));

        Complaint found = Complaint.of(checkedAfter(script, pod, after));

        assertThat(found.code()).isEqualTo(999);
        assertThat(found.details()).contains(complaint);
        gone(pod, after);
    }

    /**
     * The daemon puts some of it back, if CHECK does not come first: then it is taken away again.
     */
    private static Ended checkedAfter(String damage, Container pod, String input) throws Exception {
        Ended checked = new Ended(0, "", "");
        for (int i = 0; i < DAMAGES_MAX && checked.status() == 0; i++) {
            assertThat(lab.exec(NODE, "sh", "-c", damage)).matches(done -> done.status() == 0);
            checked = plugin.run(pod.variables("CHECK"), input);
        }
        return checked;
    }

    @Test
    void gc() throws Exception {
        List<Container> pods =
                List.of(
                        plugin.container("gc-a"),
                        plugin.container("gc-b"),
                        plugin.container("gc-c"));
        for (Container pod : pods) {
            plugin.must("ADD", pod, NetConf.of("1.1.0"));
        }
        Residue all = Residue.of(lab, NODE);

        Complaint absent = Complaint.of(plugin.run("GC", NetConf.of("1.1.0")));
        assertThat(absent.code()).isEqualTo(7);
        assertThat(absent.text()).contains("cni.dev/valid-attachments").contains("absent");
        Complaint strange = Complaint.of(plugin.run("GC", NetConf.valid("{}")));
        assertThat(strange.code()).isEqualTo(7);
        assertThat(Residue.of(lab, NODE)).isEqualTo(all);

        Container kept = pods.getFirst();
        String one = "[{\"containerID\":\"%s\",\"ifname\":\"eth0\"}]".formatted(kept.id());
        assertThat(plugin.run("GC", NetConf.valid(one))).isEqualTo(new Ended(0, "", ""));
        assertThat(Residue.of(lab, NODE).text())
                .contains(kept.id())
                .doesNotContain(pods.get(1).id())
                .doesNotContain(pods.get(2).id());

        assertThat(plugin.run("GC", NetConf.valid("[]"))).isEqualTo(new Ended(0, "", ""));
        for (Container pod : pods) {
            plugin.must("DEL", pod, NetConf.of("1.1.0"));
            plugin.remove(pod);
        }
        Residue.awaitSame(lab, NODE, empty);
    }

    /** Other networks on the node are other people's. */
    @Test
    void gcLeavesOtherNetworksAlone() throws Exception {
        Container pod = plugin.container("gc-other");
        String other = NetConf.of("1.1.0").replace("\"aws-cni\",\"type\"", "\"other\",\"type\"");
        plugin.must("ADD", pod, other);
        assertThat(plugin.run("GC", NetConf.valid("[]"))).isEqualTo(new Ended(0, "", ""));
        assertThat(Residue.of(lab, NODE).text()).contains(pod.id());
        gone(pod, other);
    }

    @Test
    void statusTellsWhetherTheDaemonServes() throws Exception {
        assertThat(plugin.run("STATUS", NetConf.of("1.1.0"))).isEqualTo(new Ended(0, "", ""));
        lab.daemon(NODE, "stop");
        Complaint down = Complaint.of(plugin.run("STATUS", NetConf.of("1.1.0")));
        assertThat(down.code()).isEqualTo(50);
        assertThat(down.text()).contains("/var/run/aws-node/cni.sock").contains("aws-node pod");
        lab.daemon(NODE, "start");
        assertThat(plugin.run("STATUS", NetConf.of("1.1.0"))).isEqualTo(new Ended(0, "", ""));
    }

    private static void notAllowed(String command, Container pod, String input, String version)
            throws Exception {
        Complaint refused = Complaint.of(plugin.run(pod.variables(command), input));
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.text()).contains("does not allow " + command).contains(version);
    }

    /**
     * Takes a container away, twice as runtimes do, and waits until the kernel has forgotten it.
     */
    private static void gone(Container pod, String input) throws Exception {
        assertThat(plugin.must("DEL", pod, input)).isEmpty();
        assertThat(plugin.must("DEL", pod, input)).isEmpty();
        plugin.remove(pod);
        Residue.awaitSame(lab, NODE, empty);
    }
}
