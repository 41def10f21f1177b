package dev.vpccni.ipam.scale;

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

import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.InterfaceRole;
import dev.vpccni.ipam.ledger.Ledger;
import dev.vpccni.ipam.ledger.Outcome;
import dev.vpccni.ipam.policy.Demand;
import dev.vpccni.ipam.policy.PoolDecision;
import dev.vpccni.ipam.policy.WarmTarget;
import dev.vpccni.ipam.world.World;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.IpAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is given back, of what, and when. */
class ShrinkageTest {

    private static final WarmTarget SINGLE = new WarmTarget.Addresses(1, 0);
    private static final WarmTarget WHOLE = new WarmTarget.Interfaces(0, 9);
    private static final Instant OLD = START.plusSeconds(3_600);

    private Ledger ledger = Ledger.empty(Duration.ofSeconds(30), BlockKind.ADDRESS);

    @Test
    void theEmptiestInterfaceGoesFirstAndOfSeveralTheLatest() {
        add(0, 2);
        add(1, 3);
        add(2, 3);
        add(3, 3);
        hold(1, 0);

        assertThat(plan(WHOLE, 3).actions()).containsExactly(new Action.RemoveInterface(id(3)));
        assertThat(plan(WHOLE, 6).actions())
                .containsExactly(
                        new Action.RemoveInterface(id(3)), new Action.RemoveInterface(id(2)));
        assertThat(plan(WHOLE, 5).actions()).hasSize(1);
        assertThat(plan(WHOLE, 2).actions()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(value = InterfaceRole.class, mode = EnumSource.Mode.EXCLUDE, names = "SECONDARY")
    void onlyASecondaryInterfaceIsLetGo(InterfaceRole role) {
        apply(new Command.AddInterface(facts(1, role), blocks(1, 3), null), START);

        assertThat(plan(WHOLE, 9).actions()).isEmpty();
        assertThat(ledger.apply(new Command.BeginRemoval(id(1)), OLD).outcome())
                .isEqualTo(new Outcome.Refused("eni-001 is " + role));
    }

    @Test
    void anInterfaceThatServesNobodyNowIsLeftAlone() {
        add(1, 3);
        apply(new Command.Suspend(id(1)), START);

        assertThat(plan(WHOLE, 9).actions()).isEmpty();
        assertThat(plan(SINGLE, 9).actions()).isEmpty();
    }

    @Test
    void noAddressOfAnUnmanagedInterfaceIsGivenBack() {
        apply(
                new Command.AddInterface(facts(1, InterfaceRole.UNMANAGED), blocks(1, 3), null),
                START);

        assertThat(plan(SINGLE, 9).actions()).isEmpty();
    }

    @Test
    void whatLeavesOrIsDoubtedOnAnInterfaceGoesWithIt() {
        add(1, 5);
        apply(new Command.BeginRelease(id(1), blocks(1, 1)), START);
        apply(new Command.Doubt(id(1), List.of(block(1, 1))), START);

        assertThat(plan(WHOLE, 3).actions()).containsExactly(new Action.RemoveInterface(id(1)));
        assertThat(plan(WHOLE, 2).actions()).isEmpty();
    }

    @Test
    void anInterfaceThatIsTooYoungGoesAsAWholeWhenItIsOldEnough() {
        add(0, 5);
        apply(new Command.AddInterface(facts(1), blocks(1, 3), null), OLD.minusSeconds(20));
        apply(new Command.AddInterface(facts(2), blocks(2, 3), null), OLD.minusSeconds(30));

        Plan plan = plan(SINGLE, 7);

        assertThat(plan.actions())
                .as("six go with the young ones")
                .containsExactly(new Action.ReleaseFrom(id(0), blocks(0, 1)));
        assertThat(plan.again()).isEqualTo(OLD.plusSeconds(30));
    }

    @Test
    void ofTwoThingsToWaitForTheSoonerCounts() {
        add(0, 5);
        grant(0);
        release(0, OLD.minusSeconds(20));
        apply(new Command.AddInterface(facts(1), blocks(1, 3), null), OLD.minusSeconds(20));
        assertThat(plan(SINGLE, 3).again()).isEqualTo(OLD.plusSeconds(10).plusNanos(1));
    }

    @Test
    void anInterfaceMayBeOldEnoughBeforeAnAddressHasCooledDown() {
        add(0, 5);
        grant(0);
        apply(new Command.AddInterface(facts(1), blocks(1, 3), null), OLD.minusSeconds(50));
        release(0, OLD.minusSeconds(5));

        assertThat(plan(SINGLE, 3).again()).isEqualTo(OLD.plusSeconds(10));
    }

    @Test
    void anInterfaceThatCoolsGivesBackWhatDoesNot() {
        add(1, 3);
        grant(0);
        release(0, OLD);

        assertThat(plan(SINGLE, 9).actions())
                .containsExactly(new Action.ReleaseFrom(id(1), List.of(block(1, 1), block(1, 2))));
        assertThat(plan(WHOLE, 9).actions()).isEmpty();
    }

    @Test
    void singleAddressesAreGivenBackUntilItIsEnough() {
        add(0, 3);
        add(1, 3);
        add(2, 3);
        hold(1, 0);
        hold(2, 0);

        assertThat(plan(SINGLE, 4).actions())
                .containsExactly(
                        new Action.ReleaseFrom(id(0), blocks(0, 3)),
                        new Action.ReleaseFrom(id(2), List.of(block(2, 1))));
        assertThat(plan(SINGLE, 0).actions()).isEmpty();
    }

    @Test
    void whatGoesWithAnInterfaceIsNotGivenBackTwice() {
        add(0, 9);
        add(1, 3);

        assertThat(plan(SINGLE, 5).actions())
                .containsExactly(
                        new Action.RemoveInterface(id(1)),
                        new Action.ReleaseFrom(id(0), blocks(0, 2)));
    }

    private Plan plan(WarmTarget target, int spare) {
        var situation =
                new Situation(
                        target,
                        World.limits("m5.large", 0, 110),
                        Demand.NONE,
                        Sources.of(TEMPLATE),
                        Collections.emptySortedMap(),
                        Collections.emptySortedMap());
        return new Shrinkage(ledger, situation, OLD)
                .plan(new PoolDecision.Shrink(spare, "test"), spare);
    }

    private void add(int n, int count) {
        apply(new Command.AddInterface(facts(n), blocks(n, count), null), START);
    }

    private void hold(int n, int i) {
        apply(new Command.Hold(address(n, i)), START);
    }

    private IpAddress grant(int n) {
        return ((Outcome.Granted) apply(new Command.Assign(key(n), pod(n)), START))
                .grant()
                .address();
    }

    private void release(int n, Instant now) {
        apply(new Command.Release(key(n)), now);
    }

    private Outcome apply(Command command, Instant now) {
        var step = ledger.apply(command, now);
        assertThat(step.outcome()).isNotInstanceOf(Outcome.Refused.class);
        ledger = step.ledger();
        return step.outcome();
    }
}
