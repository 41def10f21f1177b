package dev.vpccni.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.emulator.fabric.Egress;
import dev.vpccni.json.JsonException;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.vpc.settings.Latency;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class LabSettingsTest {

    @Test
    void textIsReadBack() throws JsonException {
        LabSettings settings = settings(3, "m5.large", "call=300ms,device=2s");
        assertThat(LabSettings.parse(settings.text())).isEqualTo(settings);
    }

    @Test
    void aTopologyIsReadAsItIsWritten() throws Exception {
        var topology =
                new LabTopology(
                        List.of(Ipv4Cidr.parse("10.0.0.0/24")),
                        List.of(Ipv4Cidr.parse("100.64.0.0/20")),
                        true,
                        2,
                        3);
        LabSettings plain = settings(3, "m5.large,t3.medium", "instant");
        var settings =
                new LabSettings(
                        plain.name(),
                        3,
                        plain.instanceType(),
                        plain.environment(),
                        "instant",
                        9,
                        true,
                        Egress.INTERNET_GATEWAY,
                        topology,
                        plain.home());
        assertThat(LabSettings.parse(settings.text())).isEqualTo(settings);
        LabSettings cluster = settings.withKubernetes(Path.of("/opt/kubernetes"));
        assertThat(LabSettings.parse(cluster.text())).isEqualTo(cluster).isNotEqualTo(settings);
        assertThat(topology.vpcBlocks().toString()).isEqualTo("[10.0.0.0/16, 100.64.0.0/16]");
        assertThat(plain.typeOf(1).name()).isEqualTo("m5.large");
        assertThat(plain.typeOf(2).name()).isEqualTo("t3.medium");
        assertThat(plain.typeOf(3).name()).isEqualTo("m5.large");
        assertThat(settings.typeOf(2).interfacesPerCard()).containsExactly(3, 3);
        assertThat(settings.typeOf(2).name()).isEqualTo("t3.medium-2cards");
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/20, 10.0.8.0/24, 10.0.8.0/24 overlaps 10.0.0.0/20",
        "10.0.255.0/25, 10.0.8.0/24, 10.0.255.0/25 is where the lab's own gateways are: 10.0.255.0/24",
        "10.0.0.0/29, 10.0.8.0/24, 'a subnet is a /16 to /28, not 10.0.0.0/29'",
    })
    void aSubnetThatCannotBeIsNamed(String subnet, String pods, String message) {
        assertThatThrownBy(() ->
                        new LabTopology(
                                List.of(Ipv4Cidr.parse(subnet)),
                                List.of(Ipv4Cidr.parse(pods)),
                                false,
                                0,
                                LabTopology.ALL_FREE))
                .hasMessage(message);
    }

    @Test
    void latenciesAreReadAsTheyAreWritten() {
        assertThat(LatencyText.parse("instant")).isEqualTo(Latency.INSTANT);
        assertThat(LatencyText.parse("aws-like")).isEqualTo(Latency.AWS_LIKE);
        assertThat(LatencyText.parse("call=300ms,device=2s"))
                .isEqualTo(Latency.scenario(Duration.ofMillis(300), Duration.ofSeconds(2)));
        assertThat(LatencyText.parse("device=50ms"))
                .isEqualTo(Latency.scenario(Duration.ZERO, Duration.ofMillis(50)));
    }

    @Test
    void whatMakesNoLabIsRefusedWithTheReason() {
        assertThatThrownBy(() -> settings(0, "m5.large", "instant"))
                .hasMessage("a lab has 1 to 100 nodes, not 0");
        assertThatThrownBy(() -> settings(1, "m5.tiny", "instant"))
                .hasMessage("no such instance type: m5.tiny");
        assertThatThrownBy(() -> settings(1, "m5.large", "call=fast"))
                .hasMessage(
                        "no such latency: \"call=fast\"; there is instant, aws-like, or"
                                + " call=300ms,device=2s");
        assertThatThrownBy(() -> new LabFolder("../etc")).hasMessageContaining("\"../etc\"");
    }

    @Test
    void inAVpcWithIpv6PodsHaveSuchAddressesUnlessAFamilyIsNamed() {
        assertThat(withIpv6(Map.of("WARM_PREFIX_TARGET", "2")).daemonEnvironment())
                .containsEntry("ENABLE_IPv6", "true")
                .containsEntry("ENABLE_PREFIX_DELEGATION", "true")
                .containsEntry("WARM_PREFIX_TARGET", "2");
        assertThat(withIpv6(Map.of("ENABLE_IPv6", "false")).daemonEnvironment())
                .containsOnlyKeys("ENABLE_IPv6");
        assertThat(settings(1, "m5.large", "instant").daemonEnvironment())
                .containsOnlyKeys("WARM_IP_TARGET");
    }

    private static LabSettings withIpv6(Map<String, String> environment) {
        return new LabSettings(
                "test",
                1,
                "m5.large",
                new TreeMap<>(environment),
                "instant",
                9,
                true,
                Egress.INTERNET_GATEWAY,
                new LabTopology(
                        LabTopology.DEFAULT.subnets(), List.of(), true, 0, LabTopology.ALL_FREE),
                Path.of("/opt/vpc-cni"));
    }

    private static LabSettings settings(int nodes, String type, String latency) {
        return new LabSettings(
                "test",
                nodes,
                type,
                new TreeMap<>(Map.of("WARM_IP_TARGET", "2")),
                latency,
                9,
                true,
                Egress.NAT_GATEWAY,
                Path.of("/opt/vpc-cni"));
    }
}
