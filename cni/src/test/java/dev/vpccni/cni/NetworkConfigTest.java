package dev.vpccni.cni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.json.Json;
import dev.vpccni.json.JsonException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class NetworkConfigTest {

    @Test
    void hasUpstreamsDefaults() throws Exception {
        assertThat(parse("{\"name\":\"aws-cni\",\"type\":\"aws-cni\"}"))
                .isEqualTo(
                        new NetworkConfig(
                                CniVersion.V0_1_0,
                                "aws-cni",
                                "eni",
                                9001,
                                NetworkConfig.EnforcingMode.STRICT,
                                false,
                                null,
                                null));
    }

    @Test
    void readsEveryField() throws Exception {
        assertThat(
                        parse(
                                """
                                {"cniVersion":"1.1.0","name":"n","vethPrefix":"vpc","mtu":"1500",
                                 "podSGEnforcingMode":"standard","pluginLogFile":"/x",
                                 "pluginLogLevel":"Debug","prevResult":null,
                                 "capabilities":{"io.kubernetes.cri.pod-annotations":true},
                                 "runtimeConfig":{"io.kubernetes.cri.pod-annotations":
                                   {"a":"b","k8s.amazonaws.com/nicConfig":"multi-nic-attachment"}},
                                 "cni.dev/valid-attachments":[{"containerID":"c","ifname":"eth0"}]}
                                """))
                .isEqualTo(
                        new NetworkConfig(
                                CniVersion.V1_1_0,
                                "n",
                                "vpc",
                                1500,
                                NetworkConfig.EnforcingMode.STANDARD,
                                new NetworkConfig.PluginLog("/x", "Debug"),
                                null,
                                true,
                                null,
                                List.of(new GcAttachment("c", "eth0"))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"io.kubernetes.cri.pod-annotations\":{}}",
                "{\"io.kubernetes.cri.pod-annotations\":{\"k8s.amazonaws.com/nicConfig\":null}}",
                "{\"io.kubernetes.cri.pod-annotations\":{\"k8s.amazonaws.com/nicConfig\":\"x\"}}"
            })
    void asksForEveryCardOnlyByItsAnnotation(String runtimeConfig) throws Exception {
        assertThat(parse("{\"name\":\"n\",\"runtimeConfig\":" + runtimeConfig + "}").everyCard())
                .isFalse();
    }

    /** An ADD may wait for a minute, beside a thousand others. */
    @Test
    void keepsNothingLongForAnAdd() throws Exception {
        NetworkConfig config =
                parse(
                        """
                        {"cniVersion":"1.0.0","name":"n","pluginLogFile":"/x","pluginLogLevel":"Info",
                         "prevResult":{"cniVersion":"1.0.0"},
                         "cni.dev/valid-attachments":[{"containerID":"c","ifname":"eth0"}]}
                        """);
        assertThat(config.withoutResults().previous()).isNull();
        assertThat(config.withoutResults().validAttachments()).isNull();
        assertThat(config.withoutResults().log())
                .isEqualTo(new NetworkConfig.PluginLog("/x", "Info"));
        assertThat(parse("{\"name\":\"n\",\"pluginLogFile\":\"" + "x".repeat(4095) + "\"}"))
                .isNotNull();
        assertThatThrownBy(() ->
                        parse("{\"name\":\"n\",\"pluginLogFile\":\"" + "x".repeat(4096) + "\"}"))
                .isInstanceOf(CniException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {576, 1500, 9001})
    void theMtuIsWhatIpAndEc2Carry(int mtu) throws Exception {
        assertThat(parse("{\"name\":\"n\",\"mtu\":\"" + mtu + "\"}").mtu()).isEqualTo(mtu);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"vethPrefix\":\"veth0\" | vethPrefix | \"veth0\"",
                "\"vethPrefix\":\"a/b\"   | vethPrefix | \"a/b\"",
                "\"vethPrefix\":7         | vethPrefix | 7",
                "\"mtu\":9001             | mtu | 9001",
                "\"mtu\":\"nine\"         | mtu | \"nine\"",
                "\"mtu\":\"575\"          | mtu | \"575\"",
                "\"mtu\":\"9002\"         | mtu | \"9002\"",
                "\"mtu\":\" 1500\"        | mtu | \" 1500\"",
                "\"podSGEnforcingMode\":\"lax\" | podSGEnforcingMode | \"lax\"",
                "\"pluginLogFile\":{}     | pluginLogFile | an object",
                "\"pluginLogLevel\":[]    | pluginLogLevel | a list",
                "\"pluginLogLevel\":\"loud, and all of it\" | pluginLogLevel | \"loud, and all of it\"",
                "\"runtimeConfig\":\"\"   | runtimeConfig | \"\"",
                "\"prevResult\":[]        | prevResult | a list",
                "\"prevResult\":{\"interfaces\":{}} | prevResult.interfaces | an object",
                "\"prevResult\":{\"ips\":[null]} | prevResult.ips[0] | null",
                "\"prevResult\":{\"ips\":[{}]} | prevResult.ips[0].address | null",
                "\"cni.dev/valid-attachments\":{} | cni.dev/valid-attachments | an object",
                "\"cni.dev/attachments\":[{\"containerID\":\"c\"}] | cni.dev/attachments[0].ifname | null",
            })
    void namesTheFieldThatIsWrong(String member, String field, String value) {
        assertThatThrownBy(() -> parse("{\"cniVersion\":\"1.1.0\",\"name\":\"n\"," + member + "}"))
                .isInstanceOfSatisfying(
                        CniException.class,
                        e -> {
                            assertThat(e.error().code()).isEqualTo(7);
                            assertThat(e.error().message())
                                    .isEqualTo("network config: \"%s\" is %s", field, value);
                            assertThat(e.error().details()).startsWith("allowed: ");
                        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"name\":\"\"}", "{\"name\":\"-x\"}", "{\"name\":\"a b\"}"})
    void needsAName(String text) {
        assertThatThrownBy(() -> parse(text))
                .isInstanceOfSatisfying(
                        CniException.class, e -> assertThat(e.error().code()).isEqualTo(7));
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "null", "\"x\"", "1"})
    void isAnObject(String text) {
        assertThatThrownBy(() -> parse(text))
                .isInstanceOfSatisfying(
                        CniException.class, e -> assertThat(e.error().code()).isEqualTo(6));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.2.0", "0.5.0", "1.0", "v1.0.0"})
    void knowsItsVersionsExactly(String version) {
        assertThatThrownBy(() -> parse("{\"name\":\"n\",\"cniVersion\":\"" + version + "\"}"))
                .isInstanceOfSatisfying(
                        CniException.class,
                        e -> {
                            assertThat(e.error()).isEqualTo(new CniError.UnknownVersion(version));
                            assertThat(e.error().code()).isEqualTo(1);
                        });
    }

    @Test
    void tellsAnEmptyListFromNone() throws Exception {
        String head = "{\"cniVersion\":\"1.1.0\",\"name\":\"n\"";
        assertThat(parse(head + "}").validAttachments()).isNull();
        assertThat(parse(head + ",\"cni.dev/valid-attachments\":null}").validAttachments())
                .isNull();
        assertThat(parse(head + ",\"cni.dev/valid-attachments\":[]}").validAttachments()).isEmpty();
        assertThat(parse(head + ",\"cni.dev/attachments\":[]}").validAttachments()).isEmpty();
    }

    private static NetworkConfig parse(String text) throws CniException, JsonException {
        return NetworkConfig.parse(Json.parse(text));
    }
}
