package dev.vpccni.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.emulator.metadata.MetadataEndpoint;
import dev.vpccni.emulator.metadata.MetadataOptions;
import dev.vpccni.emulator.state.CallCounts.Count;
import dev.vpccni.emulator.state.CallCounts.Service;
import dev.vpccni.vpc.settings.Latency;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MetadataServiceTest {

    private static final String TOKEN = "X-aws-ec2-metadata-token";
    private static final String SECONDS = "X-aws-ec2-metadata-token-ttl-seconds";

    private final SmallCloud cloud = new SmallCloud(Latency.INSTANT);
    private final MetadataEndpoint metadata =
            cloud.emulator.listenMetadata(
                    cloud.instance, SmallCloud.ANY_PORT, MetadataOptions.V2_ONLY);

    MetadataServiceTest() throws IOException {}

    @AfterEach
    void stop() {
        cloud.close();
    }

    @Test
    void aTokenOpensTheDoor() throws Exception {
        var issued = cloud.put(at("/latest/api/token"), SECONDS, "300");

        assertThat(issued.statusCode()).isEqualTo(200);
        assertThat(issued.headers().firstValue(SECONDS)).hasValue("300");
        var answer = cloud.get(at("/latest/meta-data/instance-id"), TOKEN, issued.body());
        assertThat(answer.body()).isEqualTo(cloud.instance.value());
        assertThat(answer.headers().firstValue("Content-Length"))
                .hasValue(String.valueOf(cloud.instance.value().length()));
    }

    @Test
    void withoutAValidTokenItStaysShut() throws Exception {
        assertThat(cloud.get(at("/latest/meta-data/mac")).statusCode()).isEqualTo(401);
        assertThat(cloud.get(at("/latest/meta-data/mac"), TOKEN, "wrong").statusCode())
                .isEqualTo(401);
        String token = token();
        metadata.expireTokens();
        assertThat(cloud.get(at("/latest/meta-data/mac"), TOKEN, token).statusCode())
                .isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "21601", "-1", "ten"})
    void aTokenLivesSecondsToSixHours(String seconds) throws Exception {
        assertThat(cloud.put(at("/latest/api/token"), SECONDS, seconds).statusCode())
                .isEqualTo(400);
        assertThat(cloud.put(at("/latest/api/token")).statusCode()).isEqualTo(400);
    }

    @Test
    void tokensAreNotGivenThroughProxiesOrElsewhere() throws Exception {
        assertThat(
                        cloud.put(
                                        at("/latest/api/token"),
                                        SECONDS,
                                        "60",
                                        "X-Forwarded-For",
                                        "10.0.0.1")
                                .statusCode())
                .isEqualTo(403);
        assertThat(cloud.put(at("/2021-03-23/api/token"), SECONDS, "60").statusCode())
                .isEqualTo(403);
    }

    @Test
    void whatIsAbsentIsNotFound() throws Exception {
        HttpResponse<String> answer = cloud.get(at("/latest/meta-data/ipv6"), TOKEN, token());

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/html");
        assertThat(answer.body()).contains("<title>404 - Not Found</title>");
    }

    @Test
    void optionsAllowVersionOneOrNothing() throws Exception {
        metadata.options(MetadataOptions.V1_ALLOWED);
        assertThat(cloud.get(at("/latest/meta-data/mac")).statusCode()).isEqualTo(200);
        assertThat(cloud.get(at("/latest/meta-data/mac"), TOKEN, "wrong").statusCode())
                .isEqualTo(401);
        metadata.options(MetadataOptions.DISABLED);
        assertThat(cloud.get(at("/latest/meta-data/mac")).statusCode()).isEqualTo(403);
    }

    @Test
    void itMayBeOutOfOrderForAWhile() throws Exception {
        String token = token();
        metadata.fail(1);

        assertThat(cloud.get(at("/latest/meta-data/mac"), TOKEN, token).statusCode())
                .isEqualTo(503);
        assertThat(cloud.get(at("/latest/meta-data/mac"), TOKEN, token).statusCode())
                .isEqualTo(200);
    }

    @Test
    void requestsAreCountedAlikeForEachInterface() throws Exception {
        String token = token();
        String mac = cloud.get(at("/latest/meta-data/mac"), TOKEN, token).body();
        cloud.get(at("/latest/meta-data/network/interfaces/macs/" + mac + "/ipv6s/"), TOKEN, token);

        assertThat(cloud.emulator.calls().of(Service.METADATA).get(cloud.instance.value()))
                .containsEntry("api/token", new Count(1, new TreeMap<>()))
                .containsEntry("meta-data/mac", new Count(1, new TreeMap<>()))
                .containsEntry(
                        "meta-data/network/interfaces/macs/{mac}/ipv6s",
                        new Count(1, new TreeMap<>(Map.of("404", 1L))));
    }

    private String token() throws Exception {
        return cloud.put(at("/latest/api/token"), SECONDS, "300").body();
    }

    private URI at(String path) {
        return metadata.uri().resolve(path);
    }
}
