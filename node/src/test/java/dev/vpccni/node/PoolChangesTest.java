package dev.vpccni.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.ipam.ledger.Checkpoint.Intent;
import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.InterfaceStage;
import dev.vpccni.ipam.scale.Action;
import dev.vpccni.ipam.scale.SubnetRoom;
import dev.vpccni.node.fake.FixedRandom;
import dev.vpccni.node.fake.Nouns;
import dev.vpccni.node.fake.ScriptedEc2;
import dev.vpccni.node.port.Ec2Failure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a plan's actions become, what of them is taken up again, and when. */
class PoolChangesTest {

    private static final Object DONE = ScriptedEc2.DONE;
    private static final Ec2Failure LOST = new Ec2Failure.Ambiguous();
    private static final Ec2Failure FULL = new Ec2Failure.SubnetFull();
    private static final Ec2Failure DENIED = new Ec2Failure.Denied("ec2:X");
    private static final Action ASSIGN = new Action.AssignTo(Nouns.id(0), 2);
    private static final Action CREATE = new Action.CreateInterface(Nouns.SUBNET, 1, 2);

    private final Fixture fixture = new Fixture().add(0, 2);
    private final ScriptedEc2 ec2 = fixture.ec2;
    private final Outlook outlook = new Outlook(fixture.keeper, fixture.tempo);
    private final Subnets subnets =
            new Subnets(ec2, fixture.tempo, fixture.retry, fixture.instance, fixture.explanations);
    private final Tasks tasks = new Tasks(fixture.explanations, fixture.tempo, fixture.retry);
    private final List<String> doubts = new ArrayList<>();
    private final PoolChanges changes =
            new PoolChanges(
                    new Interfaces(
                            ec2,
                            fixture.host,
                            fixture.keeper,
                            fixture.attachments,
                            fixture.retry,
                            9001,
                            fixture::instance),
                    new Addresses(ec2, fixture.keeper, fixture.tempo, fixture.retry),
                    subnets,
                    fixture.keeper,
                    () -> List.of(Nouns.GROUP),
                    outlook,
                    fixture.explanations,
                    tasks,
                    new PoolChanges.Doubts() {
                        @Override
                        public void attachments() {
                            doubts.add("attachments");
                        }

                        @Override
                        public void lostInterfaces() {
                            doubts.add("lost interfaces");
                        }
                    },
                    fixture.tempo,
                    FixedRandom.LEAST);

    @BeforeEach
    void link() {
        fixture.host.link(Nouns.mac(1));
        ec2.on("ending", DONE);
    }

    @Test
    void anAssignmentIsBegunCarriedOutAndEnds() {
        outlook.obstacle(new Outlook.Obstacle("old", "", false));
        ec2.on("assign", Nouns.addresses(0, 4).subList(2, 4));
        subnets.refused(Nouns.SUBNET, 20);

        PoolChanges.Change change = begin(ASSIGN);
        fixture.tempo.runTasks();

        assertThat(change.text()).isEqualTo("assign 2 more addresses to eni-0");
        assertThat(fixture.held(0).size()).isEqualTo(4);
        assertThat(subnets.rooms(fixture.tempo.instant()))
                .containsEntry(Nouns.SUBNET, new SubnetRoom(8, null));
        assertThat(outlook.refusal())
                .as("nothing stands in the way")
                .hasMessageNotContaining("old");
        assertThat(changes.rest(change)).isZero();
    }

    @Test
    void aFullSubnetIsLeftAloneAndIsNoFailureOfTheRequest() {
        ec2.on("assign", FULL);

        PoolChanges.Change change = begin(ASSIGN);
        fixture.tempo.runTasks();

        assertThat(changes.rest(change)).isZero();
        assertThat(subnets.rooms(fixture.tempo.instant()))
                .containsEntry(Nouns.SUBNET, new SubnetRoom(1, null));
        assertThat(outlook.refusal()).hasMessageContaining("has no address left");
        assertThat(fixture.decisions())
                .containsExactly(
                        "leave subnet-1 alone for a while: subnet subnet-1 has no address left");
        assertThat(doubts).isEmpty();
    }

    @Test
    void whatEc2RefusesForItsLimitsIsAReasonToAskWhatIsAttached() {
        ec2.on("assign", new Ec2Failure.LimitExceeded());

        PoolChanges.Change change = begin(ASSIGN);
        fixture.tempo.runTasks();

        assertThat(doubts).containsExactly("attachments");
        assertThat(changes.rest(change)).isPositive();
    }

    @Test
    void anotherRefusalIsAFailureAndSaid() {
        ec2.on("assign", DENIED);

        PoolChanges.Change change = begin(ASSIGN);
        fixture.tempo.runTasks();

        assertThat(doubts).isEmpty();
        assertThat(changes.rest(change)).isPositive();
        assertThat(outlook.refusal()).hasMessageContaining("lacks ec2:X");
    }

    @Test
    void whileItsLikeIsAtWorkAChangeWaitsAMoment() {
        PoolChanges.Change change = begin(ASSIGN);

        assertThat(changes.rest(change)).isEqualTo(Duration.ofMillis(250));
    }

    @Test
    void aCreationIsAskedForUnderATokenOfItsOwn() {
        ec2.on("create", Nouns.unattached(1, 2)).on("attach", Nouns.attachment(1));
        subnets.refused(Nouns.SUBNET, 20);

        PoolChanges.Change change = begin(CREATE);
        assertThat(change.text()).isEqualTo("create an interface with 2 addresses in subnet-1");
        assertThat(fixture.keeper.ledger().creates())
                .singleElement()
                .satisfies(create -> assertThat(create.token()).hasSize(32));
        assertThat(change.counted()).isEqualTo(new WorkKey.CreateIn(Nouns.SUBNET));
        fixture.tempo.runTasks();

        assertThat(fixture.held(1).size()).isEqualTo(2);
        assertThat(subnets.rooms(fixture.tempo.instant()))
                .as("the interface takes one itself")
                .containsEntry(Nouns.SUBNET, new SubnetRoom(7, null));
        assertThat(changes.rest(change)).isZero();
    }

    @Test
    void aCreationThatIsRefusedIsLeftToTheNextPlan() {
        ec2.on("create", FULL);

        PoolChanges.Change change = begin(CREATE);
        fixture.tempo.runTasks();

        assertThat(fixture.keeper.ledger().creates()).isEmpty();
        assertThat(changes.rest(change)).isZero();
        assertThat(subnets.rooms(fixture.tempo.instant()))
                .containsEntry(Nouns.SUBNET, new SubnetRoom(1, null));
    }

    @Test
    void aCreationThatMayHaveHappenedIsTakenUpAgainAfterAPause() {
        ec2.on("create", LOST, FULL, Nouns.unattached(1, 2)).on("attach", Nouns.attachment(1));
        begin(CREATE);
        fixture.tempo.runTasks();
        assertThat(fixture.keeper.ledger().creates()).hasSize(1);

        fixture.tempo.pass(Duration.ofSeconds(30));
        resume();

        assertThat(doubts).contains("lost interfaces");
        assertThat(ec2.calls("create")).hasSize(3);
        assertThat(fixture.held(1).size()).isEqualTo(2);
        assertThat(tokens()).as("the same one").hasSize(1);
    }

    @Test
    void whatIsBegunIsTakenUpByANewDaemon() {
        Intent.Create made = fixture.begin(1, 2);
        fixture.done(new Command.NoteCreated(made.token(), Nouns.id(1)));
        fixture.done(new Command.BeginAssign(Nouns.id(0), 1));
        fixture.done(new Command.BeginRelease(Nouns.id(0), Nouns.addresses(0, 1)));
        fixture.add(2, 1);
        fixture.tempo.pass(Duration.ofMinutes(2));
        fixture.done(new Command.BeginRemoval(Nouns.id(2)));
        outlook.obstacle(new Outlook.Obstacle("old", "", false));
        ec2.on("describe", Fixture.shown(Nouns.shown(1, 2)), Fixture.shown(Nouns.shown(0, 3)))
                .on("unassign", DONE)
                .on("detach", DONE)
                .on("delete", DONE);

        resume();

        assertThat(fixture.tempo.started())
                .contains(
                        "finish the interface begun at " + made.created(),
                        "release from eni-0",
                        "find what arrived on eni-0",
                        "remove eni-2");
        assertThat(fixture.held(1).stage()).isEqualTo(InterfaceStage.SERVING);
        assertThat(fixture.keeper.ledger().find(Nouns.id(2))).isNull();
        assertThat(fixture.held(0).arriving()).isZero();
        assertThat(fixture.held(0).leaving()).isZero();
        assertThat(fixture.keeper.ledger().checkpoint().intents()).isEmpty();
        assertThat(outlook.refusal()).hasMessageNotContaining("old");
        assertThat(doubts).isEmpty();
    }

    @Test
    void nobodyTakesUpWhatSomebodyIsAtNorWhatHasToRest() {
        fixture.done(new Command.BeginRelease(Nouns.id(0), Nouns.addresses(0, 1)));
        ec2.on("unassign", new Ec2Failure.NoCredentials());
        assertThat(changes.resume(fixture.keeper.ledger())).isEqualTo(LedgerKeeper.A_LONG_TIME);
        assertThat(changes.resume(fixture.keeper.ledger())).isEqualTo(LedgerKeeper.A_LONG_TIME);
        assertThat(fixture.tempo.started()).hasSize(1);
        fixture.tempo.runTasks();

        Duration rest = changes.resume(fixture.keeper.ledger());

        assertThat(rest).isEqualTo(Duration.ofSeconds(1));
        assertThat(fixture.tempo.started()).hasSize(1);
        fixture.tempo.pass(rest);
        assertThat(changes.resume(fixture.keeper.ledger())).isEqualTo(LedgerKeeper.A_LONG_TIME);
        assertThat(fixture.tempo.started()).hasSize(2);
    }

    @Test
    void whatEndsWithoutHavingComeToItsEndCountsAsFailed() {
        ec2.on("unassign", DONE).on("assign", Nouns.addresses(0, 4).subList(2, 4));
        PoolChanges.Change release =
                begin(new Action.ReleaseFrom(Nouns.id(0), Nouns.addresses(0, 1)));
        fixture.done(new Command.CancelRelease(Nouns.id(0), Nouns.addresses(0, 1)));
        fixture.done(new Command.BeginRelease(Nouns.id(0), Nouns.addresses(0, 2)));

        fixture.tempo.runTasks();

        assertThat(fixture.held(0).leaving()).as("one of two").isEqualTo(1);
        assertThat(changes.rest(release)).isPositive();
    }

    @Test
    void anAssignmentOfWhichSomeAreStillAwaitedHasNotComeToItsEnd() {
        ec2.on("assign", Nouns.addresses(0, 4).subList(2, 4));
        PoolChanges.Change change = begin(ASSIGN);
        fixture.done(new Command.EndAssign(Nouns.id(0), 2));
        fixture.done(new Command.BeginAssign(Nouns.id(0), 3));

        fixture.tempo.runTasks();

        assertThat(fixture.held(0).arriving()).isEqualTo(1);
        assertThat(changes.rest(change)).isPositive();
    }

    @Test
    void anInterfaceThatWasMadeIsGoneOnWithWhateverIsInTheWay() {
        Intent.Create made = fixture.begin(1, 2);
        fixture.done(new Command.NoteCreated(made.token(), Nouns.id(1)));
        ec2.on("describe", Fixture.shown(Nouns.unattached(1, 2)))
                .on("attach", new Ec2Failure.DeviceTaken())
                .on("delete", DENIED);

        resume();

        assertThat(doubts).containsExactly("attachments");
        assertThat(outlook.refusal()).hasMessageStartingWith("EC2 refused");
        assertThat(tasks.rest(new WorkKey.Create(made.token()))).isPositive();
    }

    @Test
    void addressesAreGivenBack() {
        ec2.on("unassign", DONE);

        PoolChanges.Change change =
                begin(new Action.ReleaseFrom(Nouns.id(0), Nouns.addresses(0, 1)));
        fixture.tempo.runTasks();

        assertThat(change.text()).isEqualTo("give 1 addresses of eni-0 back");
        assertThat(fixture.held(0).size()).isEqualTo(1);
        assertThat(changes.rest(change)).isZero();
    }

    @Test
    void anInterfaceIsRemovedAndServesOnIfEc2RefusesAtOnce() {
        fixture.add(1, 1);
        fixture.tempo.pass(Duration.ofMinutes(2));
        ec2.on("detach", DENIED);

        PoolChanges.Change change = begin(new Action.RemoveInterface(Nouns.id(1)));
        fixture.tempo.runTasks();

        assertThat(change.text()).isEqualTo("remove interface eni-1");
        assertThat(fixture.held(1).stage()).isEqualTo(InterfaceStage.SERVING);
        assertThat(changes.rest(change)).isPositive();
    }

    @Test
    void whoeverListensHearsOfTheEnd() {
        ec2.on("assign", FULL);
        changes.onEnd(() -> doubts.add("end"));

        begin(ASSIGN);
        fixture.tempo.runTasks();

        assertThat(doubts).containsExactly("end");
    }

    private PoolChanges.Change begin(Action action) {
        PoolChanges.Change change = changes.prepare(action);
        fixture.done(change.beginning());
        changes.start(change);
        return change;
    }

    private void resume() {
        var _ = changes.resume(fixture.keeper.ledger());
        fixture.tempo.runTasks();
    }

    private List<String> tokens() {
        return ec2.calls("create").stream()
                .map(call -> call.substring(call.indexOf("token="), call.indexOf(',')))
                .distinct()
                .toList();
    }
}
