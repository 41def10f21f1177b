package dev.vpccni.node.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.model.BlockKind;
import dev.vpccni.node.fake.Fixture;
import dev.vpccni.node.fake.ManualTempo;
import dev.vpccni.node.fake.Nouns;
import dev.vpccni.node.fake.ScriptedEc2;
import dev.vpccni.node.ledger.LedgerKeeper;
import dev.vpccni.node.port.Ec2Failure;
import java.time.Duration;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** When the pool is looked at again, and what is begun then. */
class PoolKeeperTest {

    private final PoolKeeperFixture made = new PoolKeeperFixture();
    private final Fixture fixture = made.fixture;
    private final ScriptedEc2 ec2 = made.ec2;
    private final AddressAvailability availability = made.availability;

    @Test
    void whatIsMissingIsBegunInOneBatchWithItsReason() {
        PoolKeeper pool = made.pool();
        fixture.grant(1);
        int before = fixture.store.writes();

        made.run(pool, PoolKeeperFixture.MOMENT);

        assertThat(fixture.held(0).arriving().count()).isEqualTo(1);
        assertThat(fixture.store.writes()).isEqualTo(before + 1);
        assertThat(fixture.tempo.started()).containsExactly("assign 1 more address to eni-0");
        assertThat(fixture.explanations.latest())
                .singleElement()
                .satisfies(one ->
                        assertThat(one.numbers())
                                .containsEntry("inUse", 1L)
                                .containsEntry("free", 0L)
                                .containsEntry("cooling", 0L)
                                .containsEntry("arriving", 0L)
                                .containsEntry("waiting", 0L));
    }

    @Test
    void aChangeOfTheLedgerWakesIt() {
        PoolKeeper pool = made.pool();
        fixture.tempo.after(Duration.ofSeconds(5), () -> fixture.grant(1));

        made.run(pool, Duration.ofSeconds(6));

        assertThat(fixture.held(0).arriving().count()).isEqualTo(1);
    }

    /** It waits on an earlier network card, and wants an address of this one, too. */
    @Test
    void aPodThatIsAnnouncedWakesItAndCounts() {
        PoolKeeper pool = made.pool();
        fixture.tempo.after(Duration.ofSeconds(5), () -> made.availability.announce(3));

        made.run(pool, Duration.ofSeconds(6));

        assertThat(fixture.held(0).arriving().count()).as("one is free, one stays so").isEqualTo(3);
    }

    @Test
    void theEndOfATaskWakesIt() {
        PoolKeeper pool = made.pool();
        fixture.grant(1);
        ec2.on("assign", new Ec2Failure.SubnetFull());
        fixture.tempo.after(Duration.ofSeconds(1), fixture.tempo::runTasks);

        made.run(pool, Duration.ofSeconds(2));

        assertThat(ec2.calls("subnets")).as("it looks for room").isNotEmpty();
    }

    @Test
    void theEndOfATaskThatChangedNothingWakesItToo() {
        fixture.add(0, 2);
        PoolKeeper pool = made.pool();
        fixture.done(new Command.BeginRelease(Nouns.id(0), Nouns.blocks(0, 1)));
        ec2.on("unassign", new Ec2Failure.NoCredentials());
        fixture.tempo.after(Duration.ofSeconds(1), fixture.tempo::runTasks);
        fixture.tempo.after(Duration.ofSeconds(8), fixture.tempo::runTasks);

        made.run(pool, Duration.ofSeconds(9));

        assertThat(ec2.calls("unassign")).hasSize(2);
    }

    @Test
    void whyItDoesNotGrowIsSaidAgainWhenItHasGrownMeanwhile() {
        made.interfaces = 1;
        fixture.add(0, 2);
        PoolKeeper pool = made.pool();
        fixture.grant(1);
        fixture.grant(2);
        made.run(pool, PoolKeeperFixture.MOMENT);
        assertThat(fixture.decisions()).hasSize(1);

        fixture.apply(new Command.Release(Nouns.key(2)));
        made.run(pool, PoolKeeperFixture.MOMENT);
        fixture.tempo.pass(Duration.ofMinutes(1));
        made.run(pool, PoolKeeperFixture.MOMENT);
        fixture.explanations.add("something else", "it is so");
        fixture.grant(2);
        made.run(pool, PoolKeeperFixture.MOMENT);

        assertThat(fixture.decisions()).hasSize(3);
    }

    @Test
    void whatFailedRestsAndIsTriedAgain() {
        PoolKeeper pool = made.pool();
        fixture.grant(1);
        ec2.on("assign", new Ec2Failure.NoCredentials());
        for (int second = 1; second < 20; second++) {
            fixture.tempo.after(Duration.ofMillis(second * 500L), fixture.tempo::runTasks);
        }

        made.run(pool, Duration.ofSeconds(9));

        // At once, after 1 second, after 2 more, after 4 more.
        assertThat(ec2.calls("assign")).hasSizeBetween(3, 4);
    }

    @Test
    void whatIsTooMuchIsGivenBackWhenItHasNotBeenNeededForAWhile() {
        fixture.add(0, 5);
        PoolKeeper pool = made.pool();

        made.run(pool, Duration.ofSeconds(119));
        assertThat(fixture.held(0).leaving()).isZero();
        made.run(pool, Duration.ofSeconds(2));

        assertThat(fixture.held(0).leaving()).isEqualTo(4);
    }

    @Test
    void anAddressThatHasCooledDownChangesWhatIsWanted() {
        fixture.add(0, 2);
        PoolKeeper pool = made.pool();
        fixture.grant(1);
        fixture.apply(new Command.Release(Nouns.key(1)));

        made.run(pool, Duration.ofMinutes(3));

        assertThat(fixture.held(0).leaving()).isEqualTo(1);
    }

    @Test
    void whyItDoesNotGrowIsSaidOnceForAsLongAsItLasts() {
        made.interfaces = 1;
        fixture.add(0, 2);
        PoolKeeper pool = made.pool();
        fixture.grant(1);
        fixture.grant(2);
        fixture.tempo.after(
                Duration.ofSeconds(3),
                () -> {
                    // What is said twice in a row is noted once.
                    fixture.explanations.add("something else", "it is so");
                    fixture.apply(new Command.Hold(Nouns.address(9, 9)));
                });

        made.run(pool, Duration.ofSeconds(9));

        assertThat(fixture.decisions())
                .filteredOn(line -> !line.startsWith("something else"))
                .singleElement()
                .asString()
                .startsWith("do not grow: 1 more address would need another interface");
        assertThat(ec2.calls("subnets")).as("it is not a subnet that is full").isEmpty();
    }

    @Test
    void aDiskThatIsFullIsSaidAndThePoolGoesOnByItself() {
        PoolKeeper pool = made.pool();
        fixture.grant(1);
        fixture.store.full(true);
        made.run(pool, PoolKeeperFixture.MOMENT);
        assertThat(fixture.decisions())
                .containsExactly(
                        "wait with the pool: the checkpoint cannot be written:"
                                + " No space left on device");
        assertThat(availability.refusal()).hasMessageContaining("No space left");

        fixture.store.full(false);
        made.run(pool, Duration.ofSeconds(5));

        assertThat(fixture.held(0).arriving().count()).isEqualTo(1);
        assertThat(availability.refusal()).hasMessageNotContaining("No space left");
    }

    @Test
    void podsThatWaitOnAFullNodeHaveTheKernelLookedAt() throws Exception {
        made.interfaces = 1;
        fixture.add(0, 2);
        fixture.grant(1);
        fixture.grant(2);
        PoolKeeper pool = made.pool();
        fixture.tempo.after(Duration.ofSeconds(14), () -> made.run(pool, Duration.ofMillis(1)));
        fixture.tempo.after(Duration.ofSeconds(14), () -> made.told.add("early"));
        fixture.tempo.after(Duration.ofSeconds(15), () -> made.run(pool, Duration.ofMillis(1)));
        fixture.tempo.after(Duration.ofSeconds(16), () -> made.run(pool, Duration.ofMillis(1)));
        fixture.tempo.after(Duration.ofSeconds(30), () -> made.run(pool, Duration.ofMillis(1)));

        var _ =
                fixture.keeper.assign(
                        new Command.Assign(Nouns.key(3), Nouns.pod(3)),
                        Duration.ofSeconds(40),
                        LedgerKeeper.ALWAYS);

        assertThat(made.told).containsExactly("early", "kernel", "kernel");
        fixture.tempo.pass(Duration.ofSeconds(60));
        made.run(pool, Duration.ofMillis(1));
        assertThat(made.told).as("nobody waits").hasSize(3);
    }

    @Test
    void ofABurstThatNobodyWaitsForOneLookIsEnough() {
        fixture.add(0, 9);
        SortedSet<Duration> looks = new TreeSet<>();
        PoolKeeper pool = pool(looks);
        burst();

        made.run(pool, PoolKeeperFixture.MOMENT);

        assertThat(looks).containsExactly(Duration.ZERO, Duration.ofMillis(10));
    }

    @Test
    void whilePodsWaitEachChangeIsLookedAtAtOnce() throws Exception {
        made.interfaces = 1;
        fixture.add(0, 2);
        fixture.grant(1);
        fixture.grant(2);
        SortedSet<Duration> looks = new TreeSet<>();
        PoolKeeper pool = pool(looks);
        burst();
        fixture.tempo.after(Duration.ZERO, () -> made.run(pool, PoolKeeperFixture.MOMENT));

        var _ =
                fixture.keeper.assign(
                        new Command.Assign(Nouns.key(3), Nouns.pod(3)),
                        Duration.ofSeconds(1),
                        LedgerKeeper.ALWAYS);

        assertThat(looks)
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(0, 9).mapToObj(Duration::ofMillis).toList());
    }

    @Test
    void theKernelIsNotDoubtedWhereWaitingHelps() throws Exception {
        fixture.grant(1);
        PoolKeeper pool = made.pool();
        fixture.tempo.after(Duration.ofSeconds(20), () -> made.run(pool, Duration.ofMillis(1)));

        var _ =
                fixture.keeper.assign(
                        new Command.Assign(Nouns.key(3), Nouns.pod(3)),
                        Duration.ofSeconds(40),
                        LedgerKeeper.ALWAYS);

        assertThat(made.told).isEmpty();
    }

    @Test
    void whatIsBegunIsTakenUp() {
        fixture.done(new Command.BeginAssign(Nouns.id(0), BlockKind.ADDRESS, 1));

        made.run(made.pool(), PoolKeeperFixture.MOMENT);

        assertThat(fixture.tempo.started()).containsExactly("find what arrived on eni-0");
    }

    @Test
    void whatTheLedgerRefusesToBeginIsNotStarted() {
        PoolKeeper pool = made.pool();
        fixture.grant(1);
        availability.situation(demand -> {
            if (fixture.keeper.ledger().find(Nouns.id(0)) != null) {
                fixture.done(new Command.ForgetInterface(Nouns.id(0)));
            }
            return made.situation(demand);
        });

        made.run(pool, PoolKeeperFixture.MOMENT);

        assertThat(fixture.tempo.started()).noneMatch(name -> name.startsWith("assign"));
    }

    /** Nine made.changes, each a millisecond after the one before, that make no work. */
    private void burst() {
        for (int i = 1; i <= 9; i++) {
            int number = i;
            fixture.tempo.after(
                    Duration.ofMillis(i),
                    () -> fixture.apply(new Command.Hold(Nouns.address(9, number))));
        }
    }

    /** A pool that notes how long after the start it asks what it depends on. */
    private PoolKeeper pool(SortedSet<Duration> looks) {
        PoolKeeper pool = made.pool();
        availability.situation(demand -> {
            looks.add(Duration.between(ManualTempo.START, fixture.tempo.instant()));
            return made.situation(demand);
        });
        return pool;
    }
}
