package dev.vpccni.ipam.scale;

import static dev.vpccni.ipam.world.Nouns.START;
import static dev.vpccni.ipam.world.Nouns.TEMPLATE;
import static dev.vpccni.ipam.world.Nouns.blocks;
import static dev.vpccni.ipam.world.Nouns.facts;
import static dev.vpccni.ipam.world.Nouns.id;
import static dev.vpccni.ipam.world.Nouns.key;
import static dev.vpccni.ipam.world.Nouns.pod;
import static dev.vpccni.ipam.world.Nouns.prefixes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.InterfaceFacts;
import dev.vpccni.ipam.ledger.InterfaceRole;
import dev.vpccni.ipam.ledger.Ledger;
import dev.vpccni.ipam.ledger.Outcome;
import dev.vpccni.ipam.policy.Demand;
import dev.vpccni.ipam.policy.PoolDecision;
import dev.vpccni.ipam.policy.WarmTarget;
import dev.vpccni.ipam.world.World;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.Cidr;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What goes as soon as its pods have gone, whatever the pool wants. */
class DrainageTest {

    private static final PoolDecision HOLD = new PoolDecision.Hold("test");
    private static final Instant OLD = START.plusSeconds(3_600);

    private Ledger ledger = Ledger.empty(Duration.ofSeconds(30), BlockKind.PREFIX);
    private Demand demand = Demand.NONE;

    @Test
    void anExcludedInterfaceWithoutPodsGoes() {
        add(unusable(1), both());

        assertThat(drained(HOLD, OLD).actions()).containsExactly(new Action.RemoveInterface(id(1)));
    }

    @Test
    void aYoungOneGoesWhenItIsOldEnough() {
        add(unusable(1), both());

        Plan plan = drained(HOLD, START.plusSeconds(59));

        assertThat(plan.actions()).isEmpty();
        assertThat(plan.again()).isEqualTo(START.plusSeconds(60));
        assertThat(drained(HOLD, START.plusSeconds(60)).actions()).hasSize(1);
    }

    @Test
    void ofSeveralYoungOnesTheOldestIsAwaited() {
        add(unusable(2), both(), START.plusSeconds(20));
        add(unusable(1), List.of(), START);

        assertThat(drained(HOLD, START.plusSeconds(30)).again()).isEqualTo(START.plusSeconds(60));
    }

    /** Whatever else the plan waits for comes later. */
    @Test
    void whatThePlanWaitsForIsAwaitedToo() {
        add(unusable(1), both());
        Instant sooner = START.plusSeconds(40);

        Plan soon = drained(plan(HOLD, List.of(), sooner), START.plusSeconds(30));
        Plan late = drained(plan(HOLD, List.of(), OLD), START.plusSeconds(30));

        assertThat(soon.again()).isEqualTo(sooner);
        assertThat(late.again()).isEqualTo(START.plusSeconds(60));
    }

    @Test
    void ofOneWithPodsAllElseGoes() {
        add(facts(1), both());
        grant(1);
        ledger = ledger.apply(new Command.Describe(unusable(1)), START).ledger();

        List<Cidr> free = new ArrayList<>(both());
        free.removeIf(block -> block.contains(ledger.checkpoint().grants().getFirst().address()));

        assertThat(drained(HOLD, OLD).actions())
                .singleElement()
                .isInstanceOfSatisfying(
                        Action.ReleaseFrom.class,
                        one -> assertThat(one.blocks()).containsExactlyInAnyOrderElementsOf(free));
    }

    @Test
    void whatThePlanIsAtStays() {
        add(unusable(1), both());
        add(facts(2), blocks(2, 2));
        var release = new Action.ReleaseFrom(id(1), prefixes(1, 1));
        var remove = new Action.RemoveInterface(id(2));

        assertThat(drained(plan(HOLD, List.of(release, remove), null), OLD).actions())
                .containsExactly(release, remove);
    }

    @Test
    void somebodyElsesInterfaceIsNoneOfOurs() {
        add(unusable(1, InterfaceRole.UNMANAGED), both());

        assertThat(drained(HOLD, OLD).actions()).isEmpty();
    }

    @Test
    void oneThatIsNotConfirmedIsLeftAlone() {
        add(unusable(1), both());
        add(facts(2), blocks(2, 2));
        apply(new Command.Suspend(id(1)), START);
        apply(new Command.Suspend(id(2)), START);

        assertThat(drained(HOLD, OLD).actions()).isEmpty();
    }

    @Test
    void whatIsLeftOverGoesOnceThePreferredKindIsThere() {
        add(facts(1), both());

        assertThat(drained(HOLD, OLD).actions())
                .containsExactly(new Action.ReleaseFrom(id(1), blocks(1, 2)));
        assertThat(drained(new PoolDecision.Shrink(1, "test"), OLD).actions()).hasSize(1);
        assertThat(drained(new PoolDecision.Grow(1, "test"), OLD).actions()).isEmpty();
    }

    @Test
    void whatIsLeftOverStaysWhileSomethingIsOnItsWay() {
        add(facts(1), both());
        apply(new Command.BeginAssign(id(1), BlockKind.PREFIX, 1), START);

        assertThat(drained(HOLD, OLD).actions()).isEmpty();
    }

    @Test
    void whatIsLeftOverStaysWhereThePeakMayNeedIt() {
        add(facts(1), both());

        demand = new Demand(0, 33);
        assertThat(drained(HOLD, OLD).actions()).isEmpty();
        demand = new Demand(0, 32);
        assertThat(drained(HOLD, OLD).actions()).hasSize(1);
    }

    /** Single addresses are easily had again. */
    @Test
    void leftOverPrefixesGoWhateverThePeakWas() {
        ledger = Ledger.empty(Duration.ofSeconds(30), BlockKind.ADDRESS);
        add(facts(1), both());

        demand = new Demand(0, 33);

        assertThat(drained(HOLD, OLD).actions())
                .containsExactly(new Action.ReleaseFrom(id(1), prefixes(1, 2)));
    }

    private static List<Cidr> both() {
        var all = new ArrayList<>(prefixes(1, 2));
        all.addAll(blocks(1, 2));
        return all;
    }

    private static InterfaceFacts unusable(int n) {
        return unusable(n, InterfaceRole.SECONDARY);
    }

    private static InterfaceFacts unusable(int n, InterfaceRole role) {
        InterfaceFacts facts = facts(n, role);
        return new InterfaceFacts(
                facts.id(),
                facts.mac(),
                facts.subnet(),
                facts.subnetCidr(),
                facts.card(),
                facts.device(),
                facts.attachment(),
                facts.primaryAddress(),
                role,
                false);
    }

    private Plan drained(PoolDecision decision, Instant now) {
        return drained(plan(decision, List.of(), null), now);
    }

    private static Plan plan(PoolDecision decision, List<Action> actions, @Nullable Instant again) {
        return new Plan(decision, actions, List.of(), again);
    }

    private Plan drained(Plan plan, Instant now) {
        var situation =
                new Situation(
                        new WarmTarget.Prefixes(1),
                        World.limits("m5.large", -1, 110).withKind(BlockKind.PREFIX),
                        demand,
                        Sources.of(TEMPLATE),
                        Collections.emptySortedMap(),
                        Collections.emptySortedMap());
        return Drainage.added(ledger, situation, plan, now);
    }

    private void grant(int n) {
        var step = ledger.apply(new Command.Assign(key(n), pod(n)), START);
        assertThat(step.outcome()).isInstanceOf(Outcome.Granted.class);
        ledger = step.ledger();
    }

    private void add(InterfaceFacts facts, List<Cidr> blocks) {
        add(facts, blocks, START);
    }

    private void add(InterfaceFacts facts, List<Cidr> blocks, Instant since) {
        apply(new Command.AddInterface(facts, blocks, null), since);
    }

    private void apply(Command command, Instant at) {
        var step = ledger.apply(command, at);
        assertThat(step.outcome()).isEqualTo(new Outcome.Done());
        ledger = step.ledger();
    }
}
