package dev.vpccni.ipam.ledger;

import static dev.vpccni.ipam.world.Nouns.START;
import static dev.vpccni.ipam.world.Nouns.TEMPLATE;
import static dev.vpccni.ipam.world.Nouns.address;
import static dev.vpccni.ipam.world.Nouns.addresses;
import static dev.vpccni.ipam.world.Nouns.block;
import static dev.vpccni.ipam.world.Nouns.blocks;
import static dev.vpccni.ipam.world.Nouns.facts;
import static dev.vpccni.ipam.world.Nouns.id;
import static dev.vpccni.ipam.world.Nouns.key;
import static dev.vpccni.ipam.world.Nouns.pod;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.model.BlockKind;
import dev.vpccni.model.Ipv4Address;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a ledger says of itself. */
class CountsTest {

    private static final Instant LATER = START.plusSeconds(100);

    private final Steps steps = new Steps();

    @Test
    void eachAddressIsCountedOnceWhereverItIs() {
        steps.add(0, 10, START);
        steps.grant(1, START);
        steps.grant(2, START);
        steps.grant(3, START);
        steps.release(3, LATER);
        steps.done(new Command.Doubt(id(0), List.of(block(0, 9), block(0, 8))), LATER);
        steps.done(new Command.BeginRelease(id(0), List.of(block(0, 7))), LATER);
        steps.done(new Command.BeginAssign(id(0), BlockKind.ADDRESS, 5), LATER);
        steps.done(
                new Command.BeginCreate("token", TEMPLATE, 7, BlockKind.ADDRESS, 6, START), LATER);

        assertThat(steps.ledger.counts(LATER)).isEqualTo(new Counts(2, 1, 4, 0, 11, 1, 2, 0));
        assertThat(steps.ledger.counts(LATER).total()).isEqualTo(7);
    }

    @Test
    void whatArrivesIsCountedInAddresses() {
        steps.done(
                new Command.BeginCreate("token", TEMPLATE, 7, BlockKind.PREFIX, 2, START), START);

        assertThat(steps.ledger.counts(START).arriving()).isEqualTo(32);
    }

    @Test
    void onASuspendedInterfaceNothingArrivesForPods() {
        steps.add(1, 1, START);
        steps.done(new Command.BeginAssign(id(1), BlockKind.ADDRESS, 5), START);

        steps.done(new Command.Suspend(id(1)), START);

        assertThat(steps.ledger.counts(START).arriving()).isZero();
    }

    /** Also where EC2 shows it no more, it was never for pods. */
    @Test
    void whatAnUnmanagedInterfaceHasIsNotCounted() {
        var facts = facts(1, InterfaceRole.UNMANAGED);
        steps.done(new Command.AddInterface(facts, blocks(1, 2), null), START);
        steps.done(new Command.Doubt(id(1), blocks(1, 1)), START);

        assertThat(steps.ledger.counts(START)).isEqualTo(new Counts(0, 0, 0, 0, 0, 0, 0, 0));
    }

    @Test
    void thereIsAFreeAddressUntilItIsGrantedAndAfterItsRest() {
        assertThat(steps.ledger.hasFreeAddress(START)).isFalse();
        steps.add(0, 1, START);
        assertThat(steps.ledger.hasFreeAddress(START)).isTrue();
        steps.grant(1, START);
        assertThat(steps.ledger.hasFreeAddress(LATER)).isFalse();
        steps.release(1, LATER);
        assertThat(steps.ledger.hasFreeAddress(LATER.plusSeconds(30))).isFalse();
        assertThat(steps.ledger.hasFreeAddress(LATER.plusSeconds(31))).isTrue();
    }

    @Test
    void interfacesAreInTheOrderOfTheirCardsAndDevices() {
        for (InterfaceFacts facts :
                List.of(
                        facts(3, 1, 0, InterfaceRole.SECONDARY),
                        facts(2),
                        facts(1, 0, 2, InterfaceRole.SECONDARY))) {
            steps.done(new Command.AddInterface(facts, List.of(), null), START);
        }

        assertThat(steps.ledger.interfaces())
                .extracting(HeldInterface::id)
                .containsExactly(id(1), id(2), id(3));
    }

    @Test
    void anInterfaceKnowsNothingOfOthersAddresses() {
        steps.add(0, 1, START);

        assertThat(steps.held(0).use(address(1, 0))).isNull();
        assertThatThrownBy(() -> steps.held(0).with(address(1, 0), AddressUse.Idle.NEVER_USED))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is not on eni-000");
        assertThat(steps.held(0).saved()).isSameAs(steps.held(0).saved());
    }

    @Test
    void ofASuspendedInterfaceOnlyWhatIsUsedCounts() {
        steps.add(1, 5, START);
        steps.grant(1, START);
        steps.grant(2, START);
        steps.grant(3, START);
        steps.release(3, LATER);

        steps.done(new Command.Suspend(id(1)), LATER);

        assertThat(steps.ledger.counts(LATER)).isEqualTo(new Counts(0, 0, 0, 0, 0, 0, 0, 3));
    }

    @Test
    void ofAnInterfaceThatLeavesAllAddressesLeave() {
        steps.add(0, 2, START);
        steps.add(1, 5, START);
        steps.done(new Command.BeginRelease(id(0), blocks(0, 1)), LATER);

        steps.done(new Command.BeginRemoval(id(1)), LATER);

        assertThat(steps.ledger.counts(LATER)).isEqualTo(new Counts(0, 0, 1, 0, 0, 6, 0, 0));
    }

    @Test
    void ofAnInterfaceThatServesNobodyNothingCounts() {
        steps.done(
                new Command.AddInterface(facts(2, InterfaceRole.UNMANAGED), blocks(2, 3), null),
                START);

        assertThat(steps.ledger.counts(LATER)).isEqualTo(new Counts(0, 0, 0, 0, 0, 0, 0, 0));
        assertThat(steps.apply(new Command.Assign(key(1), pod(1)), LATER))
                .isEqualTo(new Outcome.NoAddress());
    }

    @Test
    void whatHasLeftDoesNotCount() {
        steps.add(0, 3, START);
        steps.done(new Command.BeginRelease(id(0), blocks(0, 1)), LATER);
        steps.done(new Command.ConfirmReleased(id(0), blocks(0, 1)), LATER);
        steps.done(new Command.Hold(address(9, 0)), LATER);

        assertThat(steps.ledger.counts(LATER)).isEqualTo(new Counts(0, 0, 2, 0, 0, 0, 0, 1));
    }

    @Test
    void saysWhenTheFirstAddressHasCooledDown() {
        steps.add(0, 3, START);
        steps.add(1, 1, START);
        assertThat(steps.ledger.nextCoolingEnd(START)).isNull();
        for (int n = 0; n < 4; n++) {
            steps.grant(n, START);
        }
        steps.release(1, LATER.plusSeconds(1));
        steps.release(0, LATER.plusSeconds(2));
        steps.release(2, LATER.plusSeconds(3));

        Instant now = LATER.plusSeconds(5);
        assertThat(steps.ledger.nextCoolingEnd(now)).isEqualTo(LATER.plusSeconds(31).plusNanos(1));
        assertThat(steps.ledger.nextCoolingEnd(LATER.plusSeconds(32)))
                .isEqualTo(LATER.plusSeconds(32).plusNanos(1));
        assertThat(steps.ledger.nextCoolingEnd(LATER.plusSeconds(34))).isNull();
    }

    @Test
    void listsTheHeldInOrderWhereverTheyLie() {
        steps.add(0, 2, START);
        steps.add(2, 2, START);
        steps.done(new Command.Hold(address(2, 1)), START);
        steps.done(new Command.Hold(address(1, 0)), START);
        steps.done(new Command.Hold(address(0, 1)), START);
        steps.grant(1, START);
        steps.done(new Command.Suspend(id(0)), START);

        assertThat(steps.ledger.held())
                .containsExactly(address(0, 1), address(1, 0), address(2, 1));
        steps.done(new Command.Unhold(address(1, 0)), START);
        assertThat(steps.ledger.held()).containsExactly(address(0, 1), address(2, 1));
        steps.done(new Command.Unhold(address(0, 0)), START);
        assertThat(steps.held(0).inUse() + steps.held(2).inUse()).isEqualTo(3);
    }

    @Test
    void thereIsALimitToWhatIsHeldWithoutAnInterface() {
        Ledger.Restored full =
                Ledger.restore(
                        new Checkpoint(
                                List.of(),
                                cooling(Ledger.UNPLACED_MAX),
                                List.of(),
                                List.of(),
                                Checkpoint.Departed.NOTHING),
                        Steps.COOLDOWN,
                        BlockKind.ADDRESS,
                        START);
        steps.ledger = full.ledger();

        steps.refused(new Command.Hold(Ipv4Address.parse("10.9.0.0")), START, "");
        assertThat(steps.ledger.apply(new Command.Hold(address(0, 0)), START).outcome())
                .as("one of them")
                .isEqualTo(new Outcome.Done());
    }

    @Test
    void theFreeAreListedLongestIdleFirst() {
        steps.add(0, 3, START);
        for (int n = 0; n < 3; n++) {
            steps.grant(n, START);
        }
        steps.release(2, START.plusSeconds(1));
        steps.release(0, START.plusSeconds(2));
        steps.release(1, START.plusSeconds(3));

        assertThat(steps.held(0).free(BlockKind.ADDRESS, LATER, Steps.COOLDOWN))
                .containsExactly(block(0, 2), block(0, 0), block(0, 1));
    }

    @Test
    void anAddressThatNobodyHadDoesNotCoolDownEvenAtTheBeginningOfTime() {
        assertThat(Block.cools(Instant.EPOCH, Instant.EPOCH.plusSeconds(1), Duration.ofDays(1)))
                .isFalse();
    }

    @Test
    void aCooldownIsNotNegative() {
        assertThatThrownBy(() -> Ledger.empty(Duration.ofNanos(-1), BlockKind.ADDRESS))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void saysItself() {
        steps.add(0, 1, START);

        assertThat(steps.ledger).asString().contains("eni-000 SERVING", address(0, 0).toString());
    }

    @Test
    void theTableOfTheFirstDeviceIsMain() {
        assertThat(facts(0).table()).isEqualTo(254);
        assertThat(facts(1).table()).isEqualTo(2);
        assertThat(InterfaceRole.EFA.extendable()).isTrue();
        assertThat(InterfaceRole.TRUNK.extendable()).isFalse();
    }

    private static List<Checkpoint.Cooling> cooling(int count) {
        return addresses(0, count).stream().map(a -> new Checkpoint.Cooling(a, START)).toList();
    }
}
