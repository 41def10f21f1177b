package dev.vpccni.cni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;

import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EgressConfigTest {

    private static final Map<String, Object> PREVIOUS =
            Map.of(
                    "cniVersion",
                    "0.4.0",
                    "interfaces",
                    List.of(Map.of("name", "enic440f455693")),
                    "routes",
                    List.of(Map.of("dst", "0.0.0.0/0")),
                    "somethingNew",
                    7L);

    @Test
    void readsUpstreamsConfiguration() throws Exception {
        EgressConfig egress = read(config());
        assertThat(egress)
                .isEqualTo(
                        new EgressConfig(
                                IpAddress.parse("10.0.0.10"),
                                new EgressConfig.Pool(
                                        Cidr.parse("169.254.172.0/22"),
                                        "/run/cni/v6pd/egress-v4-ipam"),
                                EgressConfig.SourcePorts.RANDOM_FULLY,
                                null));
        assertThat(egress.isEnabled()).isTrue();
    }

    @Test
    void anotherPluginHasNone() throws Exception {
        Map<String, Object> config = config();
        config.put("type", "aws-cni");
        assertThat(NetworkConfig.parse(config).egress()).isNull();
    }

    @ParameterizedTest
    @CsvSource({"false", "True", "1", "''"})
    void anythingButTrueSwitchesItOff(String enabled) throws Exception {
        Map<String, Object> config = config();
        config.put("enabled", enabled);
        config.put("nodeIP", "");
        EgressConfig egress = read(config);
        assertThat(egress.isEnabled()).isFalse();
        assertThat(egress.pool()).isNotNull();

        config.remove("ipam");
        assertThat(read(config).pool()).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "none, ORIGINAL",
        "hashrandom, RANDOM",
        "prng, RANDOM_FULLY",
        "whatever, RANDOM_FULLY",
    })
    void choosesSourcePorts(String text, EgressConfig.SourcePorts expected) throws Exception {
        Map<String, Object> config = config();
        config.put("randomizeSNAT", text);
        assertThat(read(config).sourcePorts()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "2600:1f13::7, true",
        "fd12::1, true",
        "2001:db8::1, true",
        "2001:db8::, true",
        "'', false",
        "10.0.0.10, false",
        "fe80::1, false",
        "febf::1, false",
        "ff02::1, false",
        "::1, false",
        "::, false",
        "2600:1f13::7/64, false",
    })
    void theNodesAddressIsOneOfTheFamily(String address, boolean allowed) throws Exception {
        Map<String, Object> config = config();
        config.put("nodeIP", address);
        config.put("ipam", ipam("fd00::ac:00/118"));
        if (allowed) {
            assertThat(read(config).nodeAddress()).hasToString(address);
        } else {
            assertThatThrownBy(() -> NetworkConfig.parse(config))
                    .isInstanceOf(CniException.class)
                    .hasMessageContaining("nodeIP");
        }
    }

    @Test
    void theRangeIsOneBlockOfFourAddressesAtLeast() throws Exception {
        Map<String, Object> config = config();
        config.put("ipam", ipam("169.254.172.0/30"));
        assertThat(read(config).isEnabled()).isTrue();

        Map<String, String> one = Map.of("subnet", "169.254.172.0/22");
        for (Object ranges :
                List.of(
                        List.of(),
                        List.of(List.of(one), List.of(one)),
                        List.of(List.of(one, one)),
                        List.of(one),
                        List.of(List.of("169.254.172.0/22")),
                        List.of(List.of(Map.of("subnet", 5))))) {
            refuses("ipam.ranges", "ipam", Map.of("type", "host-local", "ranges", ranges));
        }
    }

    @Test
    void namesTheFieldThatIsWrong() {
        refuses("ipam", "ipam", null);
        refuses("ipam.type", "ipam", Map.of("type", "static"));
        refuses("ipam.ranges", "ipam", Map.of("type", "host-local"));
        refuses(
                "ipam.ranges",
                "ipam",
                Map.of(
                        "type",
                        "host-local",
                        "ranges",
                        List.of(
                                List.of(
                                        Map.of(
                                                "subnet",
                                                "169.254.172.0/22",
                                                "gateway",
                                                "169.254.172.9")))));
        refuses("ipam.ranges[0][0].subnet", "ipam", ipam("169.254.172.0/31"));
        refuses("ipam.ranges[0][0].subnet", "ipam", ipam("169.254.172.0"));
        Map<String, Object> relative = new LinkedHashMap<>(ipam("169.254.172.0/22"));
        relative.put("dataDir", "run/cni");
        refuses("ipam.dataDir", "ipam", relative);
        refuses("nodeIP", "nodeIP", "");
    }

    @Test
    void aResultIsPassedOnAsItCame() throws Exception {
        Map<String, Object> config = config();
        config.put("prevResult", PREVIOUS);
        assertThat(read(config).answer(CniVersion.V0_4_0, List.of())).isEqualTo(PREVIOUS);
    }

    /** Before version 0.3.0 a result has none. */
    @Test
    void interfacesAreThereOnlyWhereThereAreAnyAndTheVersionKnowsThem() throws Exception {
        Map<String, Object> config = config();
        config.put("prevResult", Map.of("cniVersion", "0.4.0"));
        var one = List.of(new CniResult.Interface("veth1", "0a:00:00:00:00:01", ""));

        assertThat(read(config).answer(CniVersion.V0_4_0, List.of()))
                .doesNotContainKey("interfaces");
        assertThat(read(config).answer(CniVersion.V0_2_0, one)).doesNotContainKey("interfaces");
        assertThat(read(config).answer(CniVersion.V0_3_0, one))
                .containsEntry(
                        "interfaces", List.of(Map.of("name", "veth1", "mac", "0a:00:00:00:00:01")));
    }

    @Test
    void interfacesAreAddedBehindThoseThatAre() throws Exception {
        Map<String, Object> config = config();
        config.put("prevResult", PREVIOUS);
        Map<String, @Nullable Object> answer =
                read(config)
                        .answer(
                                CniVersion.V0_4_0,
                                List.of(
                                        new CniResult.Interface("veth1", "0a:00:00:00:00:01", ""),
                                        new CniResult.Interface(
                                                "v4if0", "0a:00:00:00:00:02", "/run/netns/x")));
        assertThat(answer)
                .containsEntry("somethingNew", 7L)
                .containsEntry(
                        "interfaces",
                        List.of(
                                Map.of("name", "enic440f455693"),
                                Map.of("name", "veth1", "mac", "0a:00:00:00:00:01"),
                                Map.of(
                                        "name",
                                        "v4if0",
                                        "mac",
                                        "0a:00:00:00:00:02",
                                        "sandbox",
                                        "/run/netns/x")));
        assertThat(PREVIOUS.get("interfaces")).asInstanceOf(LIST).hasSize(1);
    }

    @Test
    void itStandsBehindAnotherPluginOnly() throws Exception {
        EgressConfig alone = read(config());
        assertThatThrownBy(() -> alone.answer(CniVersion.V0_4_0, List.of()))
                .hasMessageContaining("must be called as a chained plugin");
    }

    private static void refuses(String field, String key, @Nullable Object value) {
        Map<String, @Nullable Object> config = new LinkedHashMap<>(config());
        config.put(key, value);
        assertThatThrownBy(() -> NetworkConfig.parse(config))
                .isInstanceOf(CniException.class)
                .hasMessageContaining("\"" + field + "\"");
    }

    private static EgressConfig read(Map<String, Object> config) throws CniException {
        return Objects.requireNonNull(NetworkConfig.parse(config).egress());
    }

    private static Map<String, Object> config() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("cniVersion", "0.4.0");
        config.put("name", "aws-cni");
        config.put("type", "egress-cni");
        config.put("mtu", "9001");
        config.put("enabled", "true");
        config.put("randomizeSNAT", "prng");
        config.put("nodeIP", "10.0.0.10");
        config.put("ipam", ipam("169.254.172.0/22"));
        return config;
    }

    private static Map<String, Object> ipam(String subnet) {
        return Map.of(
                "type",
                "host-local",
                "ranges",
                List.of(List.of(Map.of("subnet", subnet))),
                "routes",
                List.of(Map.of("dst", "0.0.0.0/0")),
                "dataDir",
                "/run/cni/v6pd/egress-v4-ipam");
    }
}
