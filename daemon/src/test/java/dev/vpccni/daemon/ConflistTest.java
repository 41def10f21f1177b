package dev.vpccni.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.cni.EgressConfig;
import dev.vpccni.cni.NetworkConfig;
import dev.vpccni.daemon.egress.EgressPlugin;
import dev.vpccni.dataplane.NodeSetup.SnatPorts;
import dev.vpccni.dataplane.egress.EgressFamily;
import dev.vpccni.json.Json;
import dev.vpccni.model.IpAddress;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

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
        String text =
                new Conflist("eni", 1500, "strict", "", "", true, true, EgressPlugin.DEFAULT)
                        .render();
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
                        "vpc", 1500, "standard", "/x", "info", false, false, EgressPlugin.DEFAULT);
        NetworkConfig config = NetworkConfig.parse(Json.parse(conflist.pluginInput()));
        assertThat(config.vethPrefix()).isEqualTo("vpc");
        assertThat(config.mtu()).isEqualTo(1500);
        assertThat(config.enforcingMode()).isEqualTo(NetworkConfig.EnforcingMode.STANDARD);
    }
}
