package dev.vpccni.ipam.reconcile;

import static dev.vpccni.ipam.reconcile.Witnesses.seen;
import static dev.vpccni.ipam.world.Nouns.START;
import static dev.vpccni.ipam.world.Nouns.blocks;
import static dev.vpccni.ipam.world.Nouns.facts;
import static dev.vpccni.ipam.world.Nouns.id;
import static dev.vpccni.ipam.world.Nouns.key;
import static dev.vpccni.ipam.world.Nouns.pod;
import static dev.vpccni.ipam.world.Nouns.prefix;
import static dev.vpccni.ipam.world.Nouns.prefix6;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.ipam.ledger.AddressUse;
import dev.vpccni.ipam.ledger.BlockStage;
import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.Outcome;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the witnesses say of prefixes, and of pods with an address of one. */
class PrefixComparisonTest {

    private static final Instant LATER = START.plusSeconds(100);
    private static final Cidr PREFIX = prefix(1, 0);
    private static final List<SeenInterface> WITHOUT = List.of(seen(0, 3), seen(1, 2));
    private static final List<SeenInterface> WITH = List.of(seen(0, 3), withPrefixes(PREFIX));

    private final Witnesses witnesses = new Witnesses();

    @Test
    void aPrefixThatNobodyKnewTakesTwoWitnesses() {
        assertThat(witnesses.reconcile(LATER, WITH).askAgain()).isTrue();
        assertThat(witnesses.stage(PREFIX)).isNull();
        assertThat(witnesses.suspicions().newcomers()).containsOnlyKeys(PREFIX);

        witnesses.reconcile(LATER.plus(Reconciler.SETTLING), WITH);

        assertThat(witnesses.stage(PREFIX)).isEqualTo(BlockStage.SERVING);
    }

    @Test
    void aPrefixThatMetadataShowsTooIsBelievedInAtOnce() {
        witnesses.metadata(List.of(PREFIX, prefix6(1, 0)));

        witnesses.reconcile(LATER, List.of(seen(0, 3), withPrefixes(PREFIX, prefix6(1, 0))));

        assertThat(witnesses.stage(PREFIX)).isEqualTo(BlockStage.SERVING);
        assertThat(witnesses.stage(prefix6(1, 0))).isEqualTo(BlockStage.SERVING);
    }

    @Test
    void aMissingPrefixIsKeptOffPodsAtOnceAndForgottenAfterTheGraceTime() {
        give();

        witnesses.reconcile(LATER, WITHOUT);
        assertThat(witnesses.stage(PREFIX)).isEqualTo(BlockStage.DOUBTED);
        witnesses.reconcile(LATER.plusSeconds(59), WITHOUT);
        assertThat(witnesses.stage(PREFIX)).isEqualTo(BlockStage.DOUBTED);
        Corrections forgotten = witnesses.reconcile(LATER.plusSeconds(60), WITHOUT);

        assertThat(witnesses.stage(PREFIX)).isNull();
        assertThat(forgotten.findings())
                .containsExactly("10.16.1.0/28 is gone from eni-001 without our doing");
    }

    @Test
    void aMissingPrefixWithPodsIsDoubtedButNeverForgotten() {
        give();
        IpAddress used = occupy(START);

        for (int minute = 0; minute < 5; minute++) {
            Corrections corrections =
                    witnesses.reconcile(LATER.plusSeconds(60L * minute), WITHOUT, used);
            assertThat(corrections.findings())
                    .containsExactly(
                            "1 address of 10.16.1.0/28 is in use, and EC2 does not show it on"
                                    + " eni-001");
        }

        assertThat(witnesses.stage(PREFIX)).isEqualTo(BlockStage.DOUBTED);
        assertThat(witnesses.ledger.grant(key(9))).isNotNull();
        witnesses.reconcile(LATER.plusSeconds(400), WITH, used);
        assertThat(witnesses.stage(PREFIX)).isEqualTo(BlockStage.SERVING);
    }

    @Test
    void aMissingPrefixThatLeadsToAPodWithoutAGrantIsNotForgotten() {
        give();
        witnesses.reconcile(LATER, WITHOUT);
        IpAddress live = PREFIX.network().plus(15);

        Corrections corrections =
                Reconciler.reconcile(
                        witnesses.ledger,
                        witnesses.observation(LATER.plusSeconds(60), WITHOUT, live),
                        witnesses.suspicions(),
                        LATER.plusSeconds(60));

        assertThat(corrections.commands()).containsExactly(new Command.Hold(live));
    }

    @Test
    void aPodThatNobodyKnowsKeepsItsAddressOfAPrefixOnly() {
        give();
        IpAddress live = PREFIX.network().plus(5);

        witnesses.reconcile(LATER, WITH, live);

        assertThat(witnesses.ledger.held()).containsExactly(live);
        assertThat(witnesses.stage(PREFIX)).isEqualTo(BlockStage.SERVING);
        witnesses.reconcile(LATER.plusSeconds(1), WITH);
        assertThat(witnesses.ledger.use(live)).isEqualTo(new AddressUse.Idle(LATER.plusSeconds(1)));
    }

    @Test
    void aPrefixOnItsWayOutComesBackForAPod() {
        give();
        witnesses.apply(new Command.BeginRelease(id(1), List.of(PREFIX)), LATER);

        witnesses.reconcile(LATER, WITH, PREFIX.network());

        assertThat(witnesses.stage(PREFIX)).isEqualTo(BlockStage.SERVING);
    }

    @Test
    void aPrefixGivenBackIsNotBelievedToBeThereForAWhile() {
        give();
        witnesses.apply(new Command.BeginRelease(id(1), List.of(PREFIX)), LATER);
        witnesses.apply(new Command.ConfirmReleased(id(1), List.of(PREFIX)), LATER);
        witnesses.metadata(List.of(PREFIX));

        witnesses.reconcile(LATER.plusSeconds(60), WITH);
        assertThat(witnesses.stage(PREFIX)).isNull();

        witnesses.reconcile(LATER.plusSeconds(61), WITH);
        assertThat(witnesses.stage(PREFIX)).isEqualTo(BlockStage.SERVING);
    }

    @Test
    void aPrefixOnAnotherInterfaceThanTheLedgersTakesRoomThere() {
        give();
        var moved = new SeenInterface(facts(0), both(blocks(0, 3), List.of(PREFIX)));

        Corrections corrections = witnesses.reconcile(LATER, List.of(moved, seen(1, 2)));

        assertThat(corrections.misplaced()).containsEntry(id(0), 1);
        assertThat(corrections.findings())
                .contains("10.16.1.0/28 is on eni-001 here and on eni-000 in EC2");
        assertThat(corrections.askAgain()).isTrue();
    }

    /** Somebody parted it, and EC2 gave one of its addresses to another interface. */
    @Test
    void anAddressOutOfAPrefixOfAnotherInterfaceIsNotTaken() {
        give();
        Cidr single = PREFIX.network().plus(3).only();
        var moved = new SeenInterface(facts(0), both(blocks(0, 3), List.of(single)));

        Corrections corrections = witnesses.reconcile(LATER, List.of(moved, seen(1, 2)));

        assertThat(corrections.misplaced()).isEmpty();
        assertThat(witnesses.stage(PREFIX)).isEqualTo(BlockStage.DOUBTED);
    }

    @Test
    void whatIsMissingIsSuspectedIfItIsDoubtedOrInUse() {
        witnesses.apply(new Command.AddBlocks(id(1), List.of(PREFIX)), LATER.minusSeconds(1));

        witnesses.reconcile(LATER, WITHOUT);
        assertThat(witnesses.suspicions().blocks()).as("it is young").isEmpty();
        IpAddress used = occupy(LATER);
        witnesses.reconcile(LATER, WITHOUT, used);
        assertThat(witnesses.stage(PREFIX)).isEqualTo(BlockStage.SERVING);
        assertThat(witnesses.suspicions().blocks()).containsOnlyKeys(PREFIX);

        witnesses.reconcile(LATER.plusSeconds(10), WITHOUT, used);
        assertThat(witnesses.stage(PREFIX)).isEqualTo(BlockStage.DOUBTED);
        assertThat(witnesses.suspicions().blocks()).containsEntry(PREFIX, LATER);
    }

    @Test
    void whatIsDoubtedIsSuspectedFromThenOn() {
        give();

        witnesses.reconcile(LATER, WITHOUT);

        assertThat(witnesses.suspicions().blocks()).containsEntry(PREFIX, LATER);
    }

    /** The kernel may have lost its route for a moment. */
    @Test
    void aMissingPrefixWithAGrantIsNotForgottenThoughTheKernelShowsNoPod() {
        give();
        IpAddress first = occupy(START);
        IpAddress second = witnesses.assign(10, START);
        assertThat(PREFIX.contains(second) && PREFIX.contains(first)).isTrue();
        witnesses.reconcile(LATER, WITHOUT, first, second);

        Corrections corrections = witnesses.reconcile(LATER.plusSeconds(600), WITHOUT);

        assertThat(corrections.commands()).noneMatch(Command.ForgetBlock.class::isInstance);
        assertThat(corrections.findings())
                .contains(
                        "2 addresses of 10.16.1.0/28 are in use, and EC2 does not show it on"
                                + " eni-001");
    }

    @Test
    void whatEc2SaysOfTheUseForPodsIsNoted() {
        var excluded = new SeenInterface(facts(1).withUsable(false), blocks(1, 2));

        Corrections corrections = witnesses.reconcile(LATER, List.of(seen(0, 3), excluded));

        assertThat(corrections.commands())
                .containsExactly(new Command.Describe(facts(1).withUsable(false)));
        assertThat(witnesses.reconcile(LATER, List.of(seen(0, 3), excluded)).commands()).isEmpty();
    }

    private void give() {
        witnesses.apply(new Command.AddBlocks(id(1), List.of(PREFIX)), START);
    }

    /** Gives pods all single addresses, and one more pod an address of the prefix. */
    private IpAddress occupy(Instant now) {
        for (IpAddress address : addresses()) {
            witnesses.apply(new Command.Hold(address), now);
        }
        var granted = (Outcome.Granted) witnesses.apply(new Command.Assign(key(9), pod(9)), now);
        for (IpAddress address : addresses()) {
            witnesses.apply(new Command.Unhold(address), now);
        }
        assertThat(PREFIX.contains(granted.grant().address())).isTrue();
        return granted.grant().address();
    }

    private static List<IpAddress> addresses() {
        return both(blocks(0, 3), blocks(1, 2)).stream().map(Cidr::network).toList();
    }

    private static SeenInterface withPrefixes(Cidr... prefixes) {
        return new SeenInterface(facts(1), both(blocks(1, 2), List.of(prefixes)));
    }

    private static List<Cidr> both(List<Cidr> some, List<Cidr> others) {
        var both = new ArrayList<>(some);
        both.addAll(others);
        return both;
    }
}
