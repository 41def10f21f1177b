package dev.vpccni.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.json.Json;
import dev.vpccni.json.JsonObject;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.Ipv6Address;
import dev.vpccni.model.Ipv6Cidr;
import dev.vpccni.model.MacAddress;
import dev.vpccni.node.port.BranchSource.Branch;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PodBranchTest {

    /** As the VPC resource controller writes it. */
    static final String TEXT =
            """
            [{"eniId":"eni-0123","ifAddress":"06:aa:bb:cc:dd:ee","privateIp":"10.0.1.7",\
            "ipv6Addr":"2001:db8::7","vlanID":3,"subnetCidr":"10.0.1.0/24",\
            "subnetV6Cidr":"2001:db8::/64","associationID":"trunk-assoc-1"}]\
            """;

    private static JsonObject pod(List<?> containers, Map<String, ?> annotations) throws Exception {
        return JsonObject.of(
                Json.parse(
                        Json.compact(
                                Map.of(
                                        "metadata",
                                        Map.of("name", "web", "annotations", annotations),
                                        "spec",
                                        Map.of("containers", containers)))),
                "");
    }

    private static Map<String, ?> asking(String resource) {
        return Map.of("resources", Map.of("limits", Map.of(resource, "1")));
    }

    private static PodBranch read(String text) throws Exception {
        return PodBranch.read(pod(List.of(asking(PodBranch.NAME)), Map.of(PodBranch.NAME, text)));
    }

    @Test
    void theControllersAnnotationIsReadWhole() throws Exception {
        assertThat(read(TEXT))
                .isEqualTo(
                        new PodBranch.Given(
                                new Branch(
                                        "eni-0123",
                                        MacAddress.parse("06:aa:bb:cc:dd:ee"),
                                        Ipv4Address.parse("10.0.1.7"),
                                        Ipv6Address.parse("2001:db8::7"),
                                        3,
                                        Ipv4Cidr.parse("10.0.1.0/24"),
                                        Ipv6Cidr.parse("2001:db8::/64"))));
    }

    @Test
    void emptyAddressesAreNone() throws Exception {
        String text = TEXT.replace("2001:db8::7", "").replace("2001:db8::/64", "");
        assertThat(read(text))
                .isInstanceOfSatisfying(
                        PodBranch.Given.class,
                        given -> {
                            assertThat(given.branch().ipv6()).isNull();
                            assertThat(given.branch().ipv6Subnet()).isNull();
                        });
    }

    @Test
    void theFirstContainersLimitsCount() throws Exception {
        var none = Map.of("resources", Map.of());
        var annotated = Map.of(PodBranch.NAME, TEXT);
        assertThat(PodBranch.read(pod(List.of(asking(PodBranch.NAME), none), Map.of())))
                .isEqualTo(new PodBranch.Awaited());
        assertThat(PodBranch.read(pod(List.of(asking(PodBranch.NAME + "-x")), Map.of())))
                .as("upstream compares the beginning")
                .isEqualTo(new PodBranch.Awaited());
        assertThat(PodBranch.read(pod(List.of(none, asking(PodBranch.NAME)), annotated)))
                .isEqualTo(new PodBranch.None());
        assertThat(PodBranch.read(pod(List.of(asking("cpu")), annotated)))
                .isEqualTo(new PodBranch.None());
        assertThat(PodBranch.read(pod(List.of(), Map.of()))).isEqualTo(new PodBranch.None());
        assertThat(PodBranch.read(JsonObject.parse("{\"metadata\":{}}")))
                .isEqualTo(new PodBranch.None());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | ",
                "[] | no list with an interface",
                "{} | no list with an interface",
                "[1] | [0]",
                "[{}] | vlanID",
                "[{\"vlanID\":0}] | [0].vlanID is 0",
                "[{\"vlanID\":4095}] | [0].vlanID is 4095",
                "[{\"vlanID\":\"3\"}] | [0].vlanID",
                "[{\"vlanID\":3}] | [0].eniId",
                "[{\"vlanID\":3,\"eniId\":\"e\",\"ifAddress\":\"x\"}] | x",
                "[{\"vlanID\":3,\"eniId\":\"e\",\"ifAddress\":\"06:aa:bb:cc:dd:ee\","
                        + "\"privateIp\":\"10.0.0.256\"}] | [0].privateIp",
                "[{\"vlanID\":3 | ",
            })
    void garbageIsNamed(String text, String named) throws Exception {
        assertThat(read(text))
                .isInstanceOfSatisfying(
                        PodBranch.Unreadable.class,
                        garbage ->
                                assertThat(garbage.reason())
                                        .isNotEmpty()
                                        .contains(named == null ? "" : named));
    }

    @Test
    void garbageIsQuotedInFewWords() throws Exception {
        String text = TEXT.replace("10.0.1.7", "x".repeat(10_000));
        assertThat(read(text))
                .isInstanceOfSatisfying(
                        PodBranch.Unreadable.class,
                        garbage ->
                                assertThat(garbage.reason())
                                        .startsWith("[0].privateIp")
                                        .hasSize(PodBranch.REASON_MAX));
    }

    @Test
    void anAnnotationThatIsTooLongIsNotRead() throws Exception {
        String padded = TEXT + " ".repeat(PodBranch.TEXT_MAX);
        assertThat(read(padded))
                .isInstanceOfSatisfying(
                        PodBranch.Unreadable.class,
                        garbage -> assertThat(garbage.reason()).contains("16384"));
    }
}
