package dev.vpccni.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.aws.ScriptedServer.Heard;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.InstanceId;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.Ipv6Address;
import dev.vpccni.model.MacAddress;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.SubnetId;
import dev.vpccni.model.VpcId;
import dev.vpccni.node.port.Metadata;
import dev.vpccni.node.port.MetadataException;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class InstanceMetadataTest {

    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");
    private static final String OF_MAC =
            "/latest/meta-data/network/interfaces/macs/02:00:00:00:00:01/";

    private final SkippingTempo tempo = new SkippingTempo();
    private final List<String> calls = new ArrayList<>();
    private ScriptedServer server;
    private InstanceMetadata metadata;

    @BeforeEach
    void start() throws IOException {
        server = new ScriptedServer();
        metadata =
                new InstanceMetadata(
                        server.uri(),
                        tempo,
                        new Random(1),
                        (action, took, error) -> calls.add(action + " " + error));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void tellsWhoTheInstanceIs() throws Exception {
        server.then(200, "session").then(200, "02:00:00:00:00:01").then(200, "i-0a");
        server.then(200, "m5.large").then(200, "{\n  \"region\" : \"us-west-2\"\n}");
        server.then(200, "us-west-2a");
        server.then(200, "vpc-1").then(200, "subnet-1").then(200, "eni-1").then(200, "10.0.0.5");
        server.then(200, "2001:db8::5\n2001:db8::6");

        assertThat(metadata.identity())
                .isEqualTo(
                        new Metadata.Identity(
                                new InstanceId("i-0a"),
                                "m5.large",
                                "us-west-2",
                                "us-west-2a",
                                new VpcId("vpc-1"),
                                new SubnetId("subnet-1"),
                                new InterfaceId("eni-1"),
                                MAC,
                                Ipv4Address.parse("10.0.0.5"),
                                Ipv6Address.parse("2001:db8::5")));

        Heard token = server.heard().getFirst();
        assertThat(token.method() + " " + token.path()).isEqualTo("PUT /latest/api/token");
        assertThat(token.headers()).containsEntry("X-aws-ec2-metadata-token-ttl-seconds", "21600");
        assertThat(server.heard().subList(1, 11))
                .allMatch(h -> "session".equals(h.headers().get("X-aws-ec2-metadata-token")));
        assertThat(paths())
                .contains(
                        "/latest/dynamic/instance-identity/document",
                        OF_MAC + "vpc-id",
                        OF_MAC + "interface-id");
        assertThat(calls).hasSize(11).containsOnly("GetMetadata ");
    }

    @Test
    void listsInterfaces() throws Exception {
        server.then(200, "session").then(200, "02:00:00:00:00:01/\n02:00:00:00:00:02/");
        server.then(200, "eni-1").then(200, "subnet-1").then(200, "1");
        server.then(200, "10.0.0.0/24").then(404, ""); // no block of IPv6
        server.then(404, "").then(404, ""); // no prefix of either family
        server.then(404, "").then(200, "10.0.0.9\n10.0.0.10");
        // The second is vanishing.
        server.then(404, "").then(404, "").then(404, "").then(404, "").then(404, "");

        assertThat(metadata.interfaces())
                .containsExactly(
                        new Metadata.MetadataInterface(
                                new InterfaceId("eni-1"),
                                MAC,
                                0,
                                1,
                                new SubnetId("subnet-1"),
                                List.of(Cidr.parse("10.0.0.0/24")),
                                List.of(
                                        Ipv4Address.parse("10.0.0.9"),
                                        Ipv4Address.parse("10.0.0.10")),
                                List.of()));
        assertThat(paths()).contains("/latest/meta-data/network/interfaces/macs");
    }

    @Test
    void listsInterfacesWithPrefixesOnAnotherCard() throws Exception {
        server.then(200, "session").then(200, "02:00:00:00:00:01/");
        server.then(200, "eni-1").then(200, "subnet-1").then(200, "0");
        server.then(200, "10.0.0.0/24").then(200, "2001:db8:0:1::/64");
        server.then(200, "10.0.0.32/28\n10.0.0.16/28").then(200, "2001:db8:0:1:a::/80");
        server.then(200, "1").then(200, "10.0.0.9");

        Metadata.MetadataInterface shown = metadata.interfaces().getFirst();

        assertThat(shown.card()).isEqualTo(1);
        assertThat(shown.subnetCidrs())
                .containsExactly(Cidr.parse("10.0.0.0/24"), Cidr.parse("2001:db8:0:1::/64"));
        assertThat(shown.prefixes())
                .containsExactly(
                        Cidr.parse("10.0.0.32/28"),
                        Cidr.parse("10.0.0.16/28"),
                        Cidr.parse("2001:db8:0:1:a::/80"));
        assertThat(paths())
                .contains(
                        OF_MAC + "subnet-ipv6-cidr-blocks",
                        OF_MAC + "ipv4-prefix",
                        OF_MAC + "ipv6-prefix",
                        OF_MAC + "network-card");
    }

    @Test
    void tellsOfOneInterfaceItsPrefixesAndItsSubnet() throws Exception {
        server.then(200, "session");
        server.then(200, "10.0.0.16/28").then(404, "").then(200, "2001:db8:0:1:a::/80");
        server.then(200, "10.0.0.0/24").then(200, "2001:db8:0:1::/64");

        assertThat(metadata.prefixes(MAC, IpFamily.IPV4))
                .containsExactly(Cidr.parse("10.0.0.16/28"));
        assertThat(metadata.prefixes(MAC, IpFamily.IPV4)).as("it has none").isEmpty();
        assertThat(metadata.prefixes(MAC, IpFamily.IPV6))
                .containsExactly(Cidr.parse("2001:db8:0:1:a::/80"));
        assertThat(metadata.subnetCidrs(MAC))
                .containsExactly(Cidr.parse("10.0.0.0/24"), Cidr.parse("2001:db8:0:1::/64"));

        assertThat(server.heard()).as("one request each, and two for a subnet").hasSize(6);
    }

    @Test
    void listsBlocksGroupsAndAddresses() throws Exception {
        server.then(200, "session").then(200, "02:00:00:00:00:01");
        server.then(200, "10.0.0.0/16\n100.64.0.0/16");
        server.then(200, "sg-1\nsg-2").then(404, "");

        assertThat(metadata.vpcCidrs())
                .containsExactly(Ipv4Cidr.parse("10.0.0.0/16"), Ipv4Cidr.parse("100.64.0.0/16"));
        assertThat(metadata.securityGroups())
                .containsExactly(new SecurityGroupId("sg-1"), new SecurityGroupId("sg-2"));
        assertThat(metadata.addresses(MAC)).isEmpty();
    }

    @Test
    void keepsItsTokenAndRenewsItBeforeItsEnd() throws Exception {
        server.then(200, "first").then(404, "").then(404, "").then(200, "second").then(404, "");
        metadata.addresses(MAC);
        tempo.pass(Duration.ofHours(6).minusSeconds(21));
        metadata.addresses(MAC);
        tempo.pass(Duration.ofSeconds(2));
        metadata.addresses(MAC);
        assertThat(tokens()).containsExactly("first", "first", "second");
    }

    @Test
    void replacesATokenThatIsNoLongerTaken() throws Exception {
        server.then(200, "first").then(401, "").then(200, "second").then(200, "10.0.0.9");
        assertThat(metadata.addresses(MAC)).containsExactly(Ipv4Address.parse("10.0.0.9"));
        assertThat(tokens()).containsExactly("first", "second");
        assertThat(tempo.pauses()).isEmpty();
    }

    @Test
    void aTokenThatIsRefusedIsAskedForAgainSoonForItMayBeRequiredByThen() throws Exception {
        server.then(403, "").then(404, "").then(404, "").then(200, "first").then(404, "");
        metadata.addresses(MAC);
        tempo.pass(Duration.ofMinutes(5).minusSeconds(1));
        metadata.addresses(MAC);
        tempo.pass(Duration.ofSeconds(2));
        metadata.addresses(MAC);
        assertThat(tokens()).containsExactly(null, null, "first");
    }

    @Test
    void readsWithoutATokenWhereNoneIsIssued() throws Exception {
        server.then(405, "").then(200, "10.0.0.9").then(200, "10.0.0.9");
        assertThat(metadata.addresses(MAC)).hasSize(1);
        assertThat(metadata.addresses(MAC)).hasSize(1);
        assertThat(server.heard()).hasSize(3);
        assertThat(server.heard().getLast().headers())
                .doesNotContainKey("X-aws-ec2-metadata-token");
    }

    @Test
    void triesAgainAfterTroubleAndALostAnswer() throws Exception {
        server.then(503, "").then(200, "t").then(503, "").thenHangUp().then(200, "10.0.0.9");
        assertThat(metadata.addresses(MAC)).hasSize(1);
        assertThat(tempo.pauses()).isNotEmpty();
    }

    @Test
    void givesUpAtItsDeadlineAndSaysWhereItLooked() {
        for (int i = 0; i < 100; i++) {
            server.then(503, "");
        }
        assertThatThrownBy(() -> metadata.addresses(MAC))
                .isInstanceOf(MetadataException.class)
                .hasMessageContaining("network/interfaces/macs/02:00:00:00:00:01/local-ipv4s")
                .hasMessageContaining(server.uri().toString())
                .hasMessageContaining("503");
        assertThat(tempo.nanos()).isLessThan(Duration.ofSeconds(5).toNanos());
    }

    @Test
    void doesNotInsistWhereItIsRefused() {
        server.then(200, "t").then(403, "");
        assertThatThrownBy(() -> metadata.addresses(MAC)).hasMessageContaining("403");
        assertThat(server.heard()).hasSize(2);
    }

    @Test
    void saysWhichValueItDoesNotUnderstandOrMisses() {
        server.then(200, "t").then(200, "10.0.0.300").then(404, "");
        assertThatThrownBy(() -> metadata.addresses(MAC))
                .isInstanceOf(MetadataException.class)
                .hasMessageContaining("local-ipv4s");
        assertThatThrownBy(() -> metadata.vpcCidrs())
                .isInstanceOf(MetadataException.class)
                .hasMessageContaining("metadata mac at")
                .hasMessageContaining("no such value");
    }

    @Test
    void looksWhereTheEnvironmentSays() {
        assertThat(InstanceMetadata.endpoint(java.util.Map.of()))
                .isEqualTo(InstanceMetadata.LINK_LOCAL);
        var named = java.util.Map.of("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:1338/");
        assertThat(InstanceMetadata.endpoint(named))
                .isEqualTo(URI.create("http://127.0.0.1:1338/"));
    }

    private List<String> paths() {
        return server.heard().stream().map(Heard::path).toList();
    }

    private List<String> tokens() {
        return server.heard().stream()
                .filter(h -> h.method().equals("GET"))
                .map(h -> h.headers().get("X-aws-ec2-metadata-token"))
                .toList();
    }
}
