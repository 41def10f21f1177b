package dev.vpccni.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.model.SubnetId;
import dev.vpccni.node.fake.Fixture;
import dev.vpccni.node.fake.Nouns;
import dev.vpccni.node.instance.MetadataAsEc2;
import dev.vpccni.node.port.Ec2Failure;
import dev.vpccni.node.port.Metadata;
import dev.vpccni.node.port.ObservedInterface;
import dev.vpccni.node.settings.CloudSettings;
import dev.vpccni.node.settings.NodeSettings;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What is asked and set up before the pool is kept, and what is left alone. */
class CloudConnectionTest extends CloudConnectionFixture {

    @Test
    void looksAndSetsUpBeforeThePoolIsKept() throws Exception {
        open(SETTINGS);

        assertThat(metadata.calls()).containsExactly("identity", "interfaces", "cidrs", "groups");
        assertThat(fixture.host.calls())
                .containsExactly("setUpNode [10.0.0.0/16]", "setUpPacketFilter [10.0.0.0/16]");
        assertThat(ec2.calls()).containsExactly("subnets vpc-1 us-west-2a", "attached i-1");
        assertThat(fixture.tempo.started()).containsExactly("observer", "links", "leaks", "pool");
        assertThat(fixture.keeper.ledger().find(Nouns.id(0))).isNotNull();
        assertThat(availability.refusal()).hasMessageNotContaining("has not answered yet");
        assertThat(availability.situation().limits().instanceInterfaces()).isEqualTo(3);
        assertThat(fixture.decisions()).noneMatch(line -> line.startsWith("try again"));
    }

    @Test
    void aRestartSetsUpWhatServesAndLooksForLostInterfaces() throws Exception {
        fixture.add(0, 1).add(1, 1);
        fixture.host.link(Nouns.mac(1));
        ec2.now("attached", Fixture.shown(Nouns.shown(0, 1), Nouns.shown(1, 1)));
        open(SETTINGS);
        fixture.host.forget();
        int asked = metadata.calls().size();

        fixture.tempo.runFor(Duration.ofSeconds(15), fixture.tempo::runTasks);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(fixture.host.calls())
                .containsExactly("setUpInterface " + Nouns.address(1, -1) + " 2 mtu 9001");
        assertThat(metadata.calls().subList(asked, metadata.calls().size()))
                .as("links may have changed before anybody listened")
                .contains("macs");
    }

    @Test
    void anInterfaceInASubnetThatOnlyEc2KnowsServes() throws Exception {
        fixture.host.link(Nouns.mac(1));
        ObservedInterface own = Nouns.shown(1, 1);
        var inOther =
                new ObservedInterface(
                        own.id(),
                        own.status(),
                        own.type(),
                        own.description(),
                        own.mac(),
                        new SubnetId("subnet-2"),
                        own.primaryAddress(),
                        own.secondaryAddresses(),
                        own.ipv6Addresses(),
                        own.prefixes(),
                        own.groups(),
                        own.tags(),
                        own.attachment());
        ec2.now("attached", Fixture.shown(Nouns.shown(0, 1), inOther));

        open(SETTINGS);

        assertThat(fixture.keeper.ledger().find(Nouns.id(1))).isNotNull();
    }

    @Test
    void lostInterfacesAreLookedForAtOnceAndWhenOneMayHaveBeenLost() throws Exception {
        show(9);
        ec2.on("create", new Ec2Failure.Ambiguous())
                .now("attached", Fixture.shown(Nouns.shown(0, 9)));
        open(SETTINGS);
        fixture.grant(1);
        run("leaks", Duration.ofSeconds(11));
        assertThat(ec2.calls("described")).as("a daemon may have died and lost some").hasSize(1);

        keepPool();
        assertThat(fixture.keeper.ledger().creates()).hasSize(1);
        run("leaks", Duration.ofSeconds(11));
        assertThat(ec2.calls("described")).hasSize(1);
        keepPool();
        run("leaks", Duration.ofSeconds(11));

        assertThat(ec2.calls("described")).hasSize(2);
    }

    @Test
    void ec2IsAskedWhatIsAttachedWhenItAllowsNoMore() throws Exception {
        ec2.on("create", new Ec2Failure.LimitExceeded())
                .on("assign", new Ec2Failure.LimitExceeded());
        open(SETTINGS);
        run("observer", Duration.ofSeconds(1));
        assertThat(ec2.calls("attached")).hasSize(1);

        keepPool();
        run("observer", Duration.ofSeconds(1));

        assertThat(ec2.calls("attached")).hasSize(2);
    }

    @Test
    void whereNothingInEc2IsChangedNoPoolIsKept() throws Exception {
        open(cloud(false, true));

        assertThat(fixture.tempo.started()).containsExactly("observer", "links");
        assertThat(availability.isWorthWaiting()).as("there is a free one").isTrue();
        fixture.grant(1);
        assertThat(availability.isWorthWaiting()).as("none comes by itself").isFalse();
        assertThat(availability.refusal())
                .hasMessageContaining("DISABLE_NETWORK_RESOURCE_PROVISIONING");
    }

    @Test
    void whereNothingInEc2IsChangedWhatOthersGiveServes() throws Exception {
        open(cloud(false, true));
        fixture.host.pod(fixture.grant(1), "eni01234567890");
        ec2.now("attached", Fixture.shown(Nouns.shown(0, 2)));
        ec2.on("attached", Fixture.shown(Nouns.shown(0, 2)));
        show(2);

        run("observer", Duration.ofSeconds(100));

        assertThat(fixture.grant(2)).isEqualTo(Nouns.address(0, 1));
        assertThat(availability.refusal()).hasMessageContaining("asks for no addresses");
        assertThat(ec2.calls()).allMatch(call -> call.matches("(subnets|attached) .*"));
    }

    @Test
    void whereOnlyMetadataIsAskedItIsWitnessEnough() throws Exception {
        var settings =
                SETTINGS.withCloud(
                        new CloudSettings("", new TreeMap<>(), false, false, true, false));
        metadata.type("m99.large");
        open(settings, new MetadataAsEc2(metadata));
        fixture.host.pod(fixture.grant(1), "eni01234567890");
        show(2);
        metadata.show(
                new Metadata.MetadataInterface(
                        Nouns.id(1),
                        Nouns.mac(1),
                        0,
                        1,
                        Nouns.SUBNET,
                        List.of(Nouns.BLOCK),
                        List.of(Nouns.address(1, -1), Nouns.address(1, 0)),
                        List.of()));
        fixture.host.link(Nouns.mac(1));

        run("observer", Duration.ofSeconds(100));

        assertThat(List.of(fixture.grant(2), fixture.grant(3)))
                .containsExactlyInAnyOrder(Nouns.address(0, 1), Nouns.address(1, 0));
        assertThat(ec2.calls()).isEmpty();
        assertThat(availability.refusal()).hasMessageContaining("ENABLE_IMDS_ONLY_MODE");
        assertThat(fixture.decisions()).noneMatch(line -> line.contains("again"));
    }

    @Test
    void whereLeaksAreLeftAloneNobodyLooksForThem() throws Exception {
        open(cloud(true, false));

        assertThat(fixture.tempo.started()).containsExactly("observer", "links", "pool");
    }

    private static NodeSettings cloud(boolean provisioning, boolean cleanUp) {
        return SETTINGS.withCloud(
                new CloudSettings("", new TreeMap<>(), provisioning, true, true, cleanUp));
    }
}
