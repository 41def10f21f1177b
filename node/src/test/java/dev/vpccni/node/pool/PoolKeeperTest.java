package dev.vpccni.node.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.policy.Demand;
import dev.vpccni.ipam.policy.PoolLimits;
import dev.vpccni.ipam.policy.WarmTarget;
import dev.vpccni.ipam.scale.Situation;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.IpFamily;
import dev.vpccni.node.eni.Addresses;
import dev.vpccni.node.fake.FixedRandom;
import dev.vpccni.node.fake.Fixture;
import dev.vpccni.node.fake.ManualTempo;
import dev.vpccni.node.fake.Nouns;
import dev.vpccni.node.fake.ScriptedEc2;
import dev.vpccni.node.ledger.LedgerKeeper;
import dev.vpccni.node.port.Cluster;
import dev.vpccni.node.port.Ec2Failure;
import dev.vpccni.node.port.ObservedSubnet;
import dev.vpccni.node.settings.AddressingSettings;
import dev.vpccni.node.work.Tasks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** When the pool is looked at again, and what is begun then. */
class PoolKeeperTest {

    private static final Duration MOMENT = Duration.ofMillis(100);

    private final Fixture fixture = new Fixture().add(0, 1);
    private final ScriptedEc2 ec2 = fixture.ec2.on("subnets", List.of());
    private final AddressAvailability availability =
            new AddressAvailability(fixture.keeper, fixture.tempo);
    private final Subnets subnets =
            new Subnets(ec2, fixture.tempo, fixture.retry, fixture.current(), fixture.explanations);
    private final InterfaceSources sources =
            new InterfaceSources(
                    AddressingSettings.DEFAULT, subnets, fixture.current(), Cluster.SILENT);
    private final List<String> told = new ArrayList<>();
    private int interfaces = 2;
    private final PoolChanges changes =
            new PoolChanges(
                    fixture.interfaces(),
                    new Addresses(ec2, IpFamily.IPV4, fixture.keeper, fixture.tempo, fixture.retry),
                    subnets,
                    fixture.keeper,
                    availability,
                    fixture.explanations,
                    new Tasks(fixture.explanations, fixture.tempo, fixture.retry),
                    new PoolChanges.Doubts() {
                        @Override
                        public void attachments() {
                            told.add("attachments");
                        }

                        @Override
                        public void lostInterfaces() {
                            told.add("lost");
                        }
                    },
                    fixture.tempo,
                    FixedRandom.LEAST);

    @Test
    void whatIsMissingIsBegunInOneBatchWithItsReason() {
        PoolKeeper pool = pool();
        fixture.grant(1);
        int before = fixture.store.writes();

        run(pool, MOMENT);

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
        PoolKeeper pool = pool();
        fixture.tempo.after(Duration.ofSeconds(5), () -> fixture.grant(1));

        run(pool, Duration.ofSeconds(6));

        assertThat(fixture.held(0).arriving().count()).isEqualTo(1);
    }

    @Test
    void theEndOfATaskWakesIt() {
        PoolKeeper pool = pool();
        fixture.grant(1);
        ec2.on("assign", new Ec2Failure.SubnetFull());
        fixture.tempo.after(Duration.ofSeconds(1), fixture.tempo::runTasks);

        run(pool, Duration.ofSeconds(2));

        assertThat(ec2.calls("subnets")).as("it looks for room").isNotEmpty();
    }

    @Test
    void theEndOfATaskThatChangedNothingWakesItToo() {
        fixture.add(0, 2);
        PoolKeeper pool = pool();
        fixture.done(new Command.BeginRelease(Nouns.id(0), Nouns.blocks(0, 1)));
        ec2.on("unassign", new Ec2Failure.NoCredentials());
        fixture.tempo.after(Duration.ofSeconds(1), fixture.tempo::runTasks);
        fixture.tempo.after(Duration.ofSeconds(8), fixture.tempo::runTasks);

        run(pool, Duration.ofSeconds(9));

        assertThat(ec2.calls("unassign")).hasSize(2);
    }

    @Test
    void whyItDoesNotGrowIsSaidAgainWhenItHasGrownMeanwhile() {
        interfaces = 1;
        fixture.add(0, 2);
        PoolKeeper pool = pool();
        fixture.grant(1);
        fixture.grant(2);
        run(pool, MOMENT);
        assertThat(fixture.decisions()).hasSize(1);

        fixture.apply(new Command.Release(Nouns.key(2)));
        run(pool, MOMENT);
        fixture.tempo.pass(Duration.ofMinutes(1));
        run(pool, MOMENT);
        fixture.explanations.add("something else", "it is so");
        fixture.grant(2);
        run(pool, MOMENT);

        assertThat(fixture.decisions()).hasSize(3);
    }

    @Test
    void whatFailedRestsAndIsTriedAgain() {
        PoolKeeper pool = pool();
        fixture.grant(1);
        ec2.on("assign", new Ec2Failure.NoCredentials());
        for (int second = 1; second < 20; second++) {
            fixture.tempo.after(Duration.ofMillis(second * 500L), fixture.tempo::runTasks);
        }

        run(pool, Duration.ofSeconds(9));

        // At once, after 1 second, after 2 more, after 4 more.
        assertThat(ec2.calls("assign")).hasSizeBetween(3, 4);
    }

    @Test
    void whatIsTooMuchIsGivenBackWhenItHasNotBeenNeededForAWhile() {
        fixture.add(0, 5);
        PoolKeeper pool = pool();

        run(pool, Duration.ofSeconds(119));
        assertThat(fixture.held(0).leaving()).isZero();
        run(pool, Duration.ofSeconds(2));

        assertThat(fixture.held(0).leaving()).isEqualTo(4);
    }

    @Test
    void anAddressThatHasCooledDownChangesWhatIsWanted() {
        fixture.add(0, 2);
        PoolKeeper pool = pool();
        fixture.grant(1);
        fixture.apply(new Command.Release(Nouns.key(1)));

        run(pool, Duration.ofMinutes(3));

        assertThat(fixture.held(0).leaving()).isEqualTo(1);
    }

    @Test
    void whyItDoesNotGrowIsSaidOnceForAsLongAsItLasts() {
        interfaces = 1;
        fixture.add(0, 2);
        PoolKeeper pool = pool();
        fixture.grant(1);
        fixture.grant(2);
        fixture.tempo.after(
                Duration.ofSeconds(3),
                () -> {
                    // What is said twice in a row is noted once.
                    fixture.explanations.add("something else", "it is so");
                    fixture.apply(new Command.Hold(Nouns.address(9, 9)));
                });

        run(pool, Duration.ofSeconds(9));

        assertThat(fixture.decisions())
                .filteredOn(line -> !line.startsWith("something else"))
                .singleElement()
                .asString()
                .startsWith("do not grow: 1 more address would need another interface");
        assertThat(ec2.calls("subnets")).as("it is not a subnet that is full").isEmpty();
    }

    @Test
    void aDiskThatIsFullIsSaidAndThePoolGoesOnByItself() {
        PoolKeeper pool = pool();
        fixture.grant(1);
        fixture.store.full(true);
        run(pool, MOMENT);
        assertThat(fixture.decisions())
                .containsExactly(
                        "wait with the pool: the checkpoint cannot be written:"
                                + " No space left on device");
        assertThat(availability.refusal()).hasMessageContaining("No space left");

        fixture.store.full(false);
        run(pool, Duration.ofSeconds(5));

        assertThat(fixture.held(0).arriving().count()).isEqualTo(1);
        assertThat(availability.refusal()).hasMessageNotContaining("No space left");
    }

    @Test
    void podsThatWaitOnAFullNodeHaveTheKernelLookedAt() throws Exception {
        interfaces = 1;
        fixture.add(0, 2);
        fixture.grant(1);
        fixture.grant(2);
        PoolKeeper pool = pool();
        fixture.tempo.after(Duration.ofSeconds(14), () -> run(pool, Duration.ofMillis(1)));
        fixture.tempo.after(Duration.ofSeconds(14), () -> told.add("early"));
        fixture.tempo.after(Duration.ofSeconds(15), () -> run(pool, Duration.ofMillis(1)));
        fixture.tempo.after(Duration.ofSeconds(16), () -> run(pool, Duration.ofMillis(1)));
        fixture.tempo.after(Duration.ofSeconds(30), () -> run(pool, Duration.ofMillis(1)));

        var _ =
                fixture.keeper.assign(
                        new Command.Assign(Nouns.key(3), Nouns.pod(3)),
                        Duration.ofSeconds(40),
                        LedgerKeeper.ALWAYS);

        assertThat(told).containsExactly("early", "kernel", "kernel");
        fixture.tempo.pass(Duration.ofSeconds(60));
        run(pool, Duration.ofMillis(1));
        assertThat(told).as("nobody waits").hasSize(3);
    }

    @Test
    void ofABurstThatNobodyWaitsForOneLookIsEnough() {
        fixture.add(0, 9);
        SortedSet<Duration> looks = new TreeSet<>();
        PoolKeeper pool = pool(looks);
        burst();

        run(pool, MOMENT);

        assertThat(looks).containsExactly(Duration.ZERO, Duration.ofMillis(10));
    }

    @Test
    void whilePodsWaitEachChangeIsLookedAtAtOnce() throws Exception {
        interfaces = 1;
        fixture.add(0, 2);
        fixture.grant(1);
        fixture.grant(2);
        SortedSet<Duration> looks = new TreeSet<>();
        PoolKeeper pool = pool(looks);
        burst();
        fixture.tempo.after(Duration.ZERO, () -> run(pool, MOMENT));

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
        PoolKeeper pool = pool();
        fixture.tempo.after(Duration.ofSeconds(20), () -> run(pool, Duration.ofMillis(1)));

        var _ =
                fixture.keeper.assign(
                        new Command.Assign(Nouns.key(3), Nouns.pod(3)),
                        Duration.ofSeconds(40),
                        LedgerKeeper.ALWAYS);

        assertThat(told).isEmpty();
    }

    @Test
    void whatIsBegunIsTakenUp() {
        fixture.done(new Command.BeginAssign(Nouns.id(0), BlockKind.ADDRESS, 1));

        run(pool(), MOMENT);

        assertThat(fixture.tempo.started()).containsExactly("find what arrived on eni-0");
    }

    @Test
    void aFullSubnetIsLookedAtAgainLater() {
        PoolKeeper pool = pool();
        fixture.grant(1);
        subnets.refused(Nouns.SUBNET, BlockKind.ADDRESS, 1, 0);

        run(pool, Duration.ofSeconds(14));

        assertThat(ec2.calls("subnets")).hasSize(1);
        assertThat(ec2.calls("assign")).isEmpty();
        assertThat(fixture.held(0).arriving().count()).isZero();
        run(pool, Duration.ofSeconds(2));
        assertThat(fixture.held(0).arriving().count()).as("it has rested").isEqualTo(1);
    }

    @Test
    void whereNobodyWaitsAFullSubnetIsNotLookedAtAsOften() {
        PoolKeeper pool = pool();
        fixture.grant(1);
        subnets.refused(Nouns.SUBNET, BlockKind.ADDRESS, 1, 0);
        fixture.tempo.pass(Duration.ofSeconds(15));
        subnets.refused(Nouns.SUBNET, BlockKind.ADDRESS, 1, 0);

        run(pool, Duration.ofSeconds(29));

        assertThat(ec2.calls("subnets")).hasSize(1);
    }

    @Test
    void anotherSubnetThatHasRoomIsUsedAtOnce() {
        fixture.grant(1);
        PoolKeeper pool = pool();
        subnets.refused(Nouns.SUBNET, BlockKind.ADDRESS, 1, 0);
        ec2.now("subnets", List.of(Nouns.subnet("subnet-2", 9, "kubernetes.io/role/cni=1")));

        run(pool, MOMENT);

        assertThat(fixture.tempo.started())
                .singleElement()
                .asString()
                .startsWith("create an interface")
                .endsWith("in subnet-2");
    }

    /** Somebody may have excluded a subnet, or admitted another one, since it was looked at. */
    @Test
    void whereAnInterfaceMayBeMadeIsLookedAtFirstIfThatWasLongAgo() throws Exception {
        show("subnet-2");
        fixture.tempo.pass(Duration.ofMinutes(1));
        fixture.grant(1);
        PoolKeeper pool = pool();

        run(pool, MOMENT);
        assertThat(fixture.tempo.started()).containsExactly("look at subnets");
        ec2.now("subnets", List.of(Nouns.subnet("subnet-1", 0), admitted("subnet-3")));
        fixture.tempo.runTasks();
        run(pool, MOMENT);

        assertThat(fixture.tempo.started())
                .last()
                .asString()
                .startsWith("create an interface")
                .endsWith("in subnet-3");
    }

    @Test
    void whereAnInterfaceMayBeMadeIsKnownForAMinute() throws Exception {
        show("subnet-2");
        fixture.tempo.pass(Duration.ofMinutes(1).minusNanos(1));
        fixture.grant(1);

        run(pool(), MOMENT);

        assertThat(fixture.tempo.started()).singleElement().asString().endsWith("in subnet-2");
    }

    /** An operator who corrects a tag helps the pods that wait for it. */
    @Test
    void whereTagsAdmitNoSubnetTheyAreLookedAtAgain() throws Exception {
        ec2.now("subnets", List.of(Nouns.subnet("subnet-1", 9, "kubernetes.io/role/cni=0")));
        subnets.refresh(Duration.ZERO);
        fixture.add(0, 9);
        IntStream.rangeClosed(1, 9).forEach(fixture::grant);
        PoolKeeper pool = pool();
        fixture.tempo.after(
                Duration.ofSeconds(10),
                () ->
                        ec2.now(
                                "subnets",
                                List.of(Nouns.subnet("subnet-1", 0), admitted("subnet-2"))));

        run(pool, Duration.ofMinutes(3));

        assertThat(fixture.tempo.started()).singleElement().asString().endsWith("in subnet-2");
    }

    /** The node's own subnet is full, and {@code other} has room. */
    private void show(String other) throws InterruptedException {
        ec2.now("subnets", List.of(Nouns.subnet("subnet-1", 0), admitted(other)));
        subnets.refresh(Duration.ZERO);
    }

    private static ObservedSubnet admitted(String subnet) {
        return Nouns.subnet(subnet, 9, "kubernetes.io/role/cni=1");
    }

    @Test
    void whatTheLedgerRefusesToBeginIsNotStarted() {
        PoolKeeper pool = pool();
        fixture.grant(1);
        availability.situation(demand -> {
            if (fixture.keeper.ledger().find(Nouns.id(0)) != null) {
                fixture.done(new Command.ForgetInterface(Nouns.id(0)));
            }
            return situation(demand);
        });

        run(pool, MOMENT);

        assertThat(fixture.tempo.started()).noneMatch(name -> name.startsWith("assign"));
    }

    /** Nine changes, each a millisecond after the one before, that make no work. */
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
        PoolKeeper pool = pool();
        availability.situation(demand -> {
            looks.add(Duration.between(ManualTempo.START, fixture.tempo.instant()));
            return situation(demand);
        });
        return pool;
    }

    private PoolKeeper pool() {
        availability.situation(this::situation);
        return new PoolKeeper(
                fixture.keeper,
                changes,
                subnets,
                availability,
                Cluster.SILENT,
                false,
                () -> told.add("kernel"),
                fixture.explanations,
                fixture.tempo);
    }

    private void run(PoolKeeper pool, Duration duration) {
        fixture.tempo.runFor(duration, pool::run);
    }

    private Situation situation(Demand demand) {
        return new Situation(
                new WarmTarget.Addresses(1, 0),
                limits(),
                demand,
                sources.sources(0),
                subnets.rooms(fixture.tempo.instant()),
                Collections.emptySortedMap());
    }

    private PoolLimits limits() {
        return new PoolLimits(
                "tiny",
                interfaces,
                interfaces,
                0,
                0,
                interfaces == 1 ? 2 : 9,
                BlockKind.ADDRESS,
                IpFamily.IPV4,
                110);
    }
}
