package dev.vpccni.emulator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.json.JsonObject;
import dev.vpccni.vpc.settings.Latency;
import dev.vpccni.vpc.settings.VpcSettings.ShortageCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EmulatorCommandTest {

    @Test
    void oneLineNamesEveryEndpoint() throws Exception {
        var options =
                EmulatorOptions.parse(
                        List.of(
                                "--listen",
                                "127.0.0.1:0",
                                "--latency",
                                "aws-like",
                                "--seed",
                                "42",
                                "--instances",
                                "3",
                                "--instance-type",
                                "c5.large"));
        var out = new ByteArrayOutputStream();

        try (Emulator emulator = EmulatorCommand.start(options, new PrintStream(out, true, UTF_8));
                var client = HttpClient.newHttpClient()) {
            assertThat(out.toString(UTF_8).lines()).hasSize(1);
            JsonObject line = JsonObject.parse(out.toString(UTF_8));
            assertThat(line.string("ec2")).isEqualTo(emulator.endpoint().toString());
            assertThat(line.objects("subnets")).hasSize(2);
            assertThat(line.objects("instances")).hasSize(3);
            JsonObject second = line.objects("instances").get(1);
            assertThat(second.string("name")).isEqualTo("node2");
            assertThat(second.string("zone")).isEqualTo("us-west-2b");
            assertThat(second.string("mac")).matches("([0-9a-f]{2}:){5}[0-9a-f]{2}");
            assertThat(line.objects("instances").getFirst().string("mac"))
                    .isNotEqualTo(second.string("mac"));
            URI metadata = URI.create(second.string("metadata") + "/latest/meta-data/");
            var answer =
                    client.send(HttpRequest.newBuilder(metadata).build(), BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(401);
        }
    }

    @Test
    void anInstanceThatEc2StartsHasMetadataFromThenOnAndUntilItEnds() throws Exception {
        var out = new ByteArrayOutputStream();
        var options = EmulatorOptions.parse(List.of("--instances", "0"));
        try (Emulator emulator = EmulatorCommand.start(options, new PrintStream(out, true, UTF_8));
                var client = HttpClient.newHttpClient()) {
            String subnet =
                    JsonObject.parse(out.toString(UTF_8))
                            .objects("subnets")
                            .getFirst()
                            .string("id");
            var run =
                    URI.create(
                            emulator.endpoint()
                                    + "/?Action=RunInstances&ImageId=ami-1&MinCount=1&MaxCount=1"
                                    + "&InstanceType=m5.large&SubnetId="
                                    + subnet);
            assertThat(
                            client.send(
                                            HttpRequest.newBuilder(run).build(),
                                            BodyHandlers.ofString())
                                    .body())
                    .contains("<name>running</name>");

            List<String> lines = out.toString(UTF_8).lines().toList();
            assertThat(lines).hasSize(2);
            JsonObject started = JsonObject.parse(lines.get(1));
            var metadata = URI.create(started.string("metadata") + "/latest/meta-data/mac");
            var request = HttpRequest.newBuilder(metadata).build();
            assertThat(client.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(401);

            var end =
                    URI.create(
                            emulator.endpoint()
                                    + "/?Action=TerminateInstances&InstanceId.1="
                                    + started.string("id"));
            client.send(HttpRequest.newBuilder(end).build(), BodyHandlers.ofString());
            assertThatThrownBy(() -> client.send(request, BodyHandlers.ofString()))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void whatAShortageIsCalledIsAnOption() {
        var options = EmulatorOptions.parse(List.of("--insufficient-code", "new"));
        assertThat(options.settings().cloud().shortage()).isEqualTo(ShortageCode.NEW);
        assertThat(EmulatorOptions.defaults().settings().cloud().shortage())
                .isEqualTo(ShortageCode.CLASSIC);
    }

    @Test
    void withoutArgumentsThereAreDefaults() {
        assertThat(EmulatorOptions.parse(List.of())).isEqualTo(EmulatorOptions.defaults());
        assertThat(EmulatorOptions.defaults().latency()).isEqualTo(Latency.INSTANT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--listen",
                "--listen 8080",
                "--listen localhost:99999",
                "--latency slow",
                "--insufficient-code old",
                "--seed x",
                "--instances -1",
                "--instance-type m5.tiny",
                "--no-such 1",
            })
    void aWrongArgumentIsNamed(String arguments) {
        assertThatThrownBy(() -> EmulatorOptions.parse(List.of(arguments.split(" "))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageMatching(".+");
    }
}
