package dev.vpccni.simulation;

import dev.vpccni.model.IpAddress;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.SubnetId;
import dev.vpccni.node.port.Cluster.InterfaceConfig;
import dev.vpccni.node.settings.PoolSettings;
import dev.vpccni.simulation.cloud.Faults;
import dev.vpccni.simulation.cloud.Outage;
import dev.vpccni.simulation.host.SimulatedNode;
import dev.vpccni.simulation.time.SimulatedProcess;
import dev.vpccni.simulation.workload.Manners;
import dev.vpccni.simulation.workload.SimulatedPod;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Hours of a few nodes in which whatever can go wrong does, each decided by one number: trouble,
 * then rest, then the end of all pods.
 */
final class Life {

    private static final int PODS_MAX = 70;

    /** Longer than any pause that grows with failures, and any grace. */
    private static final int RECOVERY_SECONDS = 600;

    /** How long a node at rest believes what tags of subnets said. */
    private static final int HOUR_SECONDS = 3_600;

    private final RandomGenerator random;
    private final RandomGenerator blocks;
    private final World world;
    private final Stranger stranger;
    private final boolean strange;
    private final boolean clockSteps;
    private final boolean kernelRefuses;
    private final boolean switches;
    private final Circumstances circumstances;
    private final RestPromises rest;
    private final List<InterfaceConfig> configs = new ArrayList<>();
    private final List<SubnetId> tagged = new ArrayList<>();
    private int started;

    /** Prepares the life that {@code seed} decides. */
    Life(long seed) {
        random = new SplittableRandom(seed);
        blocks = new SplittableRandom(~seed);
        int nodes = random.nextInt(3) == 0 ? 2 + random.nextInt(3) : 1;
        String cidr =
                nodes == 1
                        ? RandomChoice.of(random, "10.0.0.0/22", "10.0.0.0/22", "10.0.0.0/26")
                        : RandomChoice.of(random, "10.0.0.0/28", "10.0.0.0/27", "10.0.0.0/26");
        circumstances = new Circumstances(random);
        world = new World(seed, circumstances.latency(), cidr, PoolSettings.DEFAULT.cooldown());
        if (circumstances.customNetworking()) {
            configs.add(new InterfaceConfig.Unknown("ENIConfig default is gone"));
            configs.add(config("100.64.0.0", List.of()));
            configs.add(config("100.64.1.0", List.of(world.cloud.newGroup("pods"))));
        }
        if (circumstances.severalSubnets()) {
            tagged.add(world.cloud.subnet());
            tagged.add(world.cloud.newSubnet(circumstances.podSubnet("100.64.0.0")));
            tagged.add(world.cloud.newSubnet(circumstances.podSubnet("100.64.1.0")));
            tagged.forEach(subnet -> world.cloud.roles().set(subnet, circumstances.role()));
        }
        for (int i = 0; i < nodes; i++) {
            var _ = world.launch(circumstances.type(), circumstances.settings());
        }
        switches = random.nextInt(3) == 0;
        Manners manners = random.nextInt(3) == 0 ? Manners.GOOD : Manners.ANY;
        world.members().forEach(member -> member.kubelet().manners(manners));
        strange = random.nextInt(5) == 0;
        stranger = new Stranger(world, random);
        rest = new RestPromises(world, circumstances.family(), stranger, strange);
        clockSteps = random.nextInt(4) == 0;
        kernelRefuses = random.nextInt(3) == 0;
    }

    /** Tells {@code listener} all that happens, as lines. */
    void story(Consumer<String> listener) {
        world.baton.story(listener);
    }

    /**
     * Lives it.
     *
     * @throws AssertionError if a promise was broken
     */
    void live() {
        try {
            liveOn();
        } finally {
            world.baton.end();
        }
    }

    private void liveOn() {
        for (World.Member member : world.members()) {
            reconfigure(member.node());
            var _ = member.node().boot();
            world.baton.runFor(Duration.ofMillis(random.nextInt(2_000)));
        }
        world.passUntil(this::connected, Duration.ofMinutes(2));
        world.pass(60);
        trouble();
        calm();
        world.pass(RECOVERY_SECONDS);
        rest.everyPodThatFitsRuns();
        if (circumstances.severalSubnets()) {
            world.pass(HOUR_SECONDS);
        }
        rest.nothingChangesAnyMore();
        world.members().forEach(member -> member.kubelet().endAll());
        world.pass(RECOVERY_SECONDS);
        rest.nothingChangesAnyMore();
        rest.everythingWasGivenBack();
        rest.ec2WasAskedForNoMoreThanPodsNeed();
    }

    private boolean connected() {
        return world.members().stream()
                .map(member -> member.node().serving())
                .allMatch(serving -> serving != null && serving.connected());
    }

    private void trouble() {
        world.cloud.faults(
                RandomChoice.of(random, Faults.NONE, Faults.SOME, Faults.SOME, Faults.LOSING));
        int events = 5 + random.nextInt(25);
        for (int i = 0; i < events; i++) {
            if (blocks.nextInt(12) == 0) {
                world.cloud.widen();
            }
            event(world.members().get(random.nextInt(world.members().size())));
            world.baton.runFor(Duration.ofMillis(random.nextInt(20_000)));
        }
    }

    private void event(World.Member member) {
        switch (random.nextInt(17)) {
            case 0, 1, 2, 3 -> runSome(member);
            case 4, 5, 6 -> endSome(member);
            case 7 -> crash(member);
            case 8 -> member.node().disk().full(random.nextInt(3) == 0);
            case 9 -> {
                if (clockSteps) {
                    world.baton.stepClock(Duration.ofSeconds(random.nextInt(-90, 90)));
                }
            }
            case 10 -> {
                if (kernelRefuses) {
                    member.node().kernel().refuse(random.nextBoolean() ? 100 : 0);
                }
            }
            case 11 -> world.cloud.outage(outage());
            case 12 -> {
                if (strange) {
                    stranger.act();
                }
            }
            case 13 -> reconfigure(member.node());
            case 14 -> {
                if (circumstances.severalSubnets()) {
                    SubnetId subnet = tagged.get(random.nextInt(tagged.size()));
                    world.cloud.roles().set(subnet, circumstances.role());
                }
            }
            case 15 -> disturb(member.node());
            default -> bootIfDead(member.node());
        }
    }

    /** Somebody removes a pod's route or rule from the kernel. */
    private void disturb(SimulatedNode node) {
        IpAddress address = node.kernel().disturb(random);
        if (address != null) {
            world.invariants.disturbed(node, address);
        }
    }

    private InterfaceConfig config(String first, List<SecurityGroupId> groups) {
        SubnetId subnet = world.cloud.newSubnet(circumstances.podSubnet(first));
        return new InterfaceConfig.Known("default", subnet, groups);
    }

    /** With custom networking somebody edits the node's ENIConfig, or nobody can read it. */
    private void reconfigure(SimulatedNode node) {
        if (circumstances.customNetworking()) {
            node.cluster().config(configs.get(random.nextInt(configs.size())));
        }
    }

    private Outage outage() {
        return RandomChoice.of(
                random,
                Outage.NONE,
                Outage.NONE,
                Outage.NONE,
                Outage.UNREACHABLE,
                Outage.SILENT,
                Outage.DENIED,
                Outage.QUOTA_REACHED);
    }

    /** Everything works from now on. */
    private void calm() {
        world.cloud.faults(Faults.NONE);
        world.cloud.outage(Outage.NONE);
        for (World.Member member : world.members()) {
            SimulatedNode node = member.node();
            node.disk().full(false);
            node.kernel().refuse(0);
            node.daemon().killAtCrossing(Integer.MAX_VALUE);
            if (node.cluster().config() instanceof InterfaceConfig.Unknown
                    && circumstances.customNetworking()) {
                node.cluster().config(configs.getLast());
            }
            bootIfDead(node);
            member.kubelet().manners(Manners.GOOD);
        }
    }

    private void runSome(World.Member member) {
        int pods = world.members().stream().mapToInt(m -> m.kubelet().pods().size()).sum();
        int more = Math.min(1 + random.nextInt(30), PODS_MAX - pods);
        for (int i = 0; i < more; i++) {
            member.kubelet().run("pod-" + started++, circumstances.everyCard());
        }
    }

    private void endSome(World.Member member) {
        List<String> names = member.kubelet().pods().stream().map(SimulatedPod::name).toList();
        names.stream().filter(_ -> random.nextInt(3) == 0).forEach(member.kubelet()::end);
    }

    /** At once, or between any two steps to come. */
    private void crash(World.Member member) {
        bootIfDead(member.node());
        if (switches && random.nextInt(3) == 0) {
            member.node().settings(circumstances.settings());
        }
        SimulatedProcess daemon = member.node().daemon();
        if (random.nextBoolean()) {
            daemon.kill();
            world.baton.runFor(Duration.ofMillis(random.nextInt(5_000)));
            bootIfDead(member.node());
        } else {
            daemon.killAtCrossing(daemon.crossings() + 1 + random.nextInt(60));
        }
    }

    private static void bootIfDead(SimulatedNode node) {
        if (node.daemon().isDead()) {
            var _ = node.boot();
        }
    }
}
