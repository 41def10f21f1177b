package dev.vpccni.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.emulator.fabric.Egress;
import dev.vpccni.json.JsonException;
import dev.vpccni.vpc.settings.Latency;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class LabSettingsTest {

    @Test
    void textIsReadBack() throws JsonException {
        LabSettings settings = settings(3, "m5.large", "call=300ms,device=2s");
        assertThat(LabSettings.parse(settings.text())).isEqualTo(settings);
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
                true,
                Path.of("/opt/vpc-cni"));
    }
}
