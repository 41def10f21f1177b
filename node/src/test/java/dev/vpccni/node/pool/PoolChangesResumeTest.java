package dev.vpccni.node.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.ipam.ledger.Checkpoint.Intent;
import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.InterfaceStage;
import dev.vpccni.ipam.scale.Action;
import dev.vpccni.ipam.scale.SubnetRoom;
import dev.vpccni.model.BlockKind;
import dev.vpccni.node.fake.Fixture;
import dev.vpccni.node.fake.Nouns;
import dev.vpccni.node.fake.ScriptedEc2;
import dev.vpccni.node.ledger.LedgerKeeper;
import dev.vpccni.node.port.Ec2Failure;
import dev.vpccni.node.work.Tasks;
import dev.vpccni.node.work.WorkKey;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What of a plan's actions is taken up again, and when. */
class PoolChangesResumeTest {

    private static final Object DONE = ScriptedEc2.DONE;
    private static final Ec2Failure LOST = new Ec2Failure.Ambiguous();
    private static final Ec2Failure FULL = new Ec2Failure.SubnetFull();
    private static final Ec2Failure DENIED = new Ec2Failure.Denied("ec2:X");
    private static final Ec2Failure NO_CREDENTIALS = new Ec2Failure.NoCredentials();
    private static final Action CREATE =
            new Action.CreateInterface(Nouns.TEMPLATE, 1, BlockKind.ADDRESS, 2);

    private final PoolChangesFixture pool = new PoolChangesFixture();
    private final Fixture fixture = pool.fixture;
    private final ScriptedEc2 ec2 = pool.ec2;
    private final AddressAvailability availability = pool.availability;
    private final Subnets subnets = pool.subnets;
    private final Tasks tasks = pool.tasks;
    private final List<String> doubts = pool.doubts;
    private final PoolChanges changes = pool.changes;

    @Test
    void aCreationThatMayHaveHappenedIsTakenUpAgainAfterAPause() {
        ec2.on("create", LOST, FULL, Nouns.unattached(1, 2)).on("attach", Nouns.attachment(1));
        pool.begin(CREATE);
        fixture.tempo.runTasks();
        assertThat(fixture.keeper.ledger().creates()).hasSize(1);
        assertThat(fixture.decisions())
                .as("why it failed")
                .anyMatch(line -> line.contains("create: scripted"));

        fixture.tempo.pass(Duration.ofSeconds(30));
        pool.resume();

        assertThat(doubts).contains("lost interfaces");
        assertThat(ec2.calls("create")).hasSize(3);
        assertThat(fixture.held(1).size()).isEqualTo(2);
        assertThat(tokens()).as("the same one").hasSize(1);
    }

    @Test
    void whatIsBegunIsTakenUpByANewDaemon() {
        Intent.Create made = fixture.begin(1, 2);
        fixture.done(new Command.NoteCreated(made.token(), Nouns.id(1)));
        fixture.done(new Command.BeginAssign(Nouns.id(0), BlockKind.ADDRESS, 1));
        fixture.done(new Command.BeginRelease(Nouns.id(0), Nouns.blocks(0, 1)));
        fixture.add(2, 1);
        fixture.tempo.pass(Duration.ofMinutes(2));
        fixture.done(new Command.BeginRemoval(Nouns.id(2)));
        availability.problem(new AddressAvailability.Problem("old", "", false));
        ec2.on("describe", Fixture.shown(Nouns.shown(1, 2)), Fixture.shown(Nouns.shown(0, 3)))
                .on("unassign", DONE)
                .on("detach", DONE)
                .on("delete", DONE);

        pool.resume();

        assertThat(fixture.tempo.started())
                .contains(
                        "finish the interface begun at " + made.created(),
                        "release from eni-0",
                        "find what arrived on eni-0",
                        "remove eni-2");
        assertThat(fixture.held(1).stage()).isEqualTo(InterfaceStage.SERVING);
        assertThat(fixture.keeper.ledger().find(Nouns.id(2))).isNull();
        assertThat(fixture.held(0).arriving().count()).isZero();
        assertThat(fixture.held(0).leaving()).isZero();
        assertThat(fixture.keeper.ledger().checkpoint().intents()).isEmpty();
        assertThat(availability.refusal()).hasMessageNotContaining("old");
        assertThat(doubts).isEmpty();
        assertThat(fixture.decisions()).noneMatch(line -> line.startsWith("try again"));
    }

    @Test
    void nobodyTakesUpWhatSomebodyIsAtNorWhatHasToRest() {
        fixture.done(new Command.BeginRelease(Nouns.id(0), Nouns.blocks(0, 1)));
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
    void anInterfaceThatWasMadeIsGoneOnWithWhateverIsInTheWay() {
        Intent.Create made = fixture.begin(1, 2);
        fixture.done(new Command.NoteCreated(made.token(), Nouns.id(1)));
        ec2.on("describe", Fixture.shown(Nouns.unattached(1, 2)))
                .on("attach", new Ec2Failure.DeviceTaken())
                .on("delete", DENIED);

        pool.resume();

        assertThat(doubts).containsExactly("attachments");
        assertThat(availability.refusal()).hasMessageStartingWith("EC2 refused");
        assertThat(tasks.rest(new WorkKey.Create(made.token()))).isPositive();
    }

    @Test
    void aFullSubnetInTheWayOfOneThatWasMadeIsLeftAloneToo() {
        Intent.Create made = fixture.begin(1, 2);
        fixture.done(new Command.NoteCreated(made.token(), Nouns.id(1)));
        ec2.on("describe", FULL);

        pool.resume();

        assertThat(subnets.rooms(fixture.tempo.instant()))
                .containsEntry(Nouns.SUBNET, SubnetRoom.of(1));
        assertThat(tasks.rest(new WorkKey.Create(made.token())))
                .as("it has not come to its end")
                .isPositive();
    }

    @Test
    void theShortestRestOfSeveralIsWaited() {
        fixture.add(1, 2);
        ec2.on("unassign", NO_CREDENTIALS);
        beginToGiveBack(0);
        pool.resume();
        fixture.tempo.pass(Duration.ofSeconds(30));
        beginToGiveBack(1);
        pool.resume();
        Duration first = tasks.rest(new WorkKey.Release(Nouns.id(0)));
        Duration second = tasks.rest(new WorkKey.Release(Nouns.id(1)));
        assertThat(first).as("it has failed twice").isGreaterThan(second);
        assertThat(changes.resume(fixture.keeper.ledger())).isEqualTo(second);

        fixture.tempo.pass(first.minusNanos(1));
        pool.resume();

        assertThat(tasks.rest(new WorkKey.Release(Nouns.id(1)))).isGreaterThan(Duration.ofNanos(1));
        assertThat(changes.resume(fixture.keeper.ledger())).isEqualTo(Duration.ofNanos(1));
    }

    private void beginToGiveBack(int n) {
        fixture.done(new Command.BeginRelease(Nouns.id(n), Nouns.blocks(n, 1)));
    }

    @Test
    void nothingIsGivenBackOfAnInterfaceThatWentMeanwhile() {
        beginToGiveBack(0);
        var _ = changes.resume(fixture.keeper.ledger());
        fixture.done(new Command.ForgetInterface(Nouns.id(0)));

        fixture.tempo.runTasks();

        assertThat(ec2.calls()).isEmpty();
        assertThat(tasks.rest(new WorkKey.Release(Nouns.id(0)))).isZero();
    }

    private List<String> tokens() {
        return ec2.calls("create").stream()
                .map(call -> call.substring(call.indexOf("token="), call.indexOf(',')))
                .distinct()
                .toList();
    }
}
