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
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.model.BlockKind;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What a checkpoint that contradicts itself, or that is old, makes of a ledger. */
class CheckpointRestorationTest {

    private static final Instant NOW = START.plusSeconds(1_000);
    private static final Instant LONG_AGO = START;

    private final List<Checkpoint.Interface> interfaces = new ArrayList<>();
    private final List<Checkpoint.Intent> intents = new ArrayList<>();
    private final List<Checkpoint.Grant> grants = new ArrayList<>();
    private final List<Checkpoint.Cooling> cooling = new ArrayList<>();
    private final List<Checkpoint.DepartedBlock> gone = new ArrayList<>();
    private final List<Checkpoint.DepartedInterface> departed = new ArrayList<>();

    @Test
    void anInterfaceListedTwiceIsOneTooMany() {
        list(0, 1);
        list(0, 2);

        Ledger.Restored restored = restore();

        assertThat(restored.problems()).containsExactly("interface eni-000 is one too many");
        assertThat(held(restored, 0).size()).isEqualTo(1);
    }

    @Test
    void thereAreNoMoreInterfacesThanThereCanBe() {
        for (int n = 0; n <= Ledger.INTERFACES_MAX; n++) {
            list(n, 0);
        }

        Ledger.Restored restored = restore();

        assertThat(restored.problems()).containsExactly("interface eni-256 is one too many");
        assertThat(restored.ledger().interfaces()).hasSize(Ledger.INTERFACES_MAX);
    }

    @Test
    void anAddressListedTwiceOrThatIsThePrimaryOneIsOneTooMany() {
        list(0, blocks(0, 2));
        list(1, List.of(block(0, 1), block(1, -1), block(1, 0)));

        Ledger.Restored restored = restore();

        assertThat(restored.problems())
                .containsExactly(
                        address(0, 1) + " on eni-001 is one too many",
                        address(1, -1) + " on eni-001 is one too many");
        assertThat(held(restored, 1).size()).isEqualTo(1);
    }

    @Test
    void anInterfaceHasNoMoreAddressesThanEc2Gives() {
        list(0, blocks(3, 257));
        intents.add(new Checkpoint.Intent.Release(id(0), List.of(block(9, 0)), NOW));

        Ledger.Restored restored = restore();

        assertThat(restored.problems()).hasSize(2).allMatch(line -> line.contains("one too many"));
        assertThat(held(restored, 0).size()).isEqualTo(256);
    }

    @Test
    void aBlockOfNoKindThatEc2GivesIsOneTooMany() {
        list(0, List.of(Cidr.parse("10.9.0.0/24"), block(0, 0)));

        Ledger.Restored restored = restore();

        assertThat(restored.problems()).containsExactly("10.9.0.0/24 on eni-000 is one too many");
        assertThat(held(restored, 0).size()).isEqualTo(1);
    }

    /** A file that another wrote may say both. */
    @Test
    void whatIsListedAndOnItsWayBackLeaves() {
        list(0, 2);
        intents.add(new Checkpoint.Intent.Release(id(0), List.of(block(0, 1)), START));

        Ledger.Restored restored = restore();

        assertThat(restored.problems()).isEmpty();
        assertThat(held(restored, 0).leavingBlocks()).containsExactly(block(0, 1));
    }

    @Test
    void whatWasGivenBackAndIsInUseStaysAndThatIsSaid() {
        list(0, 1);
        intents.add(new Checkpoint.Intent.Release(id(0), List.of(block(0, 0)), START));
        grants.add(new Checkpoint.Grant(address(0, 0), key(1), pod(1), START));

        Ledger.Restored restored = restore();

        assertThat(restored.problems())
                .containsExactly(
                        address(0, 0)
                                + " was being given back, and "
                                + address(0, 0)
                                + " is in use");
        assertThat(held(restored, 0).leaving()).isZero();
    }

    @Test
    void asManyMayBeOnTheirWayAsAnInterfaceHolds() {
        list(0, 0);
        list(1, 0);
        list(2, 0);
        int n = 0;
        for (int count : List.of(Ledger.INTERFACE_BLOCKS_MAX, Ledger.INTERFACE_BLOCKS_MAX + 1, 0)) {
            intents.add(new Checkpoint.Intent.Assign(id(n++), BlockKind.ADDRESS, count, START));
        }

        Ledger.Restored restored = restore();

        assertThat(restored.ledger().interfaces())
                .extracting(held -> held.arriving().count())
                .containsExactly(Ledger.INTERFACE_BLOCKS_MAX, 0, 0);
    }

    /** The clock was set back while the daemon was away. */
    @Test
    void whatRestsWithoutAnInterfaceDoesNotRestFromTheFutureOn() {
        cooling.add(new Checkpoint.Cooling(address(9, 0), NOW.plusSeconds(500)));

        assertThat(restore().ledger().use(address(9, 0))).isEqualTo(new AddressUse.Idle(NOW));
    }

    @Test
    void whatWasSuspendedOrOnItsWayIsSoAgain() {
        list(0, 2);
        interfaces.set(0, suspended(interfaces.getFirst()));
        list(1, 2);
        list(2, 1);
        intents.add(new Checkpoint.Intent.Remove(id(1), START));
        intents.add(new Checkpoint.Intent.Assign(id(2), BlockKind.PREFIX, 256, START));
        intents.add(new Checkpoint.Intent.Release(id(2), List.of(block(2, 5)), START));
        intents.add(
                new Checkpoint.Intent.Create(
                        "token", TEMPLATE, 3, BlockKind.ADDRESS, 1, START, null, START));

        Ledger.Restored restored = restore();

        assertThat(restored.problems()).isEmpty();
        assertThat(held(restored, 0).stage()).isEqualTo(InterfaceStage.SUSPENDED);
        assertThat(held(restored, 0).grown()).isEqualTo(START);
        assertThat(held(restored, 1).stage()).isEqualTo(InterfaceStage.LEAVING);
        assertThat(held(restored, 2).arriving())
                .isEqualTo(new HeldInterface.Arriving(BlockKind.PREFIX, 256, START));
        assertThat(held(restored, 2).leavingBlocks()).containsExactly(block(2, 5));
        assertThat(restored.ledger().checkpoint().intents())
                .hasSize(4)
                .contains(new Checkpoint.Intent.Remove(id(1), START));
    }

    @Test
    void whatWasOnItsWayOfNoInterfaceIsSaid() {
        intents.add(new Checkpoint.Intent.Remove(id(1), START));
        intents.add(new Checkpoint.Intent.Assign(id(2), BlockKind.ADDRESS, 3, START));
        intents.add(new Checkpoint.Intent.Release(id(3), blocks(3, 1), START));

        assertThat(restore().problems())
                .containsExactly(
                        "interface eni-001 was being removed, and is not listed",
                        "interface eni-002 was being given addresses, and is not listed",
                        "interface eni-003 was being relieved of addresses, and is not listed");
    }

    @Test
    void senselessNumbersAreLeftOut() {
        list(0, 1);
        list(1, 1);
        intents.add(new Checkpoint.Intent.Assign(id(0), BlockKind.ADDRESS, 0, START));
        intents.add(new Checkpoint.Intent.Assign(id(1), BlockKind.ADDRESS, 257, START));
        intents.add(new Checkpoint.Intent.Assign(id(0), BlockKind.ADDRESS, -1, START));

        Ledger.Restored restored = restore();

        assertThat(held(restored, 0).arriving().count()).isZero();
        assertThat(held(restored, 1).arriving().count()).isZero();
    }

    @Test
    void anAddressDoesNotLeaveAnInterfaceThatItIsNotOn() {
        list(0, 1);
        list(1, 1);
        intents.add(
                new Checkpoint.Intent.Release(
                        id(0), List.of(block(1, 0), block(0, 0), block(0, 7)), START));

        Ledger.Restored restored = restore();

        assertThat(restored.problems())
                .containsExactly(address(1, 0) + " on eni-000 is one too many");
        assertThat(held(restored, 0).leavingBlocks()).containsExactly(block(0, 0), block(0, 7));
    }

    @Test
    void anInterfaceWithAPodOnItIsNotOnItsWayOut() {
        list(1, 2);
        intents.add(new Checkpoint.Intent.Remove(id(1), START));
        grant(1, address(1, 0));

        Ledger.Restored restored = restore();

        assertThat(restored.problems())
                .containsExactly(
                        "eni-001 was being removed, and " + address(1, 0) + " is in use on it");
        assertThat(held(restored, 1).stage()).isEqualTo(InterfaceStage.SUSPENDED);
        assertThat(restored.ledger().checkpoint().intents()).isEmpty();
    }

    @Test
    void whoHasAnAddressTwiceHasTheFirstAndTheSecondIsHeld() {
        list(0, 3);
        grant(1, address(0, 0));
        grant(2, address(0, 0));
        grant(1, address(0, 1));

        Ledger.Restored restored = restore();

        assertThat(restored.problems()).hasSize(2);
        assertThat(Objects.requireNonNull(restored.ledger().grant(key(1))).address())
                .isEqualTo(address(0, 0));
        assertThat(restored.ledger().grant(key(2))).isNull();
        assertThat(restored.ledger().held()).containsExactly(address(0, 1));
    }

    @Test
    void whatHasLeftIsRememberedUnlessItIsBackOrLongGone() {
        list(0, 2);
        gone.add(new Checkpoint.DepartedBlock(block(0, 0), NOW));
        gone.add(new Checkpoint.DepartedBlock(block(0, 7), NOW));
        gone.add(new Checkpoint.DepartedBlock(block(0, 8), LONG_AGO));
        departed.add(new Checkpoint.DepartedInterface(id(0), NOW));
        departed.add(new Checkpoint.DepartedInterface(id(1), NOW));
        departed.add(new Checkpoint.DepartedInterface(id(2), LONG_AGO));

        Ledger ledger = restore().ledger();

        assertThat(ledger.departedBlockMap().keys()).containsExactly(block(0, 7));
        assertThat(ledger.hasLeft(id(0), NOW)).isFalse();
        assertThat(ledger.hasLeft(id(1), NOW)).isTrue();
        assertThat(ledger.departedMap().size()).isEqualTo(1);
    }

    @Test
    void whatCoolsDownDoesSoUnlessItIsUsedOrHasCooledDown() {
        list(0, 3);
        grant(1, address(0, 0));
        cooling.add(new Checkpoint.Cooling(address(0, 0), NOW));
        cooling.add(new Checkpoint.Cooling(address(0, 1), NOW));
        cooling.add(new Checkpoint.Cooling(address(5, 1), NOW));
        cooling.add(new Checkpoint.Cooling(address(5, 2), LONG_AGO));

        Ledger ledger = restore().ledger();

        assertThat(ledger.use(address(0, 0))).isInstanceOf(AddressUse.Assigned.class);
        assertThat(ledger.use(address(0, 1))).isEqualTo(new AddressUse.Idle(NOW));
        assertThat(ledger.unplaced()).containsOnlyKeys(address(5, 1));
    }

    @Test
    void nothingIsLaterThanNow() {
        Instant tomorrow = NOW.plusSeconds(86_400);
        list(0, 2);
        interfaces.set(0, since(interfaces.getFirst(), tomorrow));
        grants.add(new Checkpoint.Grant(address(0, 0), key(1), pod(1), tomorrow));
        gone.add(new Checkpoint.DepartedBlock(block(0, 7), tomorrow));
        departed.add(new Checkpoint.DepartedInterface(id(1), tomorrow));
        intents.add(new Checkpoint.Intent.Assign(id(0), BlockKind.ADDRESS, 1, tomorrow));

        Ledger.Restored restored = restore();

        Ledger ledger = restored.ledger();
        assertThat(held(restored, 0).since()).isEqualTo(NOW);
        assertThat(held(restored, 0).grown()).isEqualTo(NOW);
        assertThat(held(restored, 0).arriving().since()).isEqualTo(NOW);
        assertThat(Objects.requireNonNull(ledger.grant(key(1))).since()).isEqualTo(NOW);
        assertThat(ledger.departedBlockMap().get(block(0, 7))).isEqualTo(NOW);
        assertThat(ledger.departedMap().get(id(1))).isEqualTo(NOW);
    }

    private void grant(int n, IpAddress address) {
        grants.add(new Checkpoint.Grant(address, key(n), pod(n), START));
    }

    private void list(int n, int count) {
        list(n, blocks(n, count));
    }

    private void list(int n, List<Cidr> blocks) {
        interfaces.add(new Checkpoint.Interface(facts(n), blocks, List.of(), false, START));
    }

    private static Checkpoint.Interface suspended(Checkpoint.Interface one) {
        return copy(one, true, one.since());
    }

    private static Checkpoint.Interface since(Checkpoint.Interface one, Instant since) {
        return copy(one, one.suspended(), since);
    }

    private static Checkpoint.Interface copy(
            Checkpoint.Interface one, boolean suspended, Instant since) {
        return new Checkpoint.Interface(one.facts(), one.blocks(), one.doubted(), suspended, since);
    }

    private Ledger.Restored restore() {
        Ledger.Restored restored =
                Ledger.restore(
                        new Checkpoint(
                                grants,
                                cooling,
                                intents,
                                interfaces,
                                new Checkpoint.Departed(gone, departed)),
                        Steps.COOLDOWN,
                        BlockKind.ADDRESS,
                        NOW);
        assertThat(LedgerInvariants.violations(restored.ledger())).isEmpty();
        return restored;
    }

    private static HeldInterface held(Ledger.Restored restored, int n) {
        return Objects.requireNonNull(restored.ledger().find(id(n)));
    }
}
