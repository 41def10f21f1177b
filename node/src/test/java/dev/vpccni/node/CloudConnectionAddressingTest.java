package dev.vpccni.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.ipam.ledger.Block;
import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.policy.WarmTarget;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.IpFamily;
import dev.vpccni.node.fake.Fixture;
import dev.vpccni.node.fake.Nouns;
import dev.vpccni.node.port.Ec2Failure;
import dev.vpccni.node.port.Metadata;
import dev.vpccni.node.settings.AddressingSettings;
import dev.vpccni.node.settings.NodeSettings;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a node does that is to have prefixes, or IPv6. */
class CloudConnectionAddressingTest extends CloudConnectionFixture {

    private static final NodeSettings IPV6 =
            with(new AddressingSettings(IpFamily.IPV6, true, 1, false, false));

    @Test
    void whereTheInstanceCannotHavePrefixesAddressesServeAndThatIsSaid() throws Exception {
        fixture.done(new Command.Prefer(BlockKind.PREFIX));
        metadata.type("t2.medium");

        open(prefixes());

        assertThat(fixture.keeper.ledger().preferred()).isEqualTo(BlockKind.ADDRESS);
        assertThat(availability.situation().limits().kind()).isEqualTo(BlockKind.ADDRESS);
        assertThat(availability.situation().target()).isEqualTo(new WarmTarget.Interfaces(1, 5));
        assertThat(fixture.decisions())
                .contains("go on with addresses: a t2.medium cannot have prefixes");
    }

    @ParameterizedTest
    @ValueSource(strings = {"m5.large", "m5.metal"})
    void whereItCanNothingIsSaid(String type) throws Exception {
        fixture.done(new Command.Prefer(BlockKind.PREFIX));
        metadata.type(type);

        open(prefixes());

        assertThat(fixture.keeper.ledger().preferred()).isEqualTo(BlockKind.PREFIX);
        assertThat(availability.situation().limits().kind()).isEqualTo(BlockKind.PREFIX);
        assertThat(availability.situation().target()).isEqualTo(new WarmTarget.Prefixes(1));
        assertThat(fixture.decisions()).noneMatch(line -> line.startsWith("go on with"));
    }

    /** Nobody lists what is lost then, and what a subnet has left of IPv4 is no matter. */
    @Test
    void anIpv6NodeAsksForOnePrefixAndGivesItsAddresses() throws Exception {
        ec2.now("subnets", List.of(Nouns.subnet("subnet-1", 0)))
                .on("assign", List.of(Nouns.prefix6(0)));

        open(IPV6);
        assertThat(fixture.host.calls())
                .containsExactly("setUpNode IPv6 [10.0.0.0/16]", "setUpPacketFilter [10.0.0.0/16]");
        assertThat(fixture.tempo.started()).containsExactly("observer", "links", "pool");
        keepPool();
        keepPool();

        assertThat(ec2.calls("assign")).hasSize(1);
        assertThat(fixture.held(0).blocks())
                .extracting(Block::cidr)
                .containsExactly(Nouns.prefix6(0));
        assertThat(Nouns.prefix6(0).contains(fixture.grant(1))).isTrue();
        assertThat(impossible).isEmpty();
    }

    @Test
    void moreIpv6PrefixesThanOneAreKept() throws Exception {
        var more = List.of(Nouns.prefix6(0), Nouns.prefix6(1));
        metadata.show(
                new Metadata.MetadataInterface(
                        Nouns.id(0),
                        Nouns.mac(0),
                        0,
                        0,
                        Nouns.SUBNET,
                        List.of(Nouns.BLOCK),
                        List.of(Nouns.address(0, -1)),
                        more));
        ec2.now("attached", Fixture.shown(Nouns.with(Nouns.shown(0, 0), more)))
                .on("attached", Fixture.shown(Nouns.with(Nouns.shown(0, 0), more)));

        open(IPV6);
        keepPool();

        assertThat(ec2.calls()).allMatch(call -> call.matches("(subnets|attached) .*"));
        assertThat(fixture.held(0).blocks()).hasSize(2);
    }

    @Test
    void whereTagsExcludeThePrimaryInterfaceAnIpv6NodeMakesAnother() throws Exception {
        ec2.now(
                        "subnets",
                        List.of(
                                Nouns.subnet("subnet-1", 9, "kubernetes.io/role/cni=0"),
                                Nouns.subnet("subnet-2", 9, "kubernetes.io/role/cni=1")))
                .on("create", new Ec2Failure.Unavailable());

        open(IPV6);
        keepPool();

        assertThat(ec2.calls("create"))
                .isNotEmpty()
                .allMatch(call -> call.contains("subnet=subnet-2") && call.contains("IPv6"));
        assertThat(ec2.calls("assign")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"t2.medium", "m4.4xlarge"})
    void whereIpv6IsImpossibleThatIsSaidAndNothingIsDone(String type) throws Exception {
        metadata.type(type);

        open(IPV6);

        assertThat(impossible)
                .singleElement()
                .asString()
                .contains("ENABLE_IPv6", "a " + type + " is none");
        assertThat(ec2.calls()).isEmpty();
        assertThat(fixture.host.calls()).isEmpty();
        assertThat(fixture.tempo.started()).isEmpty();
    }

    /** What is newer than this daemon is newer than Nitro. */
    @Test
    void aTypeThatNobodyMaySayMoreOfTakesIpv6() throws Exception {
        metadata.type("m99.large");
        ec2.on("type", new Ec2Failure.Denied("ec2:DescribeInstanceTypes"));

        open(IPV6);

        assertThat(impossible).isEmpty();
        assertThat(availability.situation().limits().blocksEach()).isEqualTo(1);
    }

    private static NodeSettings prefixes() {
        return with(new AddressingSettings(IpFamily.IPV4, true, 1, false, false));
    }

    private static NodeSettings with(AddressingSettings addressing) {
        return new NodeSettings(
                SETTINGS.pool(),
                SETTINGS.kernel(),
                SETTINGS.cloud(),
                addressing,
                SETTINGS.cluster(),
                "");
    }
}
