package dev.vpccni.ipam.scale;

import static dev.vpccni.ipam.world.Nouns.SUBNET;
import static dev.vpccni.ipam.world.Nouns.TEMPLATE;

import dev.vpccni.ipam.ledger.HeldInterface;
import dev.vpccni.ipam.ledger.InterfaceTemplate;
import dev.vpccni.ipam.policy.PoolLimits;
import dev.vpccni.ipam.policy.WarmTarget;
import dev.vpccni.ipam.world.Nodes;
import dev.vpccni.ipam.world.World;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.SubnetId;
import dev.vpccni.testing.Choose;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.random.RandomGenerator;

/** Nodes of one instance type in any mode, somewhere in the life of their pods. */
final class AnyWorlds {

    /** Where interfaces may come from besides the usual subnet. */
    static final SubnetId OTHER = new SubnetId("subnet-1");

    private static final InterfaceTemplate ELSEWHERE =
            new InterfaceTemplate(OTHER, List.of(), 0, IpFamily.IPV4);
    private static final String INSTANCE = "m5.large";
    private static final int PODS = 30;
    private static final int LATE = 100;

    private AnyWorlds() {}

    /** Returns a world after some pods have come and gone, not at rest. */
    static World busy(RandomGenerator random) {
        World world = quiet(random);
        int pods = Choose.between(random, 0, PODS);
        world.addPodsAtOnce(0, pods);
        world.pass(Duration.ofSeconds(Choose.of(random, 0, 20, 59, 61)));
        comeAndGo(random, world, pods);
        return world;
    }

    /** Returns such a world whose daemon was started again in another mode, or may have been. */
    static World switched(RandomGenerator random) {
        World world = busy(random);
        if (world.limits().family() == IpFamily.IPV4) {
            PoolLimits limits = limits(random, Choose.of(random, BlockKind.values()));
            world.restart(target(random, limits.kind()), limits);
            lackRoom(random, world);
        }
        for (HeldInterface held : world.ledger().interfaces()) {
            if (random.nextInt(6) == 0) {
                world.withUsable(held.facts().device(), !held.facts().usable());
            }
        }
        return world;
    }

    private static World quiet(RandomGenerator random) {
        if (random.nextInt(8) == 0) {
            return Nodes.node(INSTANCE, "V6");
        }
        PoolLimits limits = limits(random, Choose.of(random, BlockKind.values()));
        var world = new World(target(random, limits.kind()), limits);
        lackRoom(random, world);
        return world;
    }

    private static void lackRoom(RandomGenerator random, World world) {
        if (random.nextBoolean()) {
            world.withRoom(SUBNET, room(random, world.now()));
        }
        if (random.nextBoolean()) {
            world.withRoom(OTHER, room(random, world.now()));
        }
        world.withSources(
                switch (random.nextInt(4)) {
                    case 0 -> Sources.of(ELSEWHERE);
                    case 1 -> new Sources(List.of(ELSEWHERE, TEMPLATE), "");
                    case 2 -> Sources.none("nobody says where from");
                    default -> Sources.of(TEMPLATE);
                });
    }

    private static SubnetRoom room(RandomGenerator random, Instant now) {
        int available = Choose.of(random, 0, 1, 2, 17, 40, 200);
        int prefixes = Choose.of(random, 0, 1, 3, 100);
        Instant until = random.nextBoolean() ? null : now.plusSeconds(random.nextInt(200));
        return new SubnetRoom(available, random.nextInt(6) == 0 ? until : null, prefixes, until);
    }

    private static PoolLimits limits(RandomGenerator random, BlockKind kind) {
        return World.limits(INSTANCE, -1, Choose.of(random, 4, 20, 500)).withKind(kind);
    }

    private static WarmTarget target(RandomGenerator random, BlockKind kind) {
        if (random.nextBoolean()) {
            return new WarmTarget.Addresses(
                    Choose.between(random, 0, 30), Choose.between(random, 0, 30));
        }
        int warm = Choose.between(random, 0, 3);
        return kind == BlockKind.PREFIX
                ? new WarmTarget.Prefixes(warm)
                : new WarmTarget.Interfaces(warm, Nodes.limits(INSTANCE, "W=0").blocksEach());
    }

    private static void comeAndGo(RandomGenerator random, World world, int pods) {
        for (int pod = 0; pod < pods; pod++) {
            if (random.nextBoolean()) {
                world.removePod(pod);
            }
        }
        world.skip(Duration.ofSeconds(Choose.of(random, 0, 20, 31, 90)));
        world.queue(LATE, LATE + Choose.between(random, 0, 10));
    }
}
