package dev.vpccni.node.watch;

import static dev.vpccni.node.watch.WatchFixture.PERIOD;
import static dev.vpccni.node.watch.WatchFixture.shown;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.node.fake.Fixture;
import dev.vpccni.node.fake.Nouns;
import dev.vpccni.node.fake.ScriptedEc2;
import dev.vpccni.node.fake.ScriptedMetadata;
import dev.vpccni.node.instance.Current;
import dev.vpccni.node.port.Ec2Failure;
import dev.vpccni.node.port.ObservedInterface;
import java.time.Duration;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** When the kernel, metadata and EC2 are looked at, and what for. */
class WatchTest {

    private static final Duration MOMENT = Duration.ofSeconds(1);

    private final WatchFixture watched = new WatchFixture();
    private final Fixture fixture = watched.fixture;
    private final ScriptedEc2 ec2 = watched.ec2;
    private final ScriptedMetadata metadata = watched.metadata;
    private final Current current = watched.current;
    private final Observer observer = watched.observer;
    private final Watch watch = watched.watch;

    @Test
    void metadataIsAskedForOneThingAtATimeInTurns() {
        run(PERIOD.minusNanos(1));
        assertThat(metadata.calls()).isEmpty();
        assertThat(watched.glances).isZero();

        run(PERIOD.multipliedBy(12).plusSeconds(1));

        assertThat(metadata.calls())
                .containsExactly(
                        "groups",
                        "addresses " + Nouns.mac(0),
                        "groups",
                        "macs",
                        "cidrs",
                        "groups",
                        "addresses " + Nouns.mac(0),
                        "groups",
                        "macs",
                        "cidrs",
                        "groups",
                        "addresses " + Nouns.mac(0),
                        "groups",
                        "macs",
                        "cidrs");
        assertThat(watched.glances).isEqualTo(12);
        assertThat(fixture.host.calls()).as("the blocks are as they were").isEmpty();
        assertThat(ec2.calls()).as("nothing is off").isEmpty();
    }

    @Test
    void ec2IsAskedWhenSomebodyWantsIt() {
        watch.askEc2();

        run(Duration.ofSeconds(30));

        assertThat(ec2.calls("attached")).as("it is settled at once").hasSize(1);
        assertThat(watched.glances)
                .as("the kernel is compared with it, and not looked at")
                .isEqualTo(1);
        assertThat(metadata.calls()).isEmpty();
    }

    @Test
    void theKernelIsLookedAtWhenSomebodyDoubtsItAndEc2IsNotAsked() {
        fixture.host.unlink(Nouns.mac(0));
        watch.lookClosely();

        run(MOMENT);

        assertThat(watched.glances).isEqualTo(1);
        assertThat(ec2.calls()).isEmpty();
        assertThat(metadata.calls()).isEmpty();
        run(MOMENT);
        assertThat(watched.glances).as("once").isEqualTo(1);
    }

    @Test
    void aLinkThatChangesHasKernelMetadataAndPerhapsEc2Asked() {
        watch.linksChanged();
        run(MOMENT);
        assertThat(watched.glances).isEqualTo(1);
        assertThat(metadata.calls()).containsExactly("macs");
        assertThat(ec2.calls()).isEmpty();

        fixture.host.unlink(Nouns.mac(0));
        watch.linksChanged();
        run(MOMENT);
        assertThat(ec2.calls("attached")).hasSize(1);
    }

    /** An EFA without addresses, say, of which no pool makes anything. */
    @Test
    void anInterfaceOnACardThatNobodyKeepsIsKnownOnceEc2HasShownIt() throws Exception {
        var elsewhere =
                new ObservedInterface.Attachment(Nouns.attachment(1), "attached", 3, 1, true);
        ec2.now(
                "attached",
                Fixture.shown(
                        Nouns.shown(0, 2), Nouns.shown(1, 0, "efa-only", Nouns.tags(), elsewhere)));
        metadata.show(shown(1, 0));
        watched.observer.compare(new TreeSet<>());

        watch.linksChanged();
        run(MOMENT);
        assertThat(ec2.calls("attached")).as("only the comparison").hasSize(1);

        metadata.show(shown(2, 0));
        watch.linksChanged();
        run(MOMENT);
        assertThat(ec2.calls("attached")).as("one that is news").hasSize(2);
    }

    @Test
    void anInterfaceThatNobodyKnowsIsAskedAboutOnce() {
        metadata.show(shown(1, 0));
        watch.linksChanged();
        run(MOMENT);
        assertThat(ec2.calls("attached")).hasSize(1);
        run(Duration.ofSeconds(10));
        assertThat(ec2.calls("attached")).as("metadata knew it first").hasSize(2);

        watch.linksChanged();
        run(Duration.ofSeconds(30));

        assertThat(ec2.calls("attached")).as("it is no news").hasSize(2);
    }

    @Test
    void oneThatIsBeingMadeHereIsExpected() {
        fixture.begin(1, 2);
        metadata.show(shown(1, 0));
        watch.linksChanged();
        run(MOMENT);
        assertThat(ec2.calls()).isEmpty();

        metadata.show(shown(2, 0));
        watch.linksChanged();
        run(MOMENT);
        assertThat(ec2.calls()).hasSize(1);
    }

    @Test
    void groupsThatChangeAreKnownAndAskedAbout() {
        metadata.groups("sg-2");

        run(PERIOD);

        assertThat(current.groups()).containsExactly(new SecurityGroupId("sg-2"));
        assertThat(ec2.calls("attached")).hasSize(1);
    }

    @Test
    void anInterfaceThatNobodyKnowsIsFoundInTurnToo() {
        metadata.show(shown(1, 0));

        run(PERIOD.multipliedBy(4));

        assertThat(ec2.calls("attached")).hasSize(1);
    }

    @Test
    void aGlanceThatFailsIsTriedAgainSoonAndThenLater() {
        metadata.down(true);
        watch.linksChanged();

        run(Duration.ofSeconds(16));

        // After 1, 2, 4 and 8 seconds.
        assertThat(metadata.calls()).hasSize(5);
        assertThat(fixture.decisions())
                .containsExactly("look at the kernel and metadata again: no answer for macs");
        metadata.down(false);
        run(Duration.ofSeconds(11));
        assertThat(metadata.calls()).as("ten seconds are the longest").hasSize(6);
        metadata.down(true);
        watch.linksChanged();
        run(Duration.ofMillis(1_500));
        assertThat(metadata.calls()).as("they begin anew").hasSize(8);
    }

    @Test
    void ec2ThatDoesNotAnswerIsAskedAgainLater() {
        ec2.now("attached", new Ec2Failure.NoCredentials());
        watch.askEc2();

        run(Duration.ofSeconds(31));

        // After 10 and 20 seconds.
        assertThat(ec2.calls("attached")).hasSize(3);
        assertThat(fixture.decisions())
                .anyMatch(line -> line.startsWith("compare with EC2 again: attached: scripted"));
        ec2.now("attached", Fixture.shown(Nouns.shown(0, 2)));
        run(Duration.ofSeconds(45));
        assertThat(ec2.calls("attached")).hasSize(4);
    }

    @Test
    void ec2IsAskedOnceMoreAboutWhatOneAnswerDoesNotSettleButNotForEver() {
        // An interface whose device never comes.
        ec2.now("attached", Fixture.shown(Nouns.shown(0, 2), Nouns.shown(1, 0)));
        watch.askEc2();

        run(Duration.ofSeconds(9));
        assertThat(ec2.calls("attached")).hasSize(1);
        run(Duration.ofSeconds(60));

        assertThat(ec2.calls("attached")).hasSize(7);
        run(Duration.ofSeconds(70));
        assertThat(ec2.calls("attached")).as("twelve times more and no more").hasSize(13);
    }

    @Test
    void whatOneAnswerSettlesIsNotCountedAgainstWhatDoesNot() {
        for (int n = 1; n <= 13; n++) {
            watch.askEc2();
            run(MOMENT);
        }
        assertThat(ec2.calls("attached")).hasSize(13);
        ec2.now("attached", Fixture.shown(Nouns.shown(0, 2), Nouns.shown(1, 0)));
        watch.askEc2();

        run(Duration.ofSeconds(11));

        assertThat(ec2.calls("attached")).hasSize(15);
    }

    @Test
    void whatCouldNotBePutRightInEc2IsAskedAboutInTurn() {
        ec2.now(
                        "attached",
                        Fixture.shown(
                                Nouns.shown(0, 2, "interface", new TreeMap<>(), Nouns.attached(0))))
                .on("tag", new Ec2Failure.SubnetFull(), ScriptedEc2.DONE);
        watch.askEc2();
        run(MOMENT);
        fixture.tempo.runTasks();
        assertThat(observer.lacksUpkeep()).isTrue();
        watch.lookClosely();
        run(MOMENT);
        assertThat(ec2.calls("attached")).as("not whenever the kernel is doubted").hasSize(1);

        run(PERIOD);

        assertThat(ec2.calls("attached")).hasSize(2);
    }

    private void run(Duration duration) {
        watched.run(duration);
    }
}
