package dev.vpccni.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.vpc.api.Ec2Request.DescribeNetworkInterfaces;
import dev.vpccni.vpc.settings.Latency;
import java.io.IOException;
import java.io.StringReader;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

/** What a client may send by mistake or on purpose: refused with a code, and nothing is changed. */
class BadRequestsTest {

    private static final String CREATE = "Action=CreateNetworkInterface&SubnetId=$SUBNET";
    private static final String ATTACH =
            "Action=AttachNetworkInterface&NetworkInterfaceId=$ENI&InstanceId=$INSTANCE";
    private static final String TYPES = "Action=DescribeInstanceTypes";

    private final SmallCloud cloud = new SmallCloud(Latency.INSTANT);

    BadRequestsTest() throws IOException {}

    @AfterEach
    void stop() {
        cloud.close();
    }

    static Stream<Arguments> refused() {
        String many = String.valueOf(Integer.MAX_VALUE);
        return Stream.of(
                Arguments.of(
                        CREATE + "&SecondaryPrivateIpAddressCount=" + many,
                        "PrivateIpAddressLimitExceeded"),
                Arguments.of(
                        "Action=AssignPrivateIpAddresses&NetworkInterfaceId=$ENI"
                                + "&SecondaryPrivateIpAddressCount="
                                + many,
                        "PrivateIpAddressLimitExceeded"),
                Arguments.of(
                        CREATE + "&SecondaryPrivateIpAddressCount=2147483648",
                        "InvalidParameterValue"),
                Arguments.of(
                        CREATE + "&SecondaryPrivateIpAddressCount=%2B1", "InvalidParameterValue"),
                Arguments.of(ATTACH + "&DeviceIndex=-7", "InvalidParameterValue"),
                Arguments.of(ATTACH + "&DeviceIndex=5000", "InvalidParameterValue"),
                Arguments.of(ATTACH + "&DeviceIndex=" + many, "InvalidParameterValue"),
                Arguments.of(
                        ATTACH + "&DeviceIndex=1&NetworkCardIndex=-1", "InvalidParameterValue"),
                Arguments.of(
                        CREATE
                                + "&PrivateIpAddresses.1.PrivateIpAddress=10.42.1.20"
                                + "&PrivateIpAddresses.1.Primary=true"
                                + "&PrivateIpAddresses.2.PrivateIpAddress=10.42.1.21"
                                + "&PrivateIpAddresses.2.Primary=true",
                        "InvalidParameterCombination"),
                Arguments.of(
                        CREATE
                                + "&PrivateIpAddress=10.42.1.20"
                                + "&PrivateIpAddresses.1.PrivateIpAddress=10.42.1.21"
                                + "&PrivateIpAddresses.1.Primary=true",
                        "InvalidParameterCombination"),
                Arguments.of(
                        "Action=CreateTags&ResourceId.1=$ENI"
                                + "&Tag.1.Key=a&Tag.1.Value=1&Tag.2.Key=a&Tag.2.Value=1",
                        "InvalidParameterValue"),
                Arguments.of(
                        CREATE
                                + "&TagSpecification.1.ResourceType=network-interface"
                                + "&TagSpecification.1.Tag.1.Key=a"
                                + "&TagSpecification.2.ResourceType=network-interface"
                                + "&TagSpecification.2.Tag.1.Key=a",
                        "InvalidParameterValue"),
                Arguments.of(
                        "Action=CreateTags&ResourceId.1=$ENI&Tag.1.Value=1",
                        "InvalidParameterValue"),
                Arguments.of("Action=DescribeSubnets&Filter.1.Name=vpc-id", "MissingParameter"),
                Arguments.of("Action=DescribeSubnets&Filter.1.Value.1=x", "InvalidParameterValue"),
                Arguments.of(
                        "Action=DescribeNetworkInterfaces&Filter.1.Name=no-such"
                                + "&Filter.1.Value.1=x",
                        "InvalidParameterValue"),
                Arguments.of(
                        TYPES + "&Filter.1.Name=no-such&Filter.1.Value.1=x",
                        "InvalidParameterValue"),
                Arguments.of(TYPES + "&MaxResults=101", "InvalidParameterValue"),
                Arguments.of(
                        TYPES + many("&InstanceType.%d=m5.large", 101), "InvalidParameterValue"),
                Arguments.of("Action=No%00Such%01Action", "InvalidAction"));
    }

    private static String many(String parameter, int count) {
        var text = new StringBuilder();
        for (int i = 1; i <= count; i++) {
            text.append(parameter.formatted(i));
        }
        return text.toString();
    }

    @ParameterizedTest
    @MethodSource("refused")
    void areRefused(String form, String code) throws Exception {
        assertRefused(cloud.post(filled(form)), 400, code);
    }

    /** Half of them in the middle of a list: what comes after must be as it was. */
    @ParameterizedTest
    @ValueSource(
            strings = {"%00", "a%01", "%0Bb", "a%1Fb", "%EF%BF%BE", "%EF%BF%BF", "%ED%A0%80%00"})
    void noXmlCanHoldThem(String text) throws Exception {
        String tag = "Action=CreateTags&ResourceId.1=$ENI&Tag.1.Key=k&Tag.1.Value=" + text;
        assertRefused(cloud.post(filled(tag)), 400, "InvalidCharacter");
        assertRefused(cloud.post(filled(CREATE + "&Description=" + text)), 400, "InvalidCharacter");
        assertRefused(cloud.post(filled(CREATE + "&ClientToken=" + text)), 400, "InvalidCharacter");
        assertThat(parsed(cloud.post("Action=DescribeNetworkInterfaces"))).isNotNull();
    }

    @Test
    void whateverXmlCanHoldComesBack() throws Exception {
        String text = "a\tb\nc\rd <&>\"' \u0085 \u2028 \ud83d\ude00 \ufffd";
        String value = URLEncoder.encode(text, StandardCharsets.UTF_8);

        cloud.post(filled("Action=CreateTags&ResourceId.1=$ENI&Tag.1.Key=k&Tag.1.Value=" + value));

        Document described = parsed(cloud.post("Action=DescribeNetworkInterfaces"));
        assertThat(described.getElementsByTagName("value").item(0).getTextContent())
                .isEqualTo(text);
    }

    @Test
    void aBodyThatIsTooLongIsNotCarriedOut() throws Exception {
        String form = filled(CREATE + "&Description=");

        assertRefused(
                cloud.post(form + "x".repeat((1 << 20) + 1 - form.length())),
                413,
                "RequestEntityTooLarge");
        assertThat(cloud.post(form + "x".repeat((1 << 20) - form.length())).statusCode())
                .isEqualTo(200);
        assertRefused(cloud.post(form + "x".repeat(50 << 20)), 413, "RequestEntityTooLarge");
    }

    @Test
    void aTokenOfAnotherCallOrCloudIsForeign() throws Exception {
        for (int i = 0; i < 9; i++) {
            cloud.post(filled(CREATE));
        }
        String page = "Action=DescribeNetworkInterfaces&MaxResults=5";
        String token =
                parsed(cloud.post(page)).getElementsByTagName("nextToken").item(0).getTextContent();
        assertThat(cloud.post(page + "&NextToken=" + token).statusCode()).isEqualTo(200);

        assertRefused(
                cloud.post("Action=DescribeSubnets&MaxResults=5&NextToken=" + token),
                400,
                "InvalidNextToken");
        assertRefused(
                cloud.post(page + "&Filter.1.Name=status&Filter.1.Value.1=x&NextToken=" + token),
                400,
                "InvalidNextToken");
        assertRefused(cloud.post(page + "&NextToken=" + token + "x"), 400, "InvalidNextToken");
        try (var other = new SmallCloud(Latency.INSTANT, 8)) {
            assertRefused(other.post(page + "&NextToken=" + token), 400, "InvalidNextToken");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "instance-type=m5.large",
                "instance-type=c6in.32*",
                "bare-metal=true",
                "hypervisor=xen",
                "network-info.maximum-network-interfaces=15",
                "network-info.maximum-network-cards=2",
                "network-info.ipv4-addresses-per-interface=6",
            })
    void typesAreFiltered(String filter) throws Exception {
        String[] parts = filter.split("=", 2);
        int all = types("");

        assertThat(types("&Filter.1.Name=" + parts[0] + "&Filter.1.Value.1=" + parts[1]))
                .isBetween(1, all - 1);
    }

    private int types(String more) throws Exception {
        return parsed(cloud.post(TYPES + more)).getElementsByTagName("bareMetal").getLength();
    }

    private String filled(String form) {
        String eni =
                cloud.emulator
                        .apply(DescribeNetworkInterfaces.where())
                        .reply()
                        .enis()
                        .getFirst()
                        .id()
                        .value();
        String free = form.startsWith("Action=Attach") ? free() : eni;
        return form.replace("$SUBNET", cloud.subnet.value())
                .replace("$INSTANCE", cloud.instance.value())
                .replace("$ENI", free);
    }

    private String free() {
        return cloud.emulator
                .apply(
                        new dev.vpccni.vpc.api.Ec2Request.CreateNetworkInterface(
                                "",
                                cloud.subnet,
                                "",
                                java.util.List.of(),
                                new java.util.TreeMap<>(),
                                0))
                .reply()
                .eni()
                .id()
                .value();
    }

    private void assertRefused(HttpResponse<String> response, int status, String code)
            throws Exception {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(parsed(response).getElementsByTagName("Code").item(0).getTextContent())
                .isEqualTo(code);
    }

    private static Document parsed(HttpResponse<String> response) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(response.body())));
    }
}
