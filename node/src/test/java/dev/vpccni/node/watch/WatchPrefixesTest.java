package dev.vpccni.node.watch;

import static dev.vpccni.node.watch.WatchFixture.PERIOD;
import static dev.vpccni.node.watch.WatchFixture.shown;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.IpFamily;
import dev.vpccni.node.fake.Fixture;
import dev.vpccni.node.fake.Nouns;
import dev.vpccni.node.fake.ScriptedEc2;
import dev.vpccni.node.fake.ScriptedMetadata;
import dev.vpccni.node.instance.Instance;
import dev.vpccni.node.settings.AddressingSettings;
import dev.vpccni.node.settings.CloudSettings;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Prefixes in metadata: when they are asked for, and what of them EC2 is asked about. */
class WatchPrefixesTest {

    private static final String ADDRESSES = "addresses " + Nouns.mac(0);
    private static final String PREFIXES = "prefixes IPv4 " + Nouns.mac(0);

    private final WatchFixture watched = new WatchFixture();
    private final Fixture fixture = watched.fixture;
    private final ScriptedEc2 ec2 = watched.ec2;
    private final ScriptedMetadata metadata = watched.metadata;

    @Test
    void whereThereAreNoneNobodyAsksForThem() {
        metadata.show(shown(0, 2, Nouns.prefixes(0, 1)));

        watched.run(PERIOD.multipliedBy(3));

        assertThat(metadata.calls()).containsExactly("groups", ADDRESSES, "groups");
        assertThat(ec2.calls()).isEmpty();
    }

    @Test
    void whereThereAreSomeTheyAreAskedForWithTheAddresses() {
        withPrefixes();

        watched.run(PERIOD.multipliedBy(3));

        assertThat(metadata.calls())
                .filteredOn(call -> !call.equals("cidrs"))
                .containsExactly("groups", ADDRESSES, PREFIXES, "groups");
        assertThat(ec2.calls()).as("all agree").isEmpty();
    }

    @Test
    void whereTheyAreToBeTheyAreAskedForToo() {
        fixture.done(new Command.Prefer(BlockKind.PREFIX));

        watched.run(PERIOD.multipliedBy(2));

        assertThat(metadata.calls()).containsExactly("groups", ADDRESSES, PREFIXES);
    }

    @Test
    void onesThatAreMissingAreAskedAbout() {
        withPrefixes();
        metadata.show(shown(0, 2, Nouns.prefixes(0, 1)));

        watched.run(PERIOD.multipliedBy(2));

        assertThat(ec2.calls("attached")).hasSize(1);
    }

    @Test
    void onesThatNobodyKnewAreAskedAboutAndServe() {
        withPrefixes();
        metadata.show(shown(0, 2, Nouns.prefixes(0, 3)));
        ec2.now("attached", Fixture.shown(Nouns.with(Nouns.shown(0, 2), Nouns.prefixes(0, 3))));

        watched.run(PERIOD.multipliedBy(2).plusSeconds(11));

        assertThat(fixture.held(0).find(Nouns.prefix(0, 2)))
                .as("EC2 and metadata are two witnesses")
                .isNotNull();
        assertThat(ec2.calls("attached")).as("and metadata knew it first").hasSize(2);
        watched.run(PERIOD.multipliedBy(12));
        assertThat(ec2.calls("attached")).as("settled once").hasSize(2);
    }

    @Test
    void onesOnTheirWayBackAreNotOdd() {
        withPrefixes();
        fixture.done(new Command.BeginRelease(Nouns.id(0), Nouns.prefixes(0, 1)));
        watched.run(PERIOD.multipliedBy(2));
        assertThat(ec2.calls()).isEmpty();

        metadata.show(shown(0, 2, Nouns.prefixes(0, 2).subList(1, 2)));
        watched.run(PERIOD.multipliedBy(2));
        assertThat(ec2.calls()).as("they may have gone from metadata").isEmpty();
    }

    /** Its single addresses of IPv4 are nothing to pods, and change as they like. */
    @Test
    void ofIpv6OnlyPrefixesAreAskedFor() {
        var node = new Fixture();
        node.instance(
                new Instance(
                        Nouns.IDENTITY,
                        CloudSettings.DEFAULT,
                        new AddressingSettings(IpFamily.IPV6, true, 0, false, false),
                        0,
                        node.instance().subnets()));
        var six = new WatchFixture(node);
        node.done(new Command.BeginRelease(Nouns.id(0), Nouns.blocks(0, 2)));
        node.done(new Command.ConfirmReleased(Nouns.id(0), Nouns.blocks(0, 2)));
        node.done(new Command.AddBlocks(Nouns.id(0), List.of(Nouns.prefix6(0))));
        node.tempo.pass(Duration.ofMinutes(5));
        six.metadata.show(shown(0, 7, List.of(Nouns.prefix(0, 0), Nouns.prefix6(0))));

        six.run(PERIOD.multipliedBy(6));

        String prefixes = "prefixes IPv6 " + Nouns.mac(0);
        assertThat(six.metadata.calls())
                .as("nothing is translated, so no blocks of the VPC either")
                .containsExactly("groups", prefixes, "groups", "macs", "groups", prefixes);
        assertThat(six.ec2.calls()).isEmpty();
    }

    /** Two prefixes, on which all agree. */
    private void withPrefixes() {
        fixture.done(new Command.AddBlocks(Nouns.id(0), Nouns.prefixes(0, 2)));
        metadata.show(shown(0, 2, Nouns.prefixes(0, 2)));
        ec2.now("attached", Fixture.shown(Nouns.with(Nouns.shown(0, 2), Nouns.prefixes(0, 2))));
        fixture.tempo.pass(Duration.ofMinutes(5));
    }
}
