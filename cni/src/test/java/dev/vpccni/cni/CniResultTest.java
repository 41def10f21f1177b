package dev.vpccni.cni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.json.Json;
import dev.vpccni.json.JsonException;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv6Address;
import dev.vpccni.testing.Choose;
import dev.vpccni.testing.SeededTest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CniResultTest {

    private static final PodAttachment NGINX =
            new PodAttachment(
                    "/var/run/netns/cni-1234",
                    List.of(
                            new PodAttachment.Link(
                                    "enic440f455693", "eth0", Ipv4Address.parse("10.0.1.101"), 2)),
                    1,
                    0);

    @Test
    void printsWhatUpstreamPrintsForVersion040() {
        assertThat(Json.indented(NGINX.toResult().toTree(CniVersion.V0_4_0), 4))
                .isEqualTo(
                        """
                        {
                            "cniVersion": "0.4.0",
                            "interfaces": [
                                {
                                    "name": "enic440f455693"
                                },
                                {
                                    "name": "eth0",
                                    "mac": "2",
                                    "sandbox": "/var/run/netns/cni-1234"
                                },
                                {
                                    "name": "dummyc440f455693",
                                    "mac": "0",
                                    "sandbox": "1"
                                }
                            ],
                            "ips": [
                                {
                                    "version": "4",
                                    "interface": 1,
                                    "address": "10.0.1.101/32"
                                }
                            ],
                            "dns": {}
                        }\
                        """);
    }

    @Test
    void printsAnAddressOfVersion6AsSuch() {
        var link =
                new PodAttachment.Link(
                        "enic440f455693", "eth0", IpAddress.parse("2001:db8:0:1:1::7"), 254);
        CniResult result = new PodAttachment("/run/netns/p", List.of(link), 0, 0).toResult();

        assertThat(Json.compact(result.toTree(CniVersion.V0_4_0)))
                .contains(
                        "\"ips\":[{\"version\":\"6\",\"interface\":1,"
                                + "\"address\":\"2001:db8:0:1:1::7/128\"}]");
        assertThat(Json.compact(result.toTree(CniVersion.V0_2_0)))
                .isEqualTo(
                        "{\"cniVersion\":\"0.2.0\",\"ip6\":{\"ip\":\"2001:db8:0:1:1::7/128\"},"
                                + "\"dns\":{}}");
    }

    @Test
    void sortsKeysSinceVersion100() {
        assertThat(Json.compact(NGINX.toResult().toTree(CniVersion.V1_1_0)))
                .isEqualTo(
                        "{\"cniVersion\":\"1.1.0\",\"interfaces\":[{\"name\":\"enic440f455693\"},"
                                + "{\"mac\":\"2\",\"name\":\"eth0\",\"sandbox\":\"/var/run/netns/cni-1234\"},"
                                + "{\"mac\":\"0\",\"name\":\"dummyc440f455693\",\"sandbox\":\"1\"}],"
                                + "\"ips\":[{\"address\":\"10.0.1.101/32\",\"interface\":1}]}");
    }

    @Test
    void knowsNoInterfacesBeforeVersion030() {
        assertThat(Json.compact(NGINX.toResult().toTree(CniVersion.V0_2_0)))
                .isEqualTo(
                        "{\"cniVersion\":\"0.2.0\",\"ip4\":{\"ip\":\"10.0.1.101/32\"},\"dns\":{}}");
    }

    @Test
    void readsAResultOfAnotherPluginWithEverythingInIt() throws Exception {
        CniResult result =
                read(
                        """
                        {"cniVersion":"1.0.0","dns":{},"interfaces":[
                          {"mac":"7e:34:48:c2:a6:dc","name":"vethd3cde88c"},
                          {"mac":"5e:bf:68:47:77:28","name":"eth0","sandbox":"/run/netns/x"}],
                         "ips":[{"address":"10.244.1.5/24","gateway":"10.244.1.1","interface":1},
                                {"address":"fd00::5/64"}],
                         "routes":[{"dst":"0.0.0.0/0"}]}
                        """);
        assertThat(result.interfaces())
                .containsExactly(
                        new CniResult.Interface("vethd3cde88c", "7e:34:48:c2:a6:dc", ""),
                        new CniResult.Interface("eth0", "5e:bf:68:47:77:28", "/run/netns/x"));
        assertThat(result.ips())
                .containsExactly(
                        new CniResult.Ip("10.244.1.5/24", "10.244.1.1", 1),
                        new CniResult.Ip("fd00::5/64", null, null));
        assertThat(PodAttachment.find(result, "eth0")).isNull();
    }

    @Test
    void refusesAnIndexOfNoInterface() {
        assertThatThrownBy(() -> read("{\"ips\":[{\"address\":\"10.0.0.1/32\",\"interface\":0}]}"))
                .isInstanceOfSatisfying(
                        CniException.class,
                        e ->
                                assertThat(e.error())
                                        .isEqualTo(
                                                new CniError.InvalidConfiguration(
                                                        "prevResult.ips[0].interface",
                                                        "0",
                                                        "the index of one of \"interfaces\"")));
    }

    @ParameterizedTest
    @EnumSource
    void readsWhatItWrites(CniVersion version) throws Exception {
        CniResult read = read(Json.compact(NGINX.toResult().toTree(version)));
        if (version.isAtLeast(CniVersion.V0_3_0)) {
            assertThat(read).isEqualTo(NGINX.toResult());
            assertThat(PodAttachment.find(read, "eth0")).isEqualTo(NGINX);
        } else {
            assertThat(read.ips()).containsExactly(new CniResult.Ip("10.0.1.101/32", null, null));
            assertThat(PodAttachment.find(read, "eth0")).isNull();
        }
    }

    @SeededTest(runs = 300)
    void findsAnyConnectionAgain(RandomGenerator random) throws Exception {
        String first = Choose.of(random, "eth0", "net1", "a");
        boolean ipv6 = random.nextBoolean();
        var links = new ArrayList<PodAttachment.Link>();
        for (int i = Choose.between(random, 0, 3); i >= 0; i--) {
            IpAddress address =
                    ipv6
                            ? new Ipv6Address(random.nextLong(), random.nextLong())
                            : new Ipv4Address(random.nextInt());
            links.add(
                    new PodAttachment.Link(
                            "eni%011x".formatted(random.nextLong(1L << 44)),
                            links.isEmpty() ? first : "mNicIf" + links.size(),
                            address,
                            random.nextInt(20_000)));
        }
        String sandbox = "/run/netns/" + random.nextInt(100);
        var pod = new PodAttachment(sandbox, links, Choose.between(random, 0, 14), 0);
        CniVersion version =
                Choose.of(random, CniVersion.V0_3_0, CniVersion.V0_4_0, CniVersion.V1_1_0);
        CniResult read = read(Json.compact(pod.toResult().toTree(version)));
        assertThat(PodAttachment.find(read, first)).isEqualTo(pod);
    }

    private static CniResult read(String text) throws CniException, JsonException {
        Object result = Json.parse(text);
        Map<String, Object> config =
                Map.of(
                        "cniVersion",
                        "1.0.0",
                        "name",
                        "aws-cni",
                        "prevResult",
                        Objects.requireNonNull(result));
        return Objects.requireNonNull(NetworkConfig.parse(config).previous());
    }

    @ParameterizedTest
    @CsvSource({"10.0.1.7/32, 10.0.1.7", "10.0.1.7, 10.0.1.7", "2001:db8::7/128, 2001:db8::7"})
    void anAddressIsKnownWithoutTheLengthOfItsPrefix(String text, String address) {
        assertThat(new CniResult.Ip(text, null, null).value()).hasToString(address);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/32", "web", "10.0.1/32"})
    void whatIsNoAddressHasNone(String text) {
        assertThat(new CniResult.Ip(text, null, null).value()).isNull();
    }
}
