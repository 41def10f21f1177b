package dev.vpccni.node.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.InterfaceStage;
import dev.vpccni.ipam.scale.Action;
import dev.vpccni.ipam.scale.SubnetRoom;
import dev.vpccni.model.BlockKind;
import dev.vpccni.node.fake.Fixture;
import dev.vpccni.node.fake.Nouns;
import dev.vpccni.node.fake.ScriptedEc2;
import dev.vpccni.node.port.Ec2Failure;
import dev.vpccni.node.work.WorkKey;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a plan's actions become. */
class PoolChangesTest {

    private static final Object DONE = ScriptedEc2.DONE;
    private static final Ec2Failure FULL = new Ec2Failure.SubnetFull();
    private static final Ec2Failure DENIED = new Ec2Failure.Denied("ec2:X");
    private static final Action ASSIGN = new Action.AssignTo(Nouns.id(0), BlockKind.ADDRESS, 2);
    private static final Action CREATE =
            new Action.CreateInterface(Nouns.TEMPLATE, 1, BlockKind.ADDRESS, 2);

    private final PoolChangesFixture pool = new PoolChangesFixture();
    private final Fixture fixture = pool.fixture;
    private final ScriptedEc2 ec2 = pool.ec2;
    private final AddressAvailability availability = pool.availability;
    private final Subnets subnets = pool.subnets;
    private final List<String> doubts = pool.doubts;
    private final PoolChanges changes = pool.changes;

    @Test
    void anAssignmentIsBegunCarriedOutAndEnds() {
        availability.problem(new AddressAvailability.Problem("old", "", false));
        ec2.on("assign", Nouns.blocks(0, 4).subList(2, 4));
        subnets.refused(Nouns.SUBNET, BlockKind.ADDRESS, 20, 0);

        PoolChanges.Change change = pool.begin(ASSIGN);
        fixture.tempo.runTasks();

        assertThat(change.text()).isEqualTo("assign 2 more addresses to eni-0");
        assertThat(fixture.held(0).size()).isEqualTo(4);
        assertThat(subnets.rooms(fixture.tempo.instant()))
                .containsEntry(Nouns.SUBNET, SubnetRoom.of(8));
        assertThat(availability.refusal())
                .as("nothing stands in the way")
                .hasMessageNotContaining("old");
        assertThat(changes.rest(change)).isZero();
    }

    @Test
    void aFullSubnetIsLeftAloneAndIsNoFailureOfTheRequest() {
        ec2.on("assign", FULL);

        PoolChanges.Change change = pool.begin(ASSIGN);
        fixture.tempo.runTasks();

        assertThat(changes.rest(change)).isZero();
        assertThat(subnets.rooms(fixture.tempo.instant()))
                .containsEntry(Nouns.SUBNET, SubnetRoom.of(1));
        assertThat(availability.refusal()).hasMessageContaining("has no address left");
        assertThat(fixture.decisions())
                .containsExactly(
                        "leave subnet-1 alone for a while: subnet subnet-1 has no address left");
        assertThat(doubts).isEmpty();
    }

    @Test
    void whatEc2RefusesForItsLimitsIsAReasonToAskWhatIsAttached() {
        ec2.on("assign", new Ec2Failure.LimitExceeded());

        PoolChanges.Change change = pool.begin(ASSIGN);
        fixture.tempo.runTasks();

        assertThat(doubts).containsExactly("attachments");
        assertThat(changes.rest(change)).isPositive();
    }

    @Test
    void anotherRefusalIsAFailureAndSaid() {
        ec2.on("assign", DENIED);

        PoolChanges.Change change = pool.begin(ASSIGN);
        fixture.tempo.runTasks();

        assertThat(doubts).isEmpty();
        assertThat(changes.rest(change)).isPositive();
        assertThat(availability.refusal()).hasMessageContaining("lacks ec2:X");
    }

    @Test
    void whileItsLikeIsAtWorkAChangeWaitsAMoment() {
        PoolChanges.Change change = pool.begin(ASSIGN);

        assertThat(changes.rest(change)).isEqualTo(Duration.ofMillis(250));
    }

    @Test
    void aCreationIsAskedForUnderATokenOfItsOwn() {
        ec2.on("create", Nouns.unattached(1, 2)).on("attach", Nouns.attachment(1));
        subnets.refused(Nouns.SUBNET, BlockKind.ADDRESS, 20, 0);

        PoolChanges.Change change = pool.begin(CREATE);
        assertThat(change.text()).isEqualTo("create an interface with 2 addresses in subnet-1");
        assertThat(fixture.keeper.ledger().creates())
                .singleElement()
                .satisfies(create -> assertThat(create.token()).hasSize(32));
        assertThat(change.counted()).isEqualTo(new WorkKey.CreateIn(Nouns.SUBNET));
        fixture.tempo.runTasks();

        assertThat(fixture.held(1).size()).isEqualTo(2);
        assertThat(subnets.rooms(fixture.tempo.instant()))
                .as("the interface takes one itself")
                .containsEntry(Nouns.SUBNET, SubnetRoom.of(7));
        assertThat(changes.rest(change)).isZero();
    }

    @Test
    void aCreationThatIsRefusedIsLeftToTheNextPlan() {
        ec2.on("create", FULL);

        PoolChanges.Change change = pool.begin(CREATE);
        fixture.tempo.runTasks();

        assertThat(fixture.keeper.ledger().creates()).isEmpty();
        assertThat(changes.rest(change)).isZero();
        assertThat(subnets.rooms(fixture.tempo.instant()))
                .containsEntry(Nouns.SUBNET, SubnetRoom.of(1));
    }

    @Test
    void whatEndsWithoutHavingComeToItsEndCountsAsFailed() {
        ec2.on("unassign", DONE).on("assign", Nouns.blocks(0, 4).subList(2, 4));
        PoolChanges.Change release =
                pool.begin(new Action.ReleaseFrom(Nouns.id(0), Nouns.blocks(0, 1)));
        fixture.done(new Command.CancelRelease(Nouns.id(0), Nouns.blocks(0, 1)));
        fixture.done(new Command.BeginRelease(Nouns.id(0), Nouns.blocks(0, 2)));

        fixture.tempo.runTasks();

        assertThat(fixture.held(0).leaving()).as("one of two").isEqualTo(1);
        assertThat(changes.rest(release)).isPositive();
    }

    @Test
    void anAssignmentOfWhichSomeAreStillAwaitedHasNotComeToItsEnd() {
        ec2.on("assign", Nouns.blocks(0, 4).subList(2, 4));
        PoolChanges.Change change = pool.begin(ASSIGN);
        fixture.done(new Command.EndAssign(Nouns.id(0), 2));
        fixture.done(new Command.BeginAssign(Nouns.id(0), BlockKind.ADDRESS, 3));

        fixture.tempo.runTasks();

        assertThat(fixture.held(0).arriving().count()).isEqualTo(1);
        assertThat(changes.rest(change)).isPositive();
    }

    @Test
    void aSubnetWithoutAWholePrefixIsAskedForFewerOfThemLikeAFullOne() {
        ec2.on("assign", new Ec2Failure.Fragmented());

        PoolChanges.Change change =
                pool.begin(new Action.AssignTo(Nouns.id(0), BlockKind.PREFIX, 2));
        fixture.tempo.runTasks();

        assertThat(change.text()).isEqualTo("assign 2 more prefixes to eni-0");
        assertThat(changes.rest(change)).isZero();
        assertThat(fixture.held(0).arriving().count()).isZero();
        assertThat(subnets.rooms(fixture.tempo.instant()))
                .as("one may be there, and single addresses are")
                .containsEntry(Nouns.SUBNET, new SubnetRoom(Integer.MAX_VALUE, null, 1, null));
        assertThat(availability.refusal()).hasMessageContaining("no free block left");
        assertThat(fixture.decisions())
                .singleElement()
                .asString()
                .startsWith("ask subnet-1 for no prefixes for a while: ");
        assertThat(doubts).isEmpty();
    }

    @Test
    void anInterfaceThatWentMeanwhileNeedsNothingMore() {
        PoolChanges.Change change = pool.begin(ASSIGN);
        fixture.done(new Command.ForgetInterface(Nouns.id(0)));
        ec2.on("assign", Nouns.blocks(0, 4).subList(2, 4));

        fixture.tempo.runTasks();

        assertThat(changes.rest(change)).isZero();
        assertThat(fixture.keeper.ledger().interfaces()).isEmpty();
    }

    @Test
    void whatEc2RefusesForAnInterfaceThatWentIsAFailure() {
        PoolChanges.Change change = pool.begin(ASSIGN);
        fixture.done(new Command.ForgetInterface(Nouns.id(0)));
        ec2.on("assign", new Ec2Failure.Gone(null));

        fixture.tempo.runTasks();

        assertThat(changes.rest(change)).isPositive();
        assertThat(doubts).isEmpty();
    }

    @Test
    void nothingIsMadeThatIsNotWantedAnyMore() {
        PoolChanges.Change change = pool.begin(CREATE);
        String token = fixture.keeper.ledger().creates().getFirst().token();
        fixture.done(new Command.CancelCreate(token));

        fixture.tempo.runTasks();

        assertThat(ec2.calls()).isEmpty();
        assertThat(changes.rest(change)).isZero();
    }

    @Test
    void addressesAreGivenBack() {
        ec2.on("unassign", DONE);

        PoolChanges.Change change =
                pool.begin(new Action.ReleaseFrom(Nouns.id(0), Nouns.blocks(0, 1)));
        fixture.tempo.runTasks();

        assertThat(change.text()).isEqualTo("give 1 address of eni-0 back");
        assertThat(fixture.held(0).size()).isEqualTo(1);
        assertThat(changes.rest(change)).isZero();
    }

    @Test
    void anInterfaceIsRemovedAndServesOnIfEc2RefusesAtOnce() {
        fixture.add(1, 1);
        fixture.tempo.pass(Duration.ofMinutes(2));
        ec2.on("detach", DENIED);

        PoolChanges.Change change = pool.begin(new Action.RemoveInterface(Nouns.id(1)));
        fixture.tempo.runTasks();

        assertThat(change.text()).isEqualTo("remove interface eni-1");
        assertThat(fixture.held(1).stage()).isEqualTo(InterfaceStage.SERVING);
        assertThat(changes.rest(change)).isPositive();
    }

    @Test
    void whoeverListensHearsOfTheEnd() {
        ec2.on("assign", FULL);
        changes.onEnd(() -> doubts.add("end"));

        pool.begin(ASSIGN);
        fixture.tempo.runTasks();

        assertThat(doubts).containsExactly("end");
    }
}
