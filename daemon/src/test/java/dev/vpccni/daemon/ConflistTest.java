package dev.vpccni.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.cni.EgressConfig;
import dev.vpccni.cni.NetworkConfig;
import dev.vpccni.daemon.egress.EgressPlugin;
import dev.vpccni.dataplane.NodeSetup.SnatPorts;
import dev.vpccni.dataplane.egress.EgressFamily;
import dev.vpccni.json.Json;
import dev.vpccni.json.JsonException;
import dev.vpccni.model.IpAddress;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ConflistTest {

    @Test
    void isUpstreams() {
        assertThat(Conflist.DEFAULT.render())
                .isEqualTo(
                        """
                        {
                          "cniVersion": "0.4.0",
                          "name": "aws-cni",
                          "disableCheck": true,
                          "plugins": [
                            {
                              "name": "aws-cni",
                              "type": "aws-cni",
                              "vethPrefix": "eni",
                              "mtu": "9001",
                              "podSGEnforcingMode": "strict",
                              "pluginLogFile": "/var/log/aws-routed-eni/plugin.log",
                              "pluginLogLevel": "Debug",
                              "capabilities": {
                                "io.kubernetes.cri.pod-annotations": true
                              }
                            },
                            {
                              "name": "egress-cni",
                              "type": "egress-cni",
                              "mtu": "9001",
                              "enabled": "false",
                              "randomizeSNAT": "prng",
                              "nodeIP": "",
                              "ipam": {
                                "type": "host-local",
                                "ranges": [
                                  [
                                    {
                                      "subnet": "fd00::ac:00/118"
                                    }
                                  ]
                                ],
                                "routes": [
                                  {
                                    "dst": "::/0"
                                  }
                                ],
                                "dataDir": "/run/cni/v4pd/egress-v6-ipam"
                              },
                              "pluginLogFile": "/var/log/aws-routed-eni/egress-v6-plugin.log",
                              "pluginLogLevel": "Debug"
                            },
                            {
                              "type": "portmap",
                              "capabilities": {
                                "portMappings": true
                              },
                              "snat": true
                            }
                          ]
                        }
                        """);
    }

    @Test
    void listsTheOptionalPluginsLast() {
        String text = optional("0.4.0").render();
        assertThat(text.indexOf("\"bandwidth\"")).isGreaterThan(text.indexOf("\"portmap\""));
        assertThat(text.indexOf("\"tuning\"")).isGreaterThan(text.indexOf("\"bandwidth\""));
        assertThat(text)
                .contains(
                        "\"net.ipv6.conf.all.disable_ipv6\": \"1\"",
                        "\"net.ipv6.conf.default.disable_ipv6\": \"1\"",
                        "\"net.ipv6.conf.lo.disable_ipv6\": \"1\"");
    }

    @Test
    void anIpv6ClusterGetsOutOverIpv4AsTheNode() throws Exception {
        var plugin =
                new EgressPlugin(
                        EgressFamily.IPV4,
                        true,
                        null,
                        SnatPorts.ORIGINAL,
                        1400,
                        EgressPlugin.defaultLog(EgressFamily.IPV4),
                        "Info");
        assertThat(plugin.separates()).isTrue();
        var input = new TreeMap<>(plugin.on(IpAddress.parse("10.0.0.10")).tree());
        assertThat(Json.compact(input.get("ipam")))
                .isEqualTo(
                        "{\"type\":\"host-local\",\"ranges\":[[{\"subnet\":\"169.254.172.0/22\"}]],"
                                + "\"routes\":[{\"dst\":\"0.0.0.0/0\"}],"
                                + "\"dataDir\":\"/run/cni/v6pd/egress-v4-ipam\"}");
        assertThat(input)
                .containsEntry("enabled", "true")
                .containsEntry("mtu", "1400")
                .containsEntry("nodeIP", "10.0.0.10")
                .containsEntry("randomizeSNAT", "none")
                .containsEntry("pluginLogFile", "/var/log/aws-routed-eni/egress-v4-plugin.log");

        input.put("name", "aws-cni");
        input.put("cniVersion", "0.4.0");
        EgressConfig read =
                Objects.requireNonNull(
                        NetworkConfig.parse(Json.parse(Json.compact(input))).egress());
        assertThat(read.nodeAddress()).hasToString("10.0.0.10");
    }

    @Test
    void aNodeWithoutAnAddressInTheOtherFamilyHasEgressSwitchedOff() {
        var plugin =
                new EgressPlugin(
                        EgressFamily.IPV6, true, null, SnatPorts.RANDOM, 9001, "", "Debug");
        assertThat(plugin.on(null).enabled()).isFalse();
        assertThat(plugin.on(IpAddress.parse("2600:1f13::7")).tree())
                .containsEntry("enabled", "true")
                .containsEntry("nodeIP", "2600:1f13::7");
        assertThat(EgressPlugin.DEFAULT.separates()).isFalse();
    }

    @Test
    void isAcceptedByOurselves() throws Exception {
        var conflist =
                new Conflist(
                        "1.1.0",
                        "vpc",
                        1500,
                        "standard",
                        "/x",
                        "info",
                        false,
                        false,
                        EgressPlugin.DEFAULT);
        NetworkConfig config = NetworkConfig.parse(Json.parse(conflist.pluginInput()));
        assertThat(config.vethPrefix()).isEqualTo("vpc");
        assertThat(config.mtu()).isEqualTo(1500);
        assertThat(config.enforcingMode()).isEqualTo(NetworkConfig.EnforcingMode.STANDARD);
    }

    @Test
    void isOfTheVersionThatHasStatusWhereThatIsAskedFor() {
        assertThat(optional("1.1.0").render()).startsWith("{\n  \"cniVersion\": \"1.1.0\",");
        assertThat(optional("1.1.0").pluginInput()).contains("\"cniVersion\":\"1.1.0\"");
    }

    @Test
    void fillsWhatSomebodyHasWrittenHimself() throws Exception {
        var egress =
                new EgressPlugin(
                        EgressFamily.IPV4,
                        true,
                        IpAddress.parse("10.0.0.10"),
                        SnatPorts.RANDOM,
                        1400,
                        "/e.log",
                        "Info");
        var conflist =
                new Conflist(
                        "1.1.0", "vpc", 1400, "standard", "/a\"b\\c", "Info", false, false, egress);
        String text =
                """
                {"cniVersion": "0.3.1", "plugins": [{"type": "x", "all": "__VETHPREFIX__ __MTU__ \
                __PODSGENFORCINGMODE__ __PLUGINLOGFILE__ __PLUGINLOGLEVEL__ __EGRESSPLUGINLOGFILE__ \
                __EGRESSPLUGINENABLED__ __EGRESSPLUGINIPAMSUBNET__ __EGRESSPLUGINIPAMDST__ \
                __EGRESSPLUGINIPAMDATADIR__ __RANDOMIZESNAT__ __NODEIP__ __MTU__ __OTHER__"}]}
                """;
        assertThat(conflist.render(text))
                .isEqualTo(
                        """
                        {"cniVersion": "0.3.1", "plugins": [{"type": "x", "all": "vpc 1400 \
                        standard /a\\"b\\\\c Info /e.log \
                        true 169.254.172.0/22 0.0.0.0/0 \
                        /run/cni/v6pd/egress-v4-ipam hashrandom 10.0.0.10 1400 __OTHER__"}]}
                        """);
    }

    @Test
    void addsPluginsToWhatSomebodyHasWrittenAndKeepsTheRest() throws Exception {
        String text = "{\"x\": {\"y\": 1}, \"plugins\": [{\"type\": \"aws-cni\", \"z\": 2}]}";
        assertThat(optional("1.1.0").render(text))
                .contains("\"y\": 1", "\"z\": 2", "\"bandwidth\"", "\"tuning\"")
                .doesNotContain("cniVersion");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{\"plugins\": []}",
                "{\"plugins\": {}}",
                "{\"name\": \"x\"}",
                "{"
            })
    void refusesWhatIsNoConfiguration(String text) {
        assertThatThrownBy(() -> optional("0.4.0").render(text)).isInstanceOf(JsonException.class);
    }

    private static Conflist optional(String version) {
        return new Conflist(
                version, "eni", 1500, "strict", "", "", true, true, EgressPlugin.DEFAULT);
    }
}
