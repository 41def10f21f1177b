package dev.vpccni.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.cni.NetworkConfig;
import dev.vpccni.json.Json;
import org.junit.jupiter.api.Test;

final class ConflistTest {

    @Test
    void isUpstreamsWithoutTheEgressPlugin() {
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
        String text = new Conflist("eni", 1500, "strict", "", "", true, true).render();
        assertThat(text.indexOf("\"bandwidth\"")).isGreaterThan(text.indexOf("\"portmap\""));
        assertThat(text.indexOf("\"tuning\"")).isGreaterThan(text.indexOf("\"bandwidth\""));
        assertThat(text)
                .contains(
                        "\"net.ipv6.conf.all.disable_ipv6\": \"1\"",
                        "\"net.ipv6.conf.default.disable_ipv6\": \"1\"",
                        "\"net.ipv6.conf.lo.disable_ipv6\": \"1\"");
    }

    @Test
    void isAcceptedByOurselves() throws Exception {
        var conflist = new Conflist("vpc", 1500, "standard", "/x", "info", false, false);
        NetworkConfig config = NetworkConfig.parse(Json.parse(conflist.pluginInput()));
        assertThat(config.vethPrefix()).isEqualTo("vpc");
        assertThat(config.mtu()).isEqualTo(1500);
        assertThat(config.enforcingMode()).isEqualTo(NetworkConfig.EnforcingMode.STANDARD);
    }
}
