package dev.vpccni.ipam.ledger;

import static dev.vpccni.ipam.world.Nouns.START;
import static dev.vpccni.ipam.world.Nouns.address;
import static dev.vpccni.ipam.world.Nouns.block;
import static dev.vpccni.ipam.world.Nouns.facts;
import static dev.vpccni.ipam.world.Nouns.id;
import static dev.vpccni.ipam.world.Nouns.key;
import static dev.vpccni.ipam.world.Nouns.pod;
import static dev.vpccni.ipam.world.Nouns.prefix;
import static dev.vpccni.ipam.world.Nouns.prefix6;
import static dev.vpccni.ipam.world.Nouns.prefixes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.model.BlockKind;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpAddress;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A prefix from its arrival to its end, with pods on it. */
class PrefixLifeTest {

    private static final Instant LATER = START.plusSeconds(100);
    private static final Cidr PREFIX = prefix(1, 0);
    private static final List<Cidr> ONLY = List.of(PREFIX);

    private final Steps steps = new Steps(BlockKind.PREFIX);

    @BeforeEach
    void anInterfaceWithAPrefix() {
        steps.done(new Command.AddInterface(facts(1), ONLY, null), START);
    }

    @Test
    void anAddressInUseKeepsItsPrefix() {
        steps.grant(1, START);

        steps.refused(new Command.BeginRelease(id(1), ONLY), LATER, "10.16.1.0/28 is in use");
        steps.refused(new Command.ForgetBlock(id(1), PREFIX), LATER, "10.16.1.0/28 is in use");
        steps.refused(new Command.BeginRemoval(id(1)), LATER, "in use");
        steps.release(1, LATER);
        steps.done(new Command.Hold(at(9)), LATER);
        steps.refused(new Command.BeginRelease(id(1), ONLY), LATER.plusSeconds(99), "in use");
    }

    @Test
    void aCoolingAddressKeepsItsPrefix() {
        steps.grant(1, START);
        steps.release(1, LATER);

        steps.refused(
                new Command.BeginRelease(id(1), ONLY), LATER.plusSeconds(30), "is cooling down");
        steps.refused(new Command.BeginRemoval(id(1)), LATER.plusSeconds(30), "cooling down");
        steps.done(new Command.BeginRelease(id(1), ONLY), LATER.plusSeconds(31));
    }

    /** EC2 does not show it any more, and may be wrong. */
    @Test
    void aCoolingAddressOfADoubtedPrefixKeepsTheInterface() {
        steps.grant(1, START);
        steps.done(new Command.Doubt(id(1), ONLY), START);
        steps.release(1, LATER);

        steps.refused(new Command.BeginRemoval(id(1)), LATER.plusSeconds(30), "cooling down");
        steps.done(new Command.BeginRemoval(id(1)), LATER.plusSeconds(31));
    }

    @Test
    void nothingIsReleasedWherePartOfItCannotBe() {
        steps.done(new Command.AddBlocks(id(1), prefixes(1, 2)), START);
        steps.grant(1, START);

        steps.refused(
                new Command.BeginRelease(id(1), List.of(prefix(1, 1), PREFIX)), LATER, "in use");

        assertThat(steps.held(1).leaving()).isZero();
    }

    @Test
    void aPrefixThatLeavesGivesNobodyAnAddress() {
        steps.done(new Command.BeginRelease(id(1), ONLY), LATER);

        assertThat(steps.apply(new Command.Assign(key(1), pod(1)), LATER))
                .isEqualTo(new Outcome.NoAddress());
        assertThat(steps.ledger.counts(LATER)).isEqualTo(new Counts(0, 0, 0, 0, 0, 16, 0, 0));
        steps.restart(LATER);
        assertThat(stage()).isEqualTo(BlockStage.LEAVING);
        steps.done(new Command.ConfirmReleased(id(1), ONLY), LATER);
        assertThat(steps.held(1).size()).isZero();
        assertThat(steps.ledger.hasLeft(PREFIX, LATER)).isTrue();
        assertThat(steps.ledger.checkpoint().departed().blocks())
                .containsExactly(new Checkpoint.DepartedBlock(PREFIX, LATER));
        steps.done(new Command.AddBlocks(id(1), ONLY), LATER);
        assertThat(steps.ledger.hasLeft(PREFIX, LATER)).as("it was given again").isFalse();
        steps.grant(1, LATER);
    }

    @Test
    void aPrefixThatLeavesStaysForAPodThatIsFoundOnIt() {
        steps.done(new Command.BeginRelease(id(1), ONLY), LATER);

        steps.done(new Command.Hold(at(3)), LATER);

        assertThat(stage()).isEqualTo(BlockStage.SERVING);
        assertThat(steps.ledger.checkpoint().intents()).isEmpty();
        steps.refused(new Command.ConfirmReleased(id(1), ONLY), LATER, "was not being given back");
        assertThat(steps.grant(1, LATER)).isEqualTo(at(0));
    }

    @Test
    void ofADoubtedPrefixPodsKeepWhatTheyHaveAndNobodyElseGetsAny() {
        IpAddress had = steps.grant(1, START);
        steps.done(new Command.Doubt(id(1), ONLY), LATER);

        assertNobodyElseGetsAny(had);
        steps.refused(new Command.BeginRelease(id(1), ONLY), LATER, "may be gone already");
        assertThat(steps.ledger.counts(LATER)).isEqualTo(new Counts(1, 0, 0, 0, 0, 0, 15, 0));
        assertThat(steps.ledger.checkpoint().interfaces().getFirst().doubted()).isEqualTo(ONLY);

        steps.restart(LATER);

        assertThat(stage()).isEqualTo(BlockStage.DOUBTED);
        assertNobodyElseGetsAny(had);
        steps.done(new Command.Trust(id(1), ONLY), LATER);
        assertThat(steps.grant(2, LATER)).isEqualTo(at(1));
    }

    @Test
    void aDoubtedPrefixIsForgottenWhenItsLastPodHasGone() {
        steps.grant(1, START);
        steps.grant(2, START);
        steps.done(new Command.Doubt(id(1), ONLY), LATER);

        steps.release(1, LATER);
        steps.refused(new Command.ForgetBlock(id(1), PREFIX), LATER, "in use");
        steps.release(2, LATER);
        steps.done(new Command.ForgetBlock(id(1), PREFIX), LATER);

        assertThat(steps.ledger.home(PREFIX)).isNull();
        assertThat(steps.ledger.unplaced()).as("they cool down").containsOnlyKeys(at(0), at(1));
        steps.done(new Command.AddBlocks(id(1), ONLY), LATER);
        assertThat(steps.grant(3, LATER.plusSeconds(30))).as("still cooling").isEqualTo(at(2));
        assertThat(steps.ledger.unplaced()).isEmpty();
    }

    /** Whoever goes leaves an address that may be somebody else's by now. */
    @Test
    void ofAFullPrefixInDoubtNobodyGetsWhatAPodLeaves() {
        for (int n = 0; n < 16; n++) {
            steps.grant(n, START);
        }

        steps.done(new Command.Doubt(id(1), ONLY), LATER);
        steps.release(3, LATER);

        assertThat(stage()).isEqualTo(BlockStage.DOUBTED);
        assertThat(steps.apply(new Command.Assign(key(99), pod(99)), LATER.plusSeconds(60)))
                .isInstanceOf(Outcome.NoAddress.class);
    }

    @Test
    void whatLiesInAPrefixIsNotPlacedBesideIt() {
        steps.add(2, 0, START);
        List<Cidr> within = List.of(at(0).only(), at(7).only(), at(15).only());
        Ledger before = steps.ledger;

        steps.done(new Command.AddBlocks(id(1), within), LATER);
        steps.done(new Command.AddBlocks(id(2), within), LATER);
        steps.done(new Command.AddBlocks(id(2), ONLY), LATER);

        assertThat(steps.ledger).isSameAs(before);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 7, 15})
    void aPrefixIsNotPlacedAroundWhatIsOnAnotherInterface(int i) {
        Cidr other = prefix(1, 1);
        Cidr within = other.network().plus(i).only();
        steps.done(new Command.AddBlocks(id(1), List.of(within)), START);
        steps.add(2, 0, START);

        steps.done(new Command.AddBlocks(id(2), List.of(other)), LATER);

        assertThat(steps.ledger.home(other)).isNull();
        steps.done(new Command.ForgetBlock(id(1), within), LATER);
        steps.done(new Command.AddBlocks(id(2), List.of(other)), LATER);
        assertThat(steps.held(2).size()).isEqualTo(1);
    }

    @Test
    void aPrefixWithThePrimaryAddressIsRefused() {
        Cidr around = Cidr.of(address(1, -1), 28);

        steps.refused(
                new Command.AddBlocks(id(1), List.of(around)),
                START,
                "10.0.1.0/28 has the primary address of eni-001");
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.1.0.0/27", "10.1.0.0/29", "10.1.0.0/31", "fd00::/64", "fd00::/96"})
    void whatEc2DoesNotGiveIsRefused(String block) {
        steps.refused(
                new Command.AddBlocks(id(1), List.of(Cidr.parse(block))),
                START,
                block + " is no block that EC2 gives");
    }

    @Test
    void aPrefixTakesWhatItsAddressesWereBefore() {
        var grant = new Checkpoint.Grant(at(4), key(1), pod(1), START);
        var cooling = new Checkpoint.Cooling(at(0), START);
        var written =
                new Checkpoint(
                        List.of(grant),
                        List.of(cooling),
                        List.of(),
                        List.of(),
                        Checkpoint.Departed.NOTHING);
        steps.ledger = Ledger.restore(written, Steps.COOLDOWN, BlockKind.PREFIX, START).ledger();
        assertThat(steps.apply(new Command.Assign(key(1), pod(1)), START))
                .isEqualTo(new Outcome.Unplaced(grant));

        steps.done(new Command.AddInterface(facts(1), ONLY, null), START);

        assertThat(steps.apply(new Command.Assign(key(1), pod(1)), START))
                .isEqualTo(new Outcome.Granted(grant, facts(1), true));
        assertThat(steps.grant(2, START)).as("0 cools down").isEqualTo(at(1));
        assertThat(steps.ledger.unplaced()).isEmpty();
    }

    @Test
    void podsOfAForgottenInterfaceFindTheirPrefixAgain() {
        IpAddress had = steps.grant(1, START);
        steps.done(new Command.ForgetInterface(id(1)), LATER);
        assertThat(steps.ledger.unplaced()).containsOnlyKeys(had);

        steps.done(new Command.AddInterface(facts(1), ONLY, null), LATER);

        assertThat(steps.ledger.unplaced()).isEmpty();
        assertThat(steps.held(1).inUse()).isEqualTo(1);
    }

    @Test
    void whatIsAskedForIsCountedInAddresses() {
        steps.done(new Command.BeginAssign(id(1), BlockKind.PREFIX, 3), START);
        assertThat(steps.ledger.counts(START).arriving()).isEqualTo(48);
        steps.done(new Command.EndAssign(id(1), 1), START);
        assertThat(steps.ledger.counts(START).arriving()).isEqualTo(32);
        steps.restart(START);
        assertThat(steps.held(1).arriving())
                .isEqualTo(new HeldInterface.Arriving(BlockKind.PREFIX, 2, START));
    }

    @Test
    void addressesOfBothFamiliesLieSideBySide() {
        steps.done(new Command.AddBlocks(id(1), List.of(prefix6(1, 0))), START);

        assertThat(steps.grant(1, START)).isEqualTo(at(0));
        assertThat(steps.ledger.home(prefix6(1, 0).network().plus(77))).isSameAs(steps.held(1));
        assertThat(steps.ledger.use(prefix6(1, 0).network().plus(77)))
                .isEqualTo(AddressUse.Idle.NEVER_USED);
        assertThat(steps.ledger.home(prefix6(1, 1).network())).isNull();
        assertThat(steps.ledger.use(block(9, 9).network())).isNull();
    }

    private void assertNobodyElseGetsAny(IpAddress had) {
        var grant = new Checkpoint.Grant(had, key(1), pod(1), START);
        assertThat(steps.apply(new Command.Assign(key(1), pod(1)), LATER))
                .isEqualTo(new Outcome.Granted(grant, facts(1), true));
        assertThat(steps.apply(new Command.Assign(key(2), pod(2)), LATER))
                .isEqualTo(new Outcome.NoAddress());
    }

    private BlockStage stage() {
        return Objects.requireNonNull(steps.held(1).find(PREFIX)).stage();
    }

    private static IpAddress at(int i) {
        return PREFIX.network().plus(i);
    }
}
