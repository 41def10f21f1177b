package dev.vpccni.cni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.json.Json;
import dev.vpccni.json.JsonException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A result of two families, with gateways, in the form of each version. */
final class CniResultFormsTest {

    private static final CniResult BOTH =
            new CniResult(
                    List.of(new CniResult.Interface("eth0", "0a:58:0a:f4:01:05", "/run/netns/x")),
                    List.of(
                            new CniResult.Ip("10.244.1.5/24", "10.244.1.1", 0),
                            new CniResult.Ip("fd00::5/64", "fd00::1", null)));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "V0_2_0 | {'cniVersion':'0.2.0','ip4':{'ip':'10.244.1.5/24','gateway':'10.244.1.1'},"
                        + "'ip6':{'ip':'fd00::5/64','gateway':'fd00::1'},'dns':{}}",
                "V0_4_0 | {'cniVersion':'0.4.0','interfaces':[{'name':'eth0',"
                        + "'mac':'0a:58:0a:f4:01:05','sandbox':'/run/netns/x'}],"
                        + "'ips':[{'version':'4','interface':0,'address':'10.244.1.5/24',"
                        + "'gateway':'10.244.1.1'},{'version':'6','address':'fd00::5/64',"
                        + "'gateway':'fd00::1'}],'dns':{}}",
                "V1_0_0 | {'cniVersion':'1.0.0','interfaces':[{'mac':'0a:58:0a:f4:01:05',"
                        + "'name':'eth0','sandbox':'/run/netns/x'}],"
                        + "'ips':[{'address':'10.244.1.5/24','gateway':'10.244.1.1','interface':0},"
                        + "{'address':'fd00::5/64','gateway':'fd00::1'}]}",
            },
            quoteCharacter = '`')
    void isWritten(CniVersion version, String text) {
        assertThat(Json.compact(BOTH.toTree(version)).replace('"', '\'')).isEqualTo(text);
    }

    @ParameterizedTest
    @EnumSource
    void readsWhatItWrites(CniVersion version) throws Exception {
        CniResult read = read(Json.compact(BOTH.toTree(version)));

        assertThat(read.ips())
                .extracting(ip -> ip.address() + " by " + ip.gateway())
                .containsExactly("10.244.1.5/24 by 10.244.1.1", "fd00::5/64 by fd00::1");
        if (version.isAtLeast(CniVersion.V0_3_0)) {
            assertThat(read).isEqualTo(BOTH);
        }
    }

    @ParameterizedTest
    @CsvSource({"V0_2_0, ',dns'", "V0_4_0, ',dns'", "V1_1_0, ''"})
    void ofNothingHasNoLists(CniVersion version, String more) throws Exception {
        Map<String, Object> tree = new CniResult(List.of(), List.of()).toTree(version);

        assertThat(String.join(",", tree.keySet())).isEqualTo("cniVersion" + more);
        assertThat(read(Json.compact(tree))).isEqualTo(new CniResult(List.of(), List.of()));
    }

    @ParameterizedTest
    @CsvSource({"0, true", "1, true", "2, false", "-1, false"})
    void anAddressMayNameOneOfTheInterfaces(int index, boolean valid) throws Exception {
        String text =
                "{\"cniVersion\":\"1.0.0\",\"interfaces\":[{\"name\":\"a\"},{\"name\":\"b\"}],"
                        + "\"ips\":[{\"address\":\"10.0.0.1/32\",\"interface\":"
                        + index
                        + "}]}";
        if (valid) {
            assertThat(read(text).ips().getFirst().interfaceIndex()).isEqualTo(index);
        } else {
            assertThatThrownBy(() -> read(text))
                    .isInstanceOf(CniException.class)
                    .hasMessage(
                            "network config: \"prevResult.ips[0].interface\" is %s"
                                    .formatted(index));
        }
    }

    @Test
    void whatHasAColonIsOfVersion6() {
        assertThat(BOTH.ips()).extracting(CniResult.Ip::isIpv6).containsExactly(false, true);
    }

    private static CniResult read(String text) throws CniException, JsonException {
        return Objects.requireNonNull(
                NetworkConfig.parse(
                                Map.of(
                                        "cniVersion",
                                        "1.0.0",
                                        "name",
                                        "aws-cni",
                                        "prevResult",
                                        Objects.requireNonNull(Json.parse(text))))
                        .previous());
    }
}
