package dev.vpccni.ipam.world;

import dev.vpccni.ipam.policy.PoolLimits;
import dev.vpccni.ipam.policy.WarmTarget;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.IpFamily;
import java.util.Map;
import java.util.TreeMap;

/** Nodes by their instance type and their settings in upstream's words, shortened. */
public final class Nodes {

    private static final String PREFIXES = "PD";

    private Nodes() {}

    /**
     * Returns a node of {@code instance} with {@code settings} such as {@code W=1 N=2 PODS=4}:
     * {@code E} is {@code WARM_ENI_TARGET}, {@code W} {@code WARM_IP_TARGET}, {@code N} {@code
     * MINIMUM_IP_TARGET}, {@code PODS} how many pods the kubelet admits, {@code X} {@code
     * WARM_PREFIX_TARGET}; that and {@code PD} let the node have prefixes, {@code V6} those of
     * IPv6.
     */
    public static World node(String instance, String settings) {
        return new World(target(instance, settings), limits(instance, settings));
    }

    /** Restarts the daemon of {@code world}, on the same instance, with other settings. */
    public static World restart(World world, String settings) {
        String instance = world.limits().instanceType();
        return world.restart(target(instance, settings), limits(instance, settings));
    }

    /** Returns the limits of such a node. */
    public static PoolLimits limits(String instance, String settings) {
        Map<String, Integer> values = parse(settings);
        PoolLimits limits =
                World.limits(
                        instance,
                        values.getOrDefault("MAX_ENI", -1),
                        values.getOrDefault("PODS", 500));
        if (values.containsKey("V6")) {
            return new PoolLimits(
                    limits.instanceType(),
                    limits.instanceInterfaces(),
                    limits.interfacesMax(),
                    0,
                    0,
                    limits.blocksEach(),
                    BlockKind.PREFIX,
                    IpFamily.IPV6,
                    limits.podsMax());
        }
        boolean prefixes = values.containsKey("X") || values.containsKey(PREFIXES);
        return prefixes ? limits.withKind(BlockKind.PREFIX) : limits;
    }

    /** Returns the target of such a node. */
    public static WarmTarget target(String instance, String settings) {
        Map<String, Integer> values = parse(settings);
        if (values.containsKey("V6")) {
            return new WarmTarget.OnePrefix();
        }
        if (values.containsKey("X")) {
            return new WarmTarget.Prefixes(values.getOrDefault("X", 0));
        }
        if (values.containsKey("E")) {
            int each = limits(instance, settings).blocksEach();
            return new WarmTarget.Interfaces(values.getOrDefault("E", 0), each);
        }
        return new WarmTarget.Addresses(values.getOrDefault("W", 0), values.getOrDefault("N", 0));
    }

    private static Map<String, Integer> parse(String settings) {
        var values = new TreeMap<String, Integer>();
        for (String setting : settings.split(" ", -1)) {
            String[] parts = setting.split("=", -1);
            values.put(parts[0], parts.length == 1 ? 1 : Integer.parseInt(parts[1]));
        }
        return values;
    }
}
