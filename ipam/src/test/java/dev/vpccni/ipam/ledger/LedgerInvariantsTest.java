package dev.vpccni.ipam.ledger;

import static dev.vpccni.ipam.world.Nouns.START;
import static dev.vpccni.ipam.world.Nouns.address;
import static dev.vpccni.ipam.world.Nouns.block;
import static dev.vpccni.ipam.world.Nouns.blocks;
import static dev.vpccni.ipam.world.Nouns.facts;
import static dev.vpccni.ipam.world.Nouns.id;
import static dev.vpccni.ipam.world.Nouns.key;
import static dev.vpccni.ipam.world.Nouns.pod;
import static dev.vpccni.ipam.world.Nouns.prefix;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.model.BlockKind;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.collection.OrderedMap;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Ledgers that no command makes: what is wrong with them is said. */
class LedgerInvariantsTest {

    private static final Instant NOW = START.plusSeconds(1_000);

    private final Steps steps = new Steps();

    @BeforeEach
    void twoInterfaces() {
        steps.add(0, 3, START);
        steps.add(1, 3, START);
    }

    @Test
    void anAddressOnTwoInterfaces() {
        Block twice = Block.of(block(0, 0)).with(address(0, 0), idle());

        assertThat(
                        broken(draft -> {
                            draft.put(steps.held(0).with(twice));
                            draft.put(steps.held(1).with(twice));
                        }))
                .contains(
                        address(0, 0) + " lies on two interfaces",
                        "10.0.0.1/32 is not found on eni-001");
    }

    @Test
    void aBlockOnTwoInterfaces() {
        assertThat(broken(draft -> draft.put(steps.held(1).with(Block.of(block(0, 0))))))
                .contains(
                        "10.0.0.1/32 lies on two interfaces",
                        "10.0.0.1/32 is not found on eni-001");
    }

    @Test
    void aBlockInAnother() {
        assertThat(broken(draft -> draft.place(steps.held(1), prefix(1, 0)))).isEmpty();

        assertThat(
                        broken(draft -> {
                            HeldInterface held = draft.place(steps.held(1), prefix(1, 0));
                            draft.place(held, prefix(1, 0).network().plus(3).only());
                        }))
                .containsExactly("10.16.1.3/32 lies in 10.16.1.0/28");
    }

    @Test
    void aBlockWithThePrimaryAddress() {
        assertThat(broken(draft -> draft.place(steps.held(1), block(1, -1))))
                .containsExactly("10.0.1.0/32 has the primary address of eni-001");
    }

    @Test
    void anAddressOutsideOfItsBlock() {
        assertThat(
                        broken(draft -> {
                            Block odd = Block.of(block(1, 0)).with(address(1, 9), idle());
                            draft.put(steps.held(1).with(odd));
                        }))
                .contains(address(1, 9) + " lies outside of 10.0.1.1/32");
    }

    @Test
    void anAddressThatIsUnplacedAndLiesInAPrefix() {
        assertThat(
                        broken(draft -> {
                            draft.place(steps.held(1), prefix(1, 0));
                            draft.unplaced =
                                    draft.unplaced.put(prefix(1, 0).network().plus(3), idle());
                        }))
                .containsExactly("10.16.1.3 is both placed and unplaced");
    }

    @Test
    void aBlockThatLeavesInUse() {
        steps.grant(1, START);

        assertThat(broken(draft -> draft.put(steps.held(0).with(leaving(0, 0)))))
                .containsExactly("10.0.0.1/32 is leaving with 1 addresses in use");
    }

    @Test
    void aBlockThatBeginsToLeaveWithACoolingAddress() {
        steps.grant(1, START);
        steps.release(1, NOW);
        Ledger cooling = steps.ledger;
        Ledger after = change(draft -> draft.put(steps.held(0).with(leaving(0, 0))), -1);

        assertThat(LedgerInvariants.violations(cooling, after, NOW.plusSeconds(29)))
                .singleElement()
                .asString()
                .startsWith("10.0.0.1/32 is being given back with " + address(0, 0) + " Idle");
        assertThat(LedgerInvariants.violations(cooling, after, NOW.plusSeconds(30))).isEmpty();
        assertThat(LedgerInvariants.violations(after, after, NOW))
                .as("it leaves already")
                .isEmpty();
    }

    @Test
    void anAddressThatIsNotFound() {
        assertThat(broken(draft -> draft.homes = draft.homes.remove(block(0, 0))))
                .containsExactly("10.0.0.1/32 is not found on eni-000", "5 homes for 6 blocks");
    }

    @Test
    void aHomeOfNothing() {
        assertThat(broken(draft -> draft.homes = draft.homes.put(block(9, 9), id(0))))
                .containsExactly("7 homes for 6 blocks");
    }

    @Test
    void anOwnerThatIsNotFound() {
        assertThat(broken(draft -> draft.put(with(0, address(0, 0), assigned(1)))))
                .containsExactly(
                        key(1) + " does not find its address " + address(0, 0),
                        "0 keys for 1 owners");
    }

    @Test
    void aKeyOfNothing() {
        assertThat(broken(draft -> draft.addresses = draft.addresses.put(key(1), address(0, 0))))
                .containsExactly("1 keys for 0 owners");
    }

    @Test
    void anOwnerOfTwo() {
        steps.grant(1, START);

        assertThat(broken(draft -> draft.put(with(1, address(1, 0), assigned(1)))))
                .containsExactly(
                        key(1) + " has both " + address(0, 0) + " and " + address(1, 0),
                        key(1) + " does not find its address " + address(1, 0));
    }

    @Test
    void anUnplacedOwnerThatIsNotFound() {
        assertThat(broken(draft -> draft.unplaced = draft.unplaced.put(address(9, 0), assigned(1))))
                .contains(key(1) + " does not find its address " + address(9, 0));
    }

    @Test
    void anAddressBothPlacedAndUnplaced() {
        assertThat(broken(draft -> draft.unplaced = draft.unplaced.put(address(0, 0), idle())))
                .containsExactly(address(0, 0) + " is both placed and unplaced");
    }

    @Test
    void anInterfaceThatLeavesInUse() {
        steps.grant(1, START);

        assertThat(broken(draft -> draft.put(steps.held(0).withStage(InterfaceStage.LEAVING))))
                .containsExactly("eni-000 is leaving with 1 addresses in use");
    }

    @Test
    void aListThatLacksAnInterface() {
        assertThat(broken(draft -> draft.assignable = draft.assignable.without(steps.held(0))))
                .containsExactly(
                        "eni-000 is not listed as it should be", "1 assignable interfaces, not 2");
    }

    @Test
    void aListWithAnInterfaceThatServesNobody() {
        AssignableInterfaces with = steps.ledger.assignable();

        assertThat(
                        broken(draft -> {
                            draft.put(steps.held(0).withStage(InterfaceStage.SUSPENDED));
                            draft.assignable = with;
                        }))
                .containsExactly(
                        "eni-000 is not listed as it should be", "2 assignable interfaces, not 1");
    }

    @Test
    void anInterfaceOfSomebodyElseNeedNotBeListed() {
        var facts = facts(2, InterfaceRole.UNMANAGED).withUsable(true);

        steps.done(new Command.AddInterface(facts, blocks(2, 1), null), START);

        assertThat(LedgerInvariants.violations(steps.ledger)).isEmpty();
    }

    @Test
    void tooManyAddresses() {
        assertThat(
                        broken(draft -> {
                            HeldInterface held = steps.held(1);
                            for (int i = 3; i < 257; i++) {
                                held = draft.place(held, block(1, i));
                            }
                        }))
                .containsExactly("eni-001 has 257 blocks");
    }

    @Test
    void anAddressThatWasTakenFromItsPod() {
        steps.grant(1, START);
        Ledger before = steps.ledger;
        Ledger after = change(_ -> {}, 0);

        assertThat(LedgerInvariants.violations(before, after, NOW))
                .singleElement()
                .asString()
                .startsWith(address(0, 0) + " was Assigned");
    }

    @Test
    void anAddressThatWasTakenFromAPodThatNobodyKnows() {
        steps.done(new Command.Hold(address(0, 0)), START);
        Ledger before = steps.ledger;

        assertThat(LedgerInvariants.violations(before, change(_ -> {}, 0), NOW))
                .singleElement()
                .asString()
                .startsWith(address(0, 0) + " was Held");
    }

    @Test
    void anAddressWithoutAnInterfaceThatWasTakenFromItsPod() {
        steps.done(new Command.Hold(address(9, 0)), START);
        Ledger before = steps.ledger;
        Ledger after = change(draft -> draft.unplaced = draft.unplaced.remove(address(9, 0)), -1);

        assertThat(LedgerInvariants.violations(before, after, NOW))
                .containsExactly(
                        address(9, 0)
                                + " was "
                                + new AddressUse.Held(START)
                                + ", and is null at "
                                + NOW);
    }

    @Test
    void aPodsAddressMayBeginToCoolDownAtTheStep() {
        steps.grant(1, START);
        Ledger before = steps.ledger;
        steps.release(1, NOW);

        assertThat(LedgerInvariants.violations(before, steps.ledger, NOW)).isEmpty();
        assertThat(LedgerInvariants.violations(before, steps.ledger, NOW.minusSeconds(9), NOW))
                .isEmpty();
        assertThat(LedgerInvariants.violations(before, steps.ledger, NOW.plusSeconds(1), NOW))
                .as("it began before")
                .hasSize(1);
    }

    @Test
    void aCoolingAddressThatWasGrantedGivenBackOrForgotten() {
        steps.grant(1, START);
        steps.release(1, NOW);
        Ledger cooling = steps.ledger;

        for (AddressUse use : List.of(assigned(2), new AddressUse.Idle(START))) {
            Ledger after = change(draft -> draft.put(with(0, address(0, 0), use)), -1);
            assertThat(LedgerInvariants.violations(cooling, after, NOW.plusSeconds(29)))
                    .as("%s", use)
                    .anyMatch(line -> line.startsWith(address(0, 0) + " was Idle"));
            assertThat(LedgerInvariants.violations(cooling, after, NOW.plusSeconds(30)))
                    .as("%s after its rest", use)
                    .noneMatch(line -> line.startsWith(address(0, 0) + " was Idle"));
        }
        for (AddressUse use :
                List.of(
                        new AddressUse.Held(NOW),
                        new AddressUse.Idle(NOW.plusSeconds(29)),
                        new AddressUse.Idle(NOW))) {
            Ledger after = change(draft -> draft.put(with(0, address(0, 0), use)), -1);
            assertThat(LedgerInvariants.violations(cooling, after, NOW.plusSeconds(29)))
                    .as("%s", use)
                    .isEmpty();
        }
    }

    @Test
    void whatIsNobodysMayBecomeAnything() {
        steps.done(new Command.BeginRelease(id(0), blocks(0, 1)), NOW);
        steps.done(new Command.Doubt(id(0), List.of(block(0, 1))), NOW);
        Ledger before = steps.ledger;
        Ledger after =
                change(
                        draft -> {
                            draft.put(with(0, address(0, 0), idle()).with(address(0, 1), idle()));
                        },
                        -1);

        assertThat(LedgerInvariants.violations(before, after, NOW)).isEmpty();
    }

    @Test
    void anInterfaceIsNotRemovedThatMustStay() {
        assertThat(removing(0, NOW)).containsExactly("eni-000 is being removed, and is PRIMARY");
        assertThat(removing(1, START.plusSeconds(59)))
                .containsExactly("eni-001 is being removed, and joined at " + START);
        assertThat(removing(1, START.plusSeconds(60))).isEmpty();
    }

    @Test
    void anInterfaceIsNotRemovedWhileItGrowsOrCools() {
        steps.done(new Command.BeginAssign(id(1), BlockKind.ADDRESS, 1), START);
        assertThat(removing(1, NOW))
                .containsExactly("eni-001 is being removed, and addresses arrive on it");
        steps.done(new Command.EndAssign(id(1), 1), START);
        steps.done(new Command.Hold(address(1, 0)), START);
        steps.done(new Command.Unhold(address(1, 0)), NOW);

        assertThat(removing(1, NOW))
                .singleElement()
                .asString()
                .startsWith("eni-001 is being removed with " + address(1, 0) + " Idle");
        assertThat(removing(1, NOW.plusSeconds(30))).isEmpty();
    }

    @Test
    void whatLeavesAlreadyIsNotRemovedAgain() {
        steps.done(new Command.BeginRemoval(id(1)), NOW);
        Ledger leaving = steps.ledger;

        assertThat(LedgerInvariants.violations(leaving, leaving, START)).isEmpty();
        steps.done(new Command.ConfirmRemoved(id(1)), NOW);
        assertThat(LedgerInvariants.violations(leaving, steps.ledger, NOW)).isEmpty();
    }

    private List<String> removing(int n, Instant now) {
        Ledger after =
                change(draft -> draft.put(steps.held(n).withStage(InterfaceStage.LEAVING)), -1);
        return LedgerInvariants.violations(steps.ledger, after, now);
    }

    private List<String> broken(Consumer<Draft> change) {
        return LedgerInvariants.violations(change(change, -1));
    }

    /** Returns the ledger changed, with all its pods gone from device {@code emptied}, if any. */
    private Ledger change(Consumer<Draft> change, int emptied) {
        var draft = new Draft(steps.ledger, NOW);
        change.accept(draft);
        if (emptied >= 0) {
            draft.put(with(emptied, address(emptied, 0), idle()));
            draft.addresses = OrderedMap.empty();
        }
        return new Ledger(draft);
    }

    private HeldInterface with(int n, IpAddress address, AddressUse use) {
        return steps.held(n).with(address, use);
    }

    private Block leaving(int n, int i) {
        return Objects.requireNonNull(steps.held(n).find(block(n, i)))
                .withStage(BlockStage.LEAVING);
    }

    private static AddressUse idle() {
        return AddressUse.Idle.NEVER_USED;
    }

    private static AddressUse assigned(int n) {
        return new AddressUse.Assigned(key(n), pod(n), START);
    }
}
