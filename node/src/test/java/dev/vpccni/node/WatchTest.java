package dev.vpccni.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.node.fake.Nouns;
import dev.vpccni.node.fake.ScriptedEc2;
import dev.vpccni.node.fake.ScriptedMetadata;
import dev.vpccni.node.port.Ec2Failure;
import dev.vpccni.node.port.HostFailure;
import dev.vpccni.node.port.Metadata;
import dev.vpccni.node.settings.NodeSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When the kernel, metadata and EC2 are looked at, and what for. */
class WatchTest {

    private static final Duration PERIOD = Duration.ofSeconds(75);
    private static final Duration MOMENT = Duration.ofSeconds(1);

    private final Fixture fixture = new Fixture();
    private final ScriptedEc2 ec2 = fixture.ec2;
    private final ScriptedMetadata metadata = new ScriptedMetadata();
    private final Current current =
            new Current(
                    new Facts(
                            fixture.instance,
                            List.of(Nouns.BLOCK),
                            List.of(Nouns.GROUP),
                            new TreeSet<>()));
    private final Observer observer =
            new Observer(
                    ec2,
                    fixture.host,
                    fixture.keeper,
                    new Interfaces(
                            ec2,
                            fixture.host,
                            fixture.keeper,
                            fixture.attachments,
                            fixture.retry,
                            9001,
                            fixture::instance),
                    new Upkeep(
                            ec2,
                            fixture::instance,
                            current::groups,
                            new Tasks(fixture.explanations, fixture.tempo, fixture.retry),
                            fixture.explanations,
                            fixture.retry,
                            fixture.tempo),
                    _ -> false,
                    () -> {},
                    fixture::instance,
                    fixture.explanations,
                    fixture.tempo,
                    fixture.retry);
    private final Watch watch =
            new Watch(
                    metadata,
                    new NodePreparation(fixture.host),
                    fixture.keeper,
                    observer,
                    current,
                    NodeSettings.DEFAULT,
                    fixture.explanations,
                    fixture.tempo,
                    fixture.retry);
    private int glances;

    @BeforeEach
    void oneInterface() {
        fixture.add(0, 2);
        fixture.host.link(Nouns.mac(0));
        metadata.show(shown(0, 2));
        ec2.on("attached", Fixture.shown(Nouns.shown(0, 2)));
        fixture.host.during("observe", () -> glances++);
        fixture.tempo.pass(Duration.ofMinutes(5));
    }

    @Test
    void metadataIsAskedForOneThingAtATimeInTurns() {
        run(PERIOD.minusNanos(1));
        assertThat(metadata.calls()).isEmpty();
        assertThat(glances).isZero();

        run(PERIOD.multipliedBy(12).plusSeconds(1));

        assertThat(metadata.calls())
                .containsExactly(
                        "groups",
                        "addresses " + Nouns.mac(0),
                        "groups",
                        "macs",
                        "groups",
                        "cidrs",
                        "groups",
                        "addresses " + Nouns.mac(0),
                        "groups",
                        "macs",
                        "groups",
                        "cidrs");
        assertThat(glances).isEqualTo(12);
        assertThat(ec2.calls()).as("nothing is off").isEmpty();
    }

    @Test
    void ec2IsAskedWhenSomebodyWantsIt() {
        watch.askEc2();

        run(MOMENT);

        assertThat(ec2.calls("attached")).hasSize(1);
        assertThat(metadata.calls()).isEmpty();
    }

    @Test
    void theKernelIsLookedAtWhenSomebodyDoubtsItAndEc2IsNotAsked() {
        fixture.host.unlink(Nouns.mac(0));
        watch.askKernel();

        run(MOMENT);

        assertThat(glances).isEqualTo(1);
        assertThat(ec2.calls()).isEmpty();
        assertThat(metadata.calls()).isEmpty();
        run(MOMENT);
        assertThat(glances).as("once").isEqualTo(1);
    }

    @Test
    void aLinkThatChangesHasKernelMetadataAndPerhapsEc2Asked() {
        watch.linksChanged();
        run(MOMENT);
        assertThat(glances).isEqualTo(1);
        assertThat(metadata.calls()).containsExactly("macs");
        assertThat(ec2.calls()).isEmpty();

        fixture.host.unlink(Nouns.mac(0));
        watch.linksChanged();
        run(MOMENT);
        assertThat(ec2.calls("attached")).hasSize(1);
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
    void whatIsOnItsWayBackIsNotOdd() {
        fixture.done(new Command.BeginRelease(Nouns.id(0), Nouns.addresses(0, 1)));
        run(PERIOD.multipliedBy(2));
        assertThat(ec2.calls()).as("it is on its way back").isEmpty();
    }

    @Test
    void whileAddressesArriveTheyAreNotCompared() {
        fixture.done(new Command.BeginAssign(Nouns.id(0), 1));
        metadata.show(shown(0, 3));

        run(PERIOD.multipliedBy(2));

        assertThat(ec2.calls()).isEmpty();
    }

    @Test
    void blocksThatChangeReachTheKernel() {
        metadata.cidrs("10.0.0.0/16", "10.9.0.0/16");
        fixture.host.refuse("setUpNode", new HostFailure.Refused("step", 1));
        run(PERIOD.multipliedBy(6));
        assertThat(current.vpcCidrs()).as("it is tried again").hasSize(1);
        fixture.host.refuseNothing();

        run(PERIOD.multipliedBy(6));

        assertThat(current.vpcCidrs()).containsExactly(Nouns.BLOCK, Ipv4Cidr.parse("10.9.0.0/16"));
        assertThat(fixture.host.calls()).hasSize(2);
        assertThat(fixture.decisions())
                .anyMatch(line -> line.startsWith("translate for [10.0.0.0/16, 10.9.0.0/16]"));
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

        run(PERIOD);

        assertThat(ec2.calls("attached")).hasSize(2);
    }

    private void run(Duration duration) {
        fixture.tempo.runFor(duration, watch::run);
    }

    private static Metadata.MetadataInterface shown(int n, int count) {
        var addresses = new ArrayList<>(List.of(Nouns.address(n, -1)));
        addresses.addAll(Nouns.addresses(n, count));
        return new Metadata.MetadataInterface(
                Nouns.id(n), Nouns.mac(n), 0, n, Nouns.SUBNET, Nouns.BLOCK, addresses);
    }
}
