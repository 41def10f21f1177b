package dev.vpccni.simulation;

import dev.vpccni.model.IpFamily;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.node.settings.AddressingSettings;
import dev.vpccni.node.settings.NodeSettings;
import dev.vpccni.node.settings.PoolSettings;
import dev.vpccni.vpc.settings.Latency;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;

/** What nodes of one life are like, as chance has it. */
final class Circumstances {

    private static final List<String> TYPES =
            List.of("t3.small", "t3.medium", "c5.large", "m5.large", "m5.xlarge");

    /** Of two network cards or four. */
    private static final List<String> TYPES_OF_CARDS =
            List.of("hpc6id.32xlarge", "hpc7a.12xlarge", "g6e.24xlarge", "g6e.48xlarge");

    private final RandomGenerator random;
    private final IpFamily family;
    private final boolean customNetworking;
    private final boolean severalCards;
    private final boolean severalSubnets;

    Circumstances(RandomGenerator random) {
        this.random = random;
        family = random.nextInt(5) == 0 ? IpFamily.IPV6 : IpFamily.IPV4;
        customNetworking = family == IpFamily.IPV4 && random.nextInt(3) == 0;
        severalCards = random.nextInt(5) == 0;
        severalSubnets = family == IpFamily.IPV4 && !customNetworking && random.nextInt(3) == 0;
    }

    /** Returns of which family pods' addresses are: one for all nodes, for good. */
    IpFamily family() {
        return family;
    }

    /** Tells whether nodes may have custom networking, each from one start to the next. */
    boolean customNetworking() {
        return customNetworking;
    }

    /** Tells whether tags of subnets say which of them pods have addresses of. */
    boolean severalSubnets() {
        return severalSubnets;
    }

    /** Returns a tag of a subnet: pods may, may not, or as if nobody had said. */
    String role() {
        return RandomChoice.of(random, "1", "1", "1", "0", "");
    }

    /** Tells whether a pod that starts now wants an address on each network card. */
    boolean everyCard() {
        return severalCards && random.nextInt(3) == 0;
    }

    /** Returns the name of an instance type. */
    String type() {
        List<String> types = severalCards ? TYPES_OF_CARDS : TYPES;
        return types.get(random.nextInt(types.size()));
    }

    /** Returns a block for pods that begins at {@code first}, of some size or other. */
    Ipv4Cidr podSubnet(String first) {
        return Ipv4Cidr.parse(first + RandomChoice.of(random, "/28", "/26", "/24"));
    }

    /** Returns how long EC2 takes. */
    Latency latency() {
        return switch (random.nextInt(4)) {
            case 0 -> Latency.scenario(Duration.ofMillis(300), Duration.ofSeconds(2));
            case 1 -> Latency.AWS_LIKE;
            case 2 -> Latency.AWS_LIKE.withDescribe(Duration.ofSeconds(2));
            default -> Latency.AWS_LIKE.withDescribe(Duration.ofSeconds(1 + random.nextInt(8)));
        };
    }

    /** Returns what an operator may tell a daemon. */
    NodeSettings settings() {
        return NodeSettings.DEFAULT.withPool(pool()).withAddressing(addressing());
    }

    private AddressingSettings addressing() {
        boolean everyCard = severalCards && random.nextInt(4) > 0;
        if (family == IpFamily.IPV6) {
            // Targets count for nothing then.
            return new AddressingSettings(family, true, 1, false, everyCard);
        }
        boolean custom = customNetworking && random.nextInt(4) > 0;
        boolean prefixes = random.nextInt(5) >= 3;
        int warm = prefixes ? random.nextInt(3) : 0;
        return new AddressingSettings(IpFamily.IPV4, prefixes, warm, custom, everyCard);
    }

    private PoolSettings pool() {
        PoolSettings pool =
                switch (random.nextInt(4)) {
                    case 0 -> PoolSettings.DEFAULT.withTargets(0, 0, 0);
                    case 1 ->
                            PoolSettings.DEFAULT.withTargets(
                                    1 + random.nextInt(10), random.nextInt(20), 1);
                    case 2 -> PoolSettings.DEFAULT.withTargets(0, 5 + random.nextInt(20), 1);
                    default -> PoolSettings.DEFAULT;
                };
        return random.nextInt(4) == 0 ? pool.withInterfacesMax(1 + random.nextInt(3)) : pool;
    }
}
