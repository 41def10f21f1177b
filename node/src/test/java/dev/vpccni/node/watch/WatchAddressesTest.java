package dev.vpccni.node.watch;

import static dev.vpccni.node.watch.WatchFixture.PERIOD;
import static dev.vpccni.node.watch.WatchFixture.shown;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.InterfaceRole;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.Cidr;
import dev.vpccni.node.fake.Fixture;
import dev.vpccni.node.fake.Nouns;
import dev.vpccni.node.fake.ScriptedEc2;
import dev.vpccni.node.fake.ScriptedMetadata;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which differences between metadata's addresses and the ledger's EC2 is asked about. */
class WatchAddressesTest {

    private final WatchFixture watched = new WatchFixture();
    private final Fixture fixture = watched.fixture;
    private final ScriptedEc2 ec2 = watched.ec2;
    private final ScriptedMetadata metadata = watched.metadata;

    @Test
    void addressesThatMetadataShowsOtherwiseAreAskedAboutOnce() {
        metadata.show(shown(0, 3));

        run(PERIOD.multipliedBy(2));
        assertThat(ec2.calls("attached")).hasSize(1);
        run(PERIOD.multipliedBy(8));

        assertThat(ec2.calls("attached")).as("once more for what metadata knew first").hasSize(2);
    }

    @Test
    void anAddressThatIsMissingInMetadataIsAskedAbout() {
        metadata.show(shown(0, 1));

        run(PERIOD.multipliedBy(2));

        assertThat(ec2.calls("attached")).hasSize(1);
    }

    @Test
    void whilePodsWaitInVainEveryInterfaceIsLookedAt() {
        for (int n = 1; n < 4; n++) {
            fixture.add(n, 2);
            fixture.host.link(Nouns.mac(n));
            metadata.show(shown(n, 2));
        }
        fixture.tempo.pass(Duration.ofMinutes(5));
        metadata.show(shown(3, 1));
        run(PERIOD);
        assertThat(ec2.calls()).as("it is not its turn").isEmpty();

        watched.watch.lookClosely();
        run(Duration.ofSeconds(1));
        assertThat(looks()).as("not at once").containsExactly("groups");
        run(PERIOD);

        assertThat(looks())
                .containsExactly(
                        "groups",
                        "addresses " + Nouns.mac(0),
                        "addresses " + Nouns.mac(0),
                        "addresses " + Nouns.mac(1),
                        "addresses " + Nouns.mac(2),
                        "addresses " + Nouns.mac(3));
        assertThat(ec2.calls("attached")).hasSize(1);
        int asked = looks().size();
        run(PERIOD);
        assertThat(looks()).as("once").hasSize(asked + 1);
    }

    /** One after the other is looked at: each is compared with what was odd of it. */
    @Test
    void whatIsOddOnTwoInterfacesIsAskedAboutOnce() {
        fixture.add(1, 2);
        fixture.host.link(Nouns.mac(1));
        fixture.tempo.pass(Duration.ofMinutes(5));
        metadata.show(shown(0, 1));
        metadata.show(shown(1, 1));
        ec2.now("attached", Fixture.shown(Nouns.shown(0, 2), Nouns.shown(1, 2)));
        run(PERIOD.multipliedBy(8));
        int asked = ec2.calls("attached").size();

        run(PERIOD.multipliedBy(16));

        assertThat(ec2.calls("attached")).hasSize(asked);
    }

    @Test
    void whatIsOnItsWayBackIsNotOdd() {
        fixture.done(new Command.BeginRelease(Nouns.id(0), Nouns.blocks(0, 1)));
        run(PERIOD.multipliedBy(2));
        assertThat(ec2.calls()).as("it is on its way back").isEmpty();
    }

    @Test
    void whatIsOnItsWayBackMayHaveGoneFromMetadata() {
        fixture.done(new Command.BeginRelease(Nouns.id(0), List.of(Nouns.block(0, 1))));
        metadata.show(shown(0, 1));

        run(PERIOD.multipliedBy(2));

        assertThat(ec2.calls()).isEmpty();
    }

    @Test
    void whatLeftJustNowMayStillBeShown() {
        List<Cidr> left = List.of(Nouns.block(0, 1));
        fixture.tempo.after(
                PERIOD.multipliedBy(2).minusSeconds(1),
                () -> {
                    fixture.done(new Command.BeginRelease(Nouns.id(0), left));
                    fixture.done(new Command.ConfirmReleased(Nouns.id(0), left));
                });

        run(PERIOD.multipliedBy(2));

        assertThat(metadata.calls()).contains("addresses " + Nouns.mac(0));
        assertThat(ec2.calls()).isEmpty();
    }

    @Test
    void whatIsOddNoMoreIsNoNews() {
        metadata.show(shown(0, 3));
        run(PERIOD.multipliedBy(4));
        int asked = ec2.calls("attached").size();
        metadata.show(shown(0, 2));

        run(PERIOD.multipliedBy(4));

        assertThat(metadata.calls()).filteredOn(call -> call.startsWith("addr")).hasSize(2);
        assertThat(ec2.calls("attached")).hasSize(asked);
    }

    @Test
    void anInterfaceThatLeavesIsNotCompared() {
        fixture.add(1, 2);
        fixture.host.link(Nouns.mac(1));
        fixture.tempo.pass(Duration.ofMinutes(2));
        fixture.done(new Command.BeginRemoval(Nouns.id(1)));
        metadata.show(shown(1, 1));

        run(PERIOD.multipliedBy(4));

        assertThat(metadata.calls()).contains("addresses " + Nouns.mac(1));
        assertThat(ec2.calls()).isEmpty();
    }

    @Test
    void anInterfaceThatIsForgottenWhileMetadataAnswersIsNotCompared() {
        metadata.during("addresses", () -> fixture.done(new Command.ForgetInterface(Nouns.id(0))));

        run(PERIOD.multipliedBy(2));

        assertThat(metadata.calls()).contains("addresses " + Nouns.mac(0));
        assertThat(ec2.calls()).isEmpty();
    }

    @Test
    void anInterfaceThatIsSomebodyElsesIsNotLookedAt() {
        fixture.done(
                new Command.AddInterface(Nouns.facts(1, InterfaceRole.UNMANAGED), List.of(), null));

        fixture.host.link(Nouns.mac(1));

        run(PERIOD.multipliedBy(4));

        assertThat(looks())
                .containsExactly("groups", "addresses " + Nouns.mac(0), "groups", "macs");
    }

    @Test
    void whileAddressesArriveTheyAreNotCompared() {
        fixture.done(new Command.BeginAssign(Nouns.id(0), BlockKind.ADDRESS, 1));
        metadata.show(shown(0, 3));

        run(PERIOD.multipliedBy(2));

        assertThat(ec2.calls()).isEmpty();
    }

    /**
     * Returns the requests so far but those for the VPC's blocks, which have a time of their own.
     */
    private List<String> looks() {
        return metadata.calls().stream().filter(call -> !call.equals("cidrs")).toList();
    }

    private void run(Duration duration) {
        watched.run(duration);
    }
}
