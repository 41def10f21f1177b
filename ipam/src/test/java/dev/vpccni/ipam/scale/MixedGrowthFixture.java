package dev.vpccni.ipam.scale;

import static dev.vpccni.ipam.world.Nouns.START;
import static dev.vpccni.ipam.world.Nouns.SUBNET;
import static dev.vpccni.ipam.world.Nouns.TEMPLATE;
import static dev.vpccni.ipam.world.Nouns.blocks;
import static dev.vpccni.ipam.world.Nouns.facts;
import static dev.vpccni.ipam.world.Nouns.id;
import static dev.vpccni.ipam.world.Nouns.key;
import static dev.vpccni.ipam.world.Nouns.pod;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.HeldInterface;
import dev.vpccni.ipam.ledger.InterfaceFacts;
import dev.vpccni.ipam.ledger.InterfaceTemplate;
import dev.vpccni.ipam.ledger.Ledger;
import dev.vpccni.ipam.ledger.Outcome;
import dev.vpccni.ipam.policy.Demand;
import dev.vpccni.ipam.policy.PoolDecision;
import dev.vpccni.ipam.policy.PoolLimits;
import dev.vpccni.ipam.policy.WarmTarget;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.SubnetId;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** A node that prefers prefixes, in subnets of which tests say what they have. */
abstract class MixedGrowthFixture {

    static final Instant NOW = START.plusSeconds(3_600);
    static final Instant LATER = NOW.plusSeconds(300);
    static final int PLENTY = 1_000;
    static final WarmTarget ONE = new WarmTarget.Prefixes(1);

    final SortedMap<SubnetId, SubnetRoom> rooms = new TreeMap<>();
    Ledger ledger = Ledger.empty(Duration.ofSeconds(30), BlockKind.PREFIX);
    Demand demand = Demand.NONE;
    int interfaces = 1;
    InterfaceTemplate template = TEMPLATE;

    static SubnetRoom withoutPrefixes(int addresses) {
        return new SubnetRoom(addresses, null, 0, LATER);
    }

    void room(SubnetRoom room) {
        rooms.put(SUBNET, room);
    }

    static Action assign(int count, BlockKind kind) {
        return new Action.AssignTo(id(0), kind, count);
    }

    static Action create(BlockKind kind, int count) {
        return new Action.CreateInterface(TEMPLATE, 1, kind, count);
    }

    Action release(int count) {
        return release(0, BlockKind.ADDRESS, count);
    }

    /** The last ones of the interface have not been used. */
    Action release(int n, BlockKind kind, int count) {
        HeldInterface held = ledger.interfaces().get(n);
        List<Cidr> free = held.free(kind, NOW, ledger.cooldown());
        return new Action.ReleaseFrom(held.id(), free.subList(0, count));
    }

    Plan plan(long missing) {
        return plan(
                ONE,
                new PoolLimits(
                        "tiny",
                        interfaces,
                        interfaces,
                        0,
                        0,
                        9,
                        BlockKind.PREFIX,
                        IpFamily.IPV4,
                        110),
                missing);
    }

    /** The same where pods shall have single addresses. */
    Plan planForSingles(int blocksEach, long missing) {
        return plan(
                new WarmTarget.Addresses(1, 0),
                new PoolLimits(
                        "tiny",
                        interfaces,
                        interfaces,
                        0,
                        0,
                        blocksEach,
                        BlockKind.ADDRESS,
                        IpFamily.IPV4,
                        110),
                missing);
    }

    Plan plan(WarmTarget target, PoolLimits limits, long missing) {
        var situation =
                new Situation(
                        target,
                        limits,
                        demand,
                        Sources.of(template),
                        rooms,
                        Collections.emptySortedMap());
        return new Growth(ledger, situation, NOW).plan(new PoolDecision.Grow(missing, "test"));
    }

    void add(int n, List<Cidr> blocks) {
        add(facts(n), blocks);
    }

    void add(InterfaceFacts facts, List<Cidr> blocks) {
        apply(new Command.AddInterface(facts, blocks, null));
    }

    void grant(int count) {
        grantMore(0, count);
    }

    void grantMore(int from, int to) {
        for (int n = from; n < to; n++) {
            var step = ledger.apply(new Command.Assign(key(n), pod(n)), START);
            assertThat(step.outcome()).isInstanceOf(Outcome.Granted.class);
            ledger = step.ledger();
        }
    }

    void apply(Command command) {
        var step = ledger.apply(command, START);
        assertThat(step.outcome()).isEqualTo(new Outcome.Done());
        ledger = step.ledger();
    }
}
