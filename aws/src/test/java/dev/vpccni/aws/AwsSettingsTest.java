package dev.vpccni.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class AwsSettingsTest {

    private static final Map<String, String> ALL =
            Map.of(
                    "AWS_ENDPOINT_URL_EC2", "http://a:1",
                    "AWS_EC2_ENDPOINT", "http://b:1",
                    "AWS_ENDPOINT_URL", "http://c:1");

    @Test
    void takesTheMostSpecificEndpoint() {
        assertThat(from(ALL).endpoint()).isEqualTo(URI.create("http://a:1"));
        assertThat(from(Map.of("AWS_EC2_ENDPOINT", "http://b", "AWS_ENDPOINT_URL", "http://c")))
                .extracting(AwsSettings::endpoint)
                .isEqualTo(URI.create("http://b"));
        assertThat(from(Map.of("AWS_ENDPOINT_URL", "http://c")).endpoint())
                .isEqualTo(URI.create("http://c"));
        assertThat(from(Map.of()).endpoint()).isNull();
    }

    @Test
    void refusesAnEndpointWithoutAHost() {
        assertThatThrownBy(() -> from(Map.of("AWS_EC2_ENDPOINT", "ec2.example")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("AWS_EC2_ENDPOINT");
    }

    @Test
    void neverWaitsLessThanUpstream() {
        assertThat(from(Map.of()).requestLimit()).isEqualTo(Duration.ofSeconds(10));
        assertThat(from(Map.of("HTTP_TIMEOUT", "3")).requestLimit())
                .isEqualTo(Duration.ofSeconds(10));
        assertThat(from(Map.of("HTTP_TIMEOUT", "25")).requestLimit())
                .isEqualTo(Duration.ofSeconds(25));
        assertThat(from(Map.of("HTTP_TIMEOUT", "soon")).requestLimit())
                .isEqualTo(Duration.ofSeconds(10));
    }

    private static AwsSettings from(Map<String, String> environment) {
        return AwsSettings.from(environment, "us-west-2", "v1");
    }
}
