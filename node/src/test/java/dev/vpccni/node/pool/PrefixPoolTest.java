package dev.vpccni.node.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.ipam.ledger.AddressUse;
import dev.vpccni.ipam.ledger.Block;
import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.policy.Demand;
import dev.vpccni.ipam.policy.PoolLimits;
import dev.vpccni.ipam.policy.WarmTarget;
import dev.vpccni.ipam.scale.Action;
import dev.vpccni.ipam.scale.Situation;
import dev.vpccni.ipam.scale.SubnetRoom;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.PodName;
import dev.vpccni.node.fake.Fixture;
import dev.vpccni.node.fake.Nouns;
import dev.vpccni.node.fake.ScriptedCluster;
import dev.vpccni.node.fake.ScriptedEc2;
import dev.vpccni.node.port.Ec2Failure;
import dev.vpccni.node.settings.AddressingSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A pool of prefixes: where there are whole ones, where there are none, and after a switch. */
class PrefixPoolTest {

    private static final Duration MOMENT = Duration.ofMillis(100);
    private static final Ec2Failure FRAGMENTED = new Ec2Failure.Fragmented();
    private static final String ROLE = "kubernetes.io/role/cni=1";

    private final PoolChangesFixture made = new PoolChangesFixture();
    private final Fixture fixture = made.fixture;
    private final ScriptedEc2 ec2 = made.ec2.on("subnets", List.of());
    private final ScriptedCluster cluster = new ScriptedCluster();
    private final InterfaceSources sources =
            new InterfaceSources(
                    AddressingSettings.DEFAULT, made.subnets, fixture.current(), cluster);
    private final PoolKeeper pool = pool();
    private int blocksEach = 9;
    private int warm = 1;

    private PoolKeeper pool() {
        fixture.done(new Command.Prefer(BlockKind.PREFIX));
        made.availability.situation(this::situation);
        return new PoolKeeper(
                fixture.keeper,
                made.changes,
                made.subnets,
                made.availability,
                cluster,
                false,
                () -> {},
                fixture.explanations,
                fixture.tempo);
    }

    @Test
    void whatIsLeftOfSingleAddressesGoesOnceThePrefixServes() {
        ec2.on("assign", Nouns.prefixes(0, 1)).on("unassign", ScriptedEc2.DONE);
        IpAddress kept = fixture.grant(1);
        run(MOMENT);
        assertThat(ec2.calls("unassign")).as("they serve until then").isEmpty();

        run(MOMENT);
        run(MOMENT);

        assertThat(ec2.calls("assign")).containsExactly("assign eni-0 IPv4 1 prefix");
        assertThat(ec2.calls("unassign"))
                .containsExactly("unassign eni-0 [" + Nouns.block(0, 1) + "]");
        assertThat(fixture.keeper.ledger().use(kept)).isInstanceOf(AddressUse.Assigned.class);
        assertThat(fixture.grant(2)).isEqualTo(Nouns.prefix(0, 0).network());
    }

    @Test
    void whereNoPrefixIsWholeSinglesServeWhoAsksAndPrefixesComeBack() {
        warm = 2;
        ec2.on("assign", FRAGMENTED);
        fixture.grant(1);
        fixture.grant(2);
        run(MOMENT);
        run(MOMENT);
        assertThat(ec2.calls("assign"))
                .containsExactly("assign eni-0 IPv4 2 prefixes", "assign eni-0 IPv4 1 prefix");

        ec2.now("assign", Nouns.blocks(0, 3).subList(2, 3));
        run(MOMENT);
        run(MOMENT);

        assertThat(ec2.calls("assign").subList(2, ec2.calls("assign").size()))
                .as("one to spare, not sixteen")
                .containsExactly("assign eni-0 IPv4 1 address");
        assertThat(fixture.grant(3)).isEqualTo(Nouns.address(0, 2));
        assertThat(fixture.decisions())
                .contains(
                        "do not grow: single addresses serve where prefixes would",
                        "ask subnet-1 for no prefixes for a while:"
                                + " subnet subnet-1 has no free block left")
                .anyMatch(line -> line.startsWith("do not grow: subnet subnet-1 has no whole"));

        ec2.now(
                        "assign",
                        List.of(Nouns.block(0, 3)),
                        List.of(Nouns.prefix(0, 0)),
                        List.of(Nouns.prefix(0, 1)))
                .on("unassign", ScriptedEc2.DONE);
        for (int second = 0; second < 20; second++) {
            run(Duration.ofSeconds(1));
        }

        assertThat(ec2.calls("assign").subList(3, ec2.calls("assign").size()))
                .as("the spare one for the third pod; then prefixes, at first one")
                .containsExactly(
                        "assign eni-0 IPv4 1 address",
                        "assign eni-0 IPv4 1 prefix",
                        "assign eni-0 IPv4 1 prefix");
        assertThat(ec2.calls("unassign"))
                .as("pods keep theirs")
                .containsExactly("unassign eni-0 [" + Nouns.block(0, 3) + "]");
        assertThat(fixture.grant(4)).isEqualTo(Nouns.prefix(0, 0).network());
    }

    @Test
    void whileItIsFragmentedNobodyAsksAgainAndAgain() {
        ec2.on("assign", FRAGMENTED);
        fixture.grant(1);

        for (int second = 0; second < 600; second++) {
            run(Duration.ofSeconds(1));
        }

        // One more after 15, 30, 60, 120, 120 … seconds.
        assertThat(ec2.calls("assign")).hasSizeBetween(5, 9);
        assertThat(fixture.held(0).arriving().count()).isZero();
    }

    @Test
    void anotherSubnetThatHasWholePrefixesIsUsedAtOnce() {
        ec2.now(
                "subnets",
                List.of(Nouns.subnet("subnet-1", 99), Nouns.subnet("subnet-2", 50, ROLE)));
        ec2.on("assign", FRAGMENTED).on("create", new Ec2Failure.Denied("ec2:X"));
        fixture.grant(1);
        run(MOMENT);
        run(MOMENT);
        run(MOMENT);
        run(MOMENT);

        assertThat(fixture.tempo.started())
                .contains("create an interface with 1 prefix in subnet-2")
                .noneMatch(name -> name.contains("address"));
    }

    @Test
    void aMixedReleaseSaysWhatItGivesBack() {
        fixture.done(new Command.AddBlocks(Nouns.id(0), Nouns.prefixes(0, 2)));
        List<Cidr> mixed = new ArrayList<>(Nouns.blocks(0, 1));
        mixed.addAll(Nouns.prefixes(0, 2));

        assertThat(made.changes.prepare(new Action.ReleaseFrom(Nouns.id(0), mixed)).text())
                .isEqualTo("give 1 address and 2 prefixes of eni-0 back");
        assertThat(made.changes.prepare(new Action.ReleaseFrom(Nouns.id(0), mixed.subList(1, 2))))
                .extracting(PoolChanges.Change::text)
                .isEqualTo("give 1 prefix of eni-0 back");
    }

    @Test
    void anInterfaceWithPrefixesTakesTheirAddressesFromItsSubnet() throws Exception {
        ec2.now("subnets", List.of(Nouns.subnet("subnet-1", 99)));
        made.subnets.refresh(Duration.ZERO);
        ec2.on("create", Nouns.with(Nouns.unattached(1, 0), Nouns.prefixes(1, 2)))
                .on("attach", Nouns.attachment(1));

        PoolChanges.Change change =
                made.begin(new Action.CreateInterface(Nouns.TEMPLATE, 1, BlockKind.PREFIX, 2));
        fixture.tempo.runTasks();

        assertThat(change.text()).isEqualTo("create an interface with 2 prefixes in subnet-1");
        assertThat(fixture.held(1).blocks())
                .extracting(Block::cidr)
                .containsExactlyElementsOf(Nouns.prefixes(1, 2));
        assertThat(made.subnets.rooms(fixture.tempo.instant()))
                .containsEntry(Nouns.SUBNET, SubnetRoom.of(99 - 1 - 2 * 16));
    }

    @Test
    void aNodeThatTakesNoPodsGainsNoAddressesUntilItDoes() {
        cluster.schedulable(false);
        fixture.grant(1);
        run(MOMENT);
        assertThat(fixture.tempo.started()).isEmpty();
        assertThat(fixture.decisions())
                .anyMatch(line -> line.contains("AWS_MANAGE_ENIS_NON_SCHEDULABLE"));
        ec2.on("assign", Nouns.prefixes(0, 1));

        fixture.tempo.after(Duration.ofSeconds(1), () -> cluster.schedulable(true));
        run(Duration.ofSeconds(2));

        assertThat(fixture.tempo.started()).containsExactly("assign 1 more prefix to eni-0");
    }

    @Test
    void podsThatAreGivenToTheNodeCountBeforeTheyAsk() {
        blocksEach = 49;
        fixture.tempo.after(
                Duration.ofSeconds(1),
                () -> {
                    var pods = new PodName[40];
                    for (int n = 0; n < pods.length; n++) {
                        pods[n] = Nouns.pod(n);
                    }
                    cluster.bound(pods);
                });
        ec2.on("assign", Nouns.prefixes(0, 1), Nouns.prefixes(0, 4).subList(1, 4))
                .on("unassign", ScriptedEc2.DONE);
        run(Duration.ofMillis(500));

        run(Duration.ofSeconds(1));

        assertThat(ec2.calls("assign"))
                .as("40 and 16 to spare")
                .containsExactly("assign eni-0 IPv4 1 prefix", "assign eni-0 IPv4 3 prefixes");
    }

    /** Has the pool looked at, and does what it starts. */
    private void run(Duration duration) {
        fixture.tempo.runFor(duration, pool::run);
        fixture.tempo.runTasks();
    }

    private Situation situation(Demand demand) {
        return new Situation(
                new WarmTarget.Prefixes(warm),
                new PoolLimits(
                        "tiny", 2, 2, 0, 0, blocksEach, BlockKind.PREFIX, IpFamily.IPV4, 110),
                demand,
                sources.sources(0),
                made.subnets.rooms(fixture.tempo.instant()),
                Collections.emptySortedMap());
    }
}
