package dev.vpccni.node.eni;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.model.SubnetId;
import dev.vpccni.node.fake.Fixture;
import dev.vpccni.node.fake.Nouns;
import dev.vpccni.node.fake.ScriptedEc2;
import dev.vpccni.node.fake.ScriptedMetadata;
import dev.vpccni.node.instance.Instance;
import dev.vpccni.node.port.Ec2Exception;
import dev.vpccni.node.port.Ec2Failure;
import dev.vpccni.node.port.Metadata;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who tells of a subnet that nobody knew. */
class SubnetLookupTest {

    private static final SubnetId OTHER = new SubnetId("subnet-9");
    private static final Ec2Failure DENIED = new Ec2Failure.Denied("ec2:DescribeSubnets");

    private final Fixture fixture = new Fixture();
    private final ScriptedEc2 ec2 = fixture.ec2;
    private final ScriptedMetadata metadata = fixture.metadata;
    private final SubnetLookup lookup =
            new SubnetLookup(ec2, metadata, fixture.current(), fixture.retry, fixture.tempo);

    @Test
    void whatIsKnownIsNotAskedFor() throws Exception {
        lookup.know(Nouns.SUBNET, Nouns.mac(1));

        assertThat(ec2.calls()).isEmpty();
        assertThat(metadata.calls()).isEmpty();
    }

    @Test
    void ec2IsAskedOnceWithItsTags() throws Exception {
        ec2.on("subnet", Nouns.subnet("subnet-9", 5, "kubernetes.io/role/cni=0"));

        lookup.know(OTHER, Nouns.mac(1));
        lookup.know(OTHER, Nouns.mac(1));

        assertThat(ec2.calls()).containsExactly("subnet subnet-9");
        assertThat(fixture.instance().subnets())
                .containsEntry(OTHER, new Instance.KnownSubnet(List.of(Nouns.BLOCK), true));
    }

    /** It follows the attachment by seconds, and may have an outage of its own meanwhile. */
    @Test
    void whereEc2MayNotBeAskedMetadataIsUntilItShowsTheInterface() throws Exception {
        ec2.on("subnet", DENIED);
        metadata.down(true);
        fixture.tempo.after(Duration.ofSeconds(2), () -> metadata.down(false));
        fixture.tempo.after(Duration.ofSeconds(4), () -> metadata.show(shown()));

        lookup.know(OTHER, Nouns.mac(1));

        assertThat(fixture.instance().subnets())
                .containsEntry(OTHER, new Instance.KnownSubnet(List.of(Nouns.BLOCK), false));
        assertThat(Duration.ofNanos(fixture.tempo.nanos())).isEqualTo(Duration.ofSeconds(4));
    }

    @Test
    void whereNeitherSaysTheRefusalStandsAfterAWhile() {
        ec2.on("subnet", DENIED);

        assertThatThrownBy(() -> lookup.know(OTHER, Nouns.mac(1)))
                .isInstanceOfSatisfying(
                        Ec2Exception.class, e -> assertThat(e.failure()).isEqualTo(DENIED));

        assertThat(Duration.ofNanos(fixture.tempo.nanos())).isEqualTo(Duration.ofMinutes(1));
        assertThat(fixture.instance().subnets()).containsOnlyKeys(Nouns.SUBNET);
    }

    @Test
    void whatEc2CannotSayNowIsNotAskedOfMetadata() {
        ec2.on("subnet", new Ec2Failure.Gone(null));

        assertThatThrownBy(() -> lookup.know(OTHER, Nouns.mac(1))).isInstanceOf(Ec2Exception.class);

        assertThat(metadata.calls()).isEmpty();
    }

    private static Metadata.MetadataInterface shown() {
        return new Metadata.MetadataInterface(
                Nouns.id(1),
                Nouns.mac(1),
                0,
                1,
                OTHER,
                List.of(Nouns.BLOCK),
                List.of(Nouns.address(1, -1)),
                List.of());
    }
}
