package dev.vpccni.ipam.ledger;

import static dev.vpccni.ipam.world.Nouns.START;
import static dev.vpccni.ipam.world.Nouns.TEMPLATE;
import static dev.vpccni.ipam.world.Nouns.address;
import static dev.vpccni.ipam.world.Nouns.block;
import static dev.vpccni.ipam.world.Nouns.blocks;
import static dev.vpccni.ipam.world.Nouns.facts;
import static dev.vpccni.ipam.world.Nouns.id;
import static dev.vpccni.ipam.world.Nouns.key;
import static dev.vpccni.ipam.world.Nouns.pod;
import static dev.vpccni.ipam.world.Nouns.prefix;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.model.AttachmentId;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Interfaces and addresses on their way in. */
class ArrivalsTest {

    private static final Instant LATER = START.plusSeconds(100);

    private final Steps steps = new Steps();

    /** Somebody took a pod's address, and gave the interface the prefix that it lies in. */
    @Test
    void aPrefixTakesTheAddressesOfItsInterfaceInThatLieInIt() {
        Cidr used = prefix(1, 0).network().plus(3).only();
        Cidr cooling = prefix(1, 0).network().plus(4).only();
        steps.done(new Command.AddInterface(facts(0), blocks(0, 1), null), START);
        steps.done(new Command.Suspend(id(0)), START);
        steps.done(new Command.AddInterface(facts(1), List.of(used, cooling), null), START);
        assertThat(steps.grant(1, START)).isEqualTo(used.network());
        assertThat(steps.grant(2, START)).isEqualTo(cooling.network());
        steps.release(2, START);
        steps.done(new Command.Doubt(id(1), List.of(used)), START);

        steps.done(new Command.AddBlocks(id(1), List.of(prefix(1, 0))), START);

        assertThat(steps.held(1).blocks()).extracting(Block::cidr).containsExactly(prefix(1, 0));
        assertThat(steps.held(1).inUse()).isEqualTo(1);
        assertThat(steps.ledger.counts(START)).isEqualTo(new Counts(1, 1, 14, 14, 0, 0, 0, 0));
        steps.release(1, START);
        steps.restart(START);
        assertThat(steps.ledger.counts(START).cooling()).isEqualTo(2);
    }

    /** Somebody may have the prefix that EC2 made of what was given back elsewhere. */
    @Test
    void aPrefixAroundAnAddressThatIsKnownElsewhereIsNotTaken() {
        Cidr single = prefix(1, 0).network().plus(3).only();
        steps.done(new Command.AddInterface(facts(0), List.of(single), null), START);
        steps.done(new Command.AddInterface(facts(1), List.of(), null), START);

        steps.done(new Command.AddBlocks(id(1), List.of(prefix(1, 0))), START);

        assertThat(steps.held(1).size()).isZero();
    }

    /** Two interfaces' addresses cannot lie in one prefix: one of the answers is old. */
    @Test
    void aPrefixTakesNoneOfItsInterfacesAddressesWhileAnotherInterfaceHasOneInIt() {
        Cidr own = prefix(1, 0).network().plus(3).only();
        Cidr others = prefix(1, 0).network().plus(4).only();
        steps.done(new Command.AddInterface(facts(1), List.of(own), null), START);
        steps.done(new Command.AddInterface(facts(0), List.of(others), null), START);
        Ledger before = steps.ledger;

        steps.done(new Command.AddBlocks(id(1), List.of(prefix(1, 0))), START);

        assertThat(steps.ledger).isSameAs(before);
    }

    /** Somebody took a prefix that pods use, and EC2 gave addresses of it one by one. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void aDoubtedPrefixLetsOutWhatIsGivenByItself(int to) {
        IpAddress network = prefix(1, 0).network();
        steps.done(
                new Command.AddInterface(facts(1), List.of(prefix(1, 0), prefix(1, 1)), null),
                START);
        steps.done(new Command.AddInterface(facts(0), List.of(), null), START);
        List<IpAddress> granted = List.of(grant(1), grant(2), grant(3));
        assertThat(granted).allMatch(prefix(1, 0)::contains);
        steps.release(3, START);
        steps.done(new Command.Doubt(id(1), List.of(prefix(1, 0))), START);
        IpAddress unused = network.plus(15);
        assertThat(granted).doesNotContain(unused);

        steps.done(
                new Command.AddBlocks(id(to), List.of(unused.only(), granted.get(2).only())),
                START);

        assertThat(steps.held(to).find(unused.only())).isNotNull();
        assertThat(steps.held(to).find(granted.get(2).only())).isNotNull();
        assertThat(doubted(1))
                .containsExactlyInAnyOrder(granted.get(0).only(), granted.get(1).only());
        assertThat(steps.held(1).inUse()).isEqualTo(2);
        assertThat(steps.ledger.counts(START)).isEqualTo(new Counts(2, 1, 17, 16, 0, 0, 0, 0));
        steps.done(new Command.AddBlocks(id(1 - to), List.of(prefix(1, 0))), START);
        assertThat(doubted(1)).hasSize(2);
    }

    /** The pod goes on by the interface that it is wired to, until it ends. */
    @Test
    void aDoubtedPrefixKeepsWhatAPodHasAndAnotherInterfaceIsGiven() {
        steps.done(new Command.AddInterface(facts(1), List.of(prefix(1, 0)), null), START);
        steps.done(new Command.AddInterface(facts(0), List.of(), null), START);
        Cidr used = grant(1).only();
        steps.done(new Command.Doubt(id(1), List.of(prefix(1, 0))), START);
        Ledger before = steps.ledger;

        steps.done(new Command.AddBlocks(id(0), List.of(used)), START);

        assertThat(steps.ledger).isSameAs(before);
        steps.done(new Command.AddBlocks(id(1), List.of(used)), START);
        assertThat(steps.held(1).blocks()).extracting(Block::cidr).containsExactly(used);
        assertThat(doubted(1)).isEmpty();
        assertThat(steps.held(1).inUse()).isEqualTo(1);
    }

    @Test
    void whatIsLetOutReturnsWithThePrefix() {
        steps.done(new Command.AddInterface(facts(1), List.of(prefix(1, 0)), null), START);
        IpAddress used = grant(1);
        IpAddress other = grant(2);
        steps.done(new Command.Doubt(id(1), List.of(prefix(1, 0))), START);
        steps.done(new Command.AddBlocks(id(1), List.of(other.only())), START);

        steps.done(new Command.AddBlocks(id(1), List.of(prefix(1, 0))), START);

        assertThat(steps.held(1).blocks()).extracting(Block::cidr).containsExactly(prefix(1, 0));
        assertThat(steps.held(1).inUse()).isEqualTo(2);
        assertThat(used).isNotEqualTo(other);
    }

    @ParameterizedTest
    @EnumSource(
            value = BlockStage.class,
            names = {"SERVING", "LEAVING"})
    void aPrefixThatIsNotDoubtedLetsNothingOut(BlockStage stage) {
        steps.done(new Command.AddInterface(facts(1), List.of(prefix(1, 0)), null), START);
        steps.done(new Command.AddInterface(facts(0), List.of(), null), START);
        if (stage == BlockStage.LEAVING) {
            steps.done(new Command.BeginRelease(id(1), List.of(prefix(1, 0))), START);
        }
        Ledger before = steps.ledger;

        steps.done(
                new Command.AddBlocks(id(0), List.of(prefix(1, 0).network().plus(5).only())),
                START);

        assertThat(steps.ledger).isSameAs(before);
    }

    /** Whether EC2 shows it again is for who compares, not for what adds. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatIsDoubtedAndAddedAgainStaysDoubted(boolean single) {
        Cidr block = single ? block(1, 0) : prefix(1, 0);
        steps.done(new Command.AddInterface(facts(1), List.of(block), null), START);
        steps.done(new Command.Doubt(id(1), List.of(block)), START);
        Ledger before = steps.ledger;

        steps.done(new Command.AddBlocks(id(1), List.of(block)), START);

        assertThat(steps.ledger).isSameAs(before);
    }

    @ParameterizedTest
    @CsvSource({"252, true", "253, false"})
    void nothingIsLetOutWhereTheRestWouldBeTooManyBlocks(int others, boolean letOut) {
        steps.done(new Command.AddInterface(facts(1), List.of(prefix(1, 0)), null), START);
        steps.done(new Command.AddInterface(facts(0), List.of(), null), START);
        List.of(1, 2, 3).forEach(this::grant);
        steps.done(new Command.Doubt(id(1), List.of(prefix(1, 0))), START);
        List<Cidr> more = new ArrayList<>();
        for (int i = 0; i < others; i++) {
            more.add(prefix(2 + i / 16, i % 16));
        }
        steps.done(new Command.AddBlocks(id(1), more), START);
        Cidr unused = prefix(1, 0).network().plus(15).only();

        steps.done(new Command.AddBlocks(id(0), List.of(unused)), START);

        assertThat(steps.held(0).find(unused) != null).isEqualTo(letOut);
    }

    private IpAddress grant(int pod) {
        return steps.grant(pod, START);
    }

    private List<Cidr> doubted(int n) {
        return steps.held(n).blocks().stream()
                .filter(block -> block.stage() == BlockStage.DOUBTED)
                .map(Block::cidr)
                .toList();
    }

    @Test
    void aCreationBegunTwiceIsTheFirstOne() {
        steps.done(
                new Command.BeginCreate("token", TEMPLATE, 1, BlockKind.ADDRESS, 9, START), START);
        steps.done(
                new Command.BeginCreate("token", TEMPLATE, 2, BlockKind.ADDRESS, 3, LATER), LATER);

        assertThat(steps.ledger.creates())
                .containsExactly(
                        new Checkpoint.Intent.Create(
                                "token", TEMPLATE, 1, BlockKind.ADDRESS, 9, START, null, START));
    }

    @Test
    void interfacesAndCreationsTogetherHaveALimit() {
        for (int n = 0; n < Ledger.INTERFACES_MAX - 2; n++) {
            steps.add(n, 0, START);
        }
        steps.done(new Command.BeginCreate("one", TEMPLATE, 1, BlockKind.ADDRESS, 0, START), START);
        steps.done(new Command.BeginCreate("two", TEMPLATE, 1, BlockKind.ADDRESS, 0, START), START);

        steps.refused(
                new Command.BeginCreate("three", TEMPLATE, 1, BlockKind.ADDRESS, 0, START),
                START,
                "256");
    }

    @Test
    void noMoreInterfacesAreAddedOrDiscoveredThanThereCanBe() {
        for (int n = 0; n < Ledger.INTERFACES_MAX; n++) {
            steps.add(n, 0, START);
        }

        steps.refused(new Command.AddInterface(facts(300), List.of(), null), START, "256");
        steps.refused(new Command.Discover(facts(300), List.of()), START, "256");
        steps.add(7, 1, START);
        assertThat(steps.held(7).size()).isEqualTo(1);
    }

    @Test
    void whatIsNotedTwiceIsNotNews() {
        steps.done(
                new Command.BeginCreate("token", TEMPLATE, 1, BlockKind.ADDRESS, 9, START), START);
        steps.done(new Command.NoteCreated("token", id(1)), START);
        Ledger before = steps.ledger;

        steps.done(new Command.NoteCreated("token", id(1)), LATER);
        assertThat(steps.ledger).isSameAs(before);

        steps.refused(new Command.NoteCreated("other", id(1)), START, "other");
    }

    @Test
    void aKnownInterfaceGetsNewFactsAndServesAgain() {
        steps.add(1, 1, START);
        steps.done(new Command.Suspend(id(1)), START);
        InterfaceFacts attached = facts(1).withAttachment(new AttachmentId("eni-attach-1"));
        Ledger before = steps.ledger;
        steps.done(new Command.Suspend(id(1)), START);
        assertThat(steps.ledger).as("it is already").isSameAs(before);

        steps.done(new Command.AddInterface(attached, List.of(), null), LATER);

        assertThat(steps.held(1).facts()).isEqualTo(attached);
        assertThat(steps.held(1).stage()).isEqualTo(InterfaceStage.SERVING);
        assertThat(steps.held(1).since()).as("it joined then").isEqualTo(START);
    }

    @Test
    void whatIsAddedAsItIsChangesNothing() {
        steps.add(1, 1, START);
        Ledger before = steps.ledger;

        steps.add(1, 1, LATER);

        assertThat(steps.ledger).isSameAs(before);
    }

    @Test
    void anInterfaceThatIsAddedIsNotOnItsWayAnyMore() {
        steps.done(
                new Command.BeginCreate("token", TEMPLATE, 1, BlockKind.ADDRESS, 1, START), START);
        steps.done(
                new Command.BeginCreate("other", TEMPLATE, 2, BlockKind.ADDRESS, 1, START), START);

        steps.done(new Command.AddInterface(facts(1), blocks(1, 1), "token"), START);

        assertThat(steps.ledger.creates())
                .extracting(Checkpoint.Intent.Create::token)
                .containsExactly("other");
        steps.add(3, 0, START);
        assertThat(steps.ledger.creates()).hasSize(1);
        steps.done(new Command.CancelCreate("other"), START);
        assertThat(steps.ledger.creates()).isEmpty();
    }

    @Test
    void anInterfaceThatIsDiscoveredServesNobodyYet() {
        steps.done(new Command.Discover(facts(1), blocks(1, 2)), START);
        steps.done(new Command.Discover(facts(2, InterfaceRole.UNMANAGED), List.of()), START);
        steps.done(new Command.Discover(facts(1), blocks(1, 9)), START);

        assertThat(steps.held(1).stage()).isEqualTo(InterfaceStage.SUSPENDED);
        assertThat(steps.held(1).size()).as("it is known").isEqualTo(2);
        assertThat(steps.held(2).stage()).as("it never will").isEqualTo(InterfaceStage.SERVING);
        assertThat(steps.apply(new Command.Assign(key(1), pod(1)), START))
                .isEqualTo(new Outcome.NoAddress());
    }

    @Test
    void whatEc2SaysOfAnInterfaceLeavesItsStageAsItIs() {
        InterfaceFacts attached = facts(1).withAttachment(new AttachmentId("eni-attach-1"));
        steps.add(1, 1, START);

        steps.done(new Command.Describe(attached), START);

        assertThat(steps.held(1).facts()).isEqualTo(attached);
        assertThat(steps.held(1).stage()).isEqualTo(InterfaceStage.SERVING);
        Ledger before = steps.ledger;
        steps.done(new Command.Describe(attached), LATER);
        assertThat(steps.ledger).isSameAs(before);
        steps.refused(new Command.Describe(facts(9)), START, "eni-009");
    }

    @Test
    void anInterfaceThatTurnsOutToBeForPodsWaitsForTheKernel() {
        steps.done(new Command.Discover(facts(2, InterfaceRole.UNMANAGED), List.of()), START);

        steps.done(new Command.Describe(facts(2)), START);
        assertThat(steps.held(2).stage()).isEqualTo(InterfaceStage.SUSPENDED);

        steps.add(2, 1, START);
        steps.done(new Command.Describe(facts(2, InterfaceRole.UNMANAGED)), START);
        assertThat(steps.held(2).stage()).isEqualTo(InterfaceStage.SERVING);
        steps.done(
                new Command.Describe(
                        facts(2, InterfaceRole.UNMANAGED).withAttachment(new AttachmentId("a"))),
                START);
        assertThat(steps.held(2).stage()).isEqualTo(InterfaceStage.SERVING);
    }

    @Test
    void anInterfaceThatIsNotKnownIsNotSuspended() {
        steps.refused(new Command.Suspend(id(9)), START, "eni-009");
    }

    @Test
    void addressesAreAskedForOneRequestAtATime() {
        steps.add(1, 2, START);
        steps.done(new Command.BeginAssign(id(1), BlockKind.ADDRESS, 3), START);

        steps.refused(
                new Command.BeginAssign(id(1), BlockKind.ADDRESS, 1),
                LATER,
                "eni-001",
                "SERVING",
                "3");
        steps.done(new Command.EndAssign(id(1), 2), LATER);
        assertThat(steps.held(1).arriving())
                .isEqualTo(new HeldInterface.Arriving(BlockKind.ADDRESS, 1, START));
        steps.done(new Command.EndAssign(id(1), 2), LATER);
        assertThat(steps.held(1).arriving().count()).isZero();
        steps.done(new Command.BeginAssign(id(1), BlockKind.ADDRESS, 1), LATER);
        assertThat(steps.held(1).arriving())
                .isEqualTo(new HeldInterface.Arriving(BlockKind.ADDRESS, 1, LATER));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 255})
    void noSenselessNumberOfAddressesIsAskedFor(int count) {
        steps.add(1, 2, START);

        steps.refused(
                new Command.BeginAssign(id(1), BlockKind.ADDRESS, count), START, "cannot grow");
    }

    @Test
    void asManyAreAskedForAsThereMayBe() {
        steps.add(1, 2, START);

        steps.done(new Command.BeginAssign(id(1), BlockKind.ADDRESS, 254), START);
    }

    @Test
    void onlyAnInterfaceThatServesGrows() {
        steps.add(1, 2, START);
        steps.done(new Command.Suspend(id(1)), START);

        steps.refused(new Command.BeginAssign(id(1), BlockKind.ADDRESS, 1), START, "SUSPENDED");
        steps.refused(new Command.BeginAssign(id(9), BlockKind.ADDRESS, 1), START, "eni-009");
    }

    @Test
    void theEndOfNothingChangesNothing() {
        steps.add(1, 2, START);
        Ledger before = steps.ledger;

        steps.done(new Command.EndAssign(id(1), 1), START);
        steps.done(new Command.EndAssign(id(9), 1), START);
        assertThat(steps.ledger).isSameAs(before);

        steps.done(new Command.BeginAssign(id(1), BlockKind.ADDRESS, 1), START);
        Ledger begun = steps.ledger;
        steps.done(new Command.EndAssign(id(1), 0), START);
        assertThat(steps.ledger).isSameAs(begun);
    }

    @Test
    void thePrimaryAddressIsNoPods() {
        steps.add(1, 2, START);

        steps.refused(
                new Command.AddBlocks(id(1), List.of(block(1, -1))),
                START,
                "10.0.1.0 has the primary address of eni-001");
    }

    @Test
    void anInterfaceHasNoMoreAddressesThanEc2Gives() {
        steps.add(1, 256, START);

        steps.refused(new Command.AddBlocks(id(1), List.of(block(9, 0))), START, "257 blocks");
        steps.refused(new Command.AddBlocks(id(9), List.of()), START, "eni-009");
    }

    @Test
    void anInterfaceThatLeavesGetsNoAddresses() {
        steps.add(1, 1, START);
        steps.done(new Command.BeginRemoval(id(1)), LATER);

        steps.refused(new Command.AddBlocks(id(1), blocks(1, 2)), LATER, "being removed");
    }

    @Test
    void ofInterfacesAsFullTheLowerDeviceServesFirst() {
        steps.done(
                new Command.AddInterface(
                        facts(9, 0, 1, InterfaceRole.SECONDARY), blocks(9, 1), null),
                START);
        steps.done(
                new Command.AddInterface(
                        facts(1, 0, 2, InterfaceRole.SECONDARY), blocks(1, 1), null),
                START);

        assertThat(steps.grant(1, START)).isEqualTo(address(9, 0));
    }

    @Test
    void anAddressStaysWhereItIs() {
        steps.add(0, 1, START);
        steps.add(1, 1, START);

        steps.done(new Command.AddBlocks(id(1), blocks(0, 1)), LATER);

        assertThat(steps.held(1).size()).isEqualTo(1);
        assertThat(steps.held(1).grown()).isEqualTo(START);
        steps.done(new Command.AddBlocks(id(1), blocks(1, 2)), LATER);
        assertThat(steps.held(1).grown()).isEqualTo(LATER);
    }
}
