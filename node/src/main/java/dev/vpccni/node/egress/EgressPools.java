package dev.vpccni.node.egress;

import dev.vpccni.cni.EgressConfig;
import dev.vpccni.dataplane.NodeSetup.SnatPorts;
import dev.vpccni.dataplane.egress.EgressRange;
import dev.vpccni.node.port.EgressAddresses.Pool;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What a configuration means in the words of the ports. */
final class EgressPools {

    private EgressPools() {}

    /** Returns where a network's containers have their addresses from; null where unsaid. */
    static @Nullable Pool of(EgressConfig config, String network) {
        EgressConfig.Pool pool = config.pool();
        return pool == null
                ? null
                : new Pool(
                        Path.of(pool.dataFolder()).resolve(network), new EgressRange(pool.block()));
    }

    /** Returns how source ports are chosen. */
    static SnatPorts ports(EgressConfig.SourcePorts ports) {
        return switch (ports) {
            case RANDOM_FULLY -> SnatPorts.RANDOM_FULLY;
            case RANDOM -> SnatPorts.RANDOM;
            case ORIGINAL -> SnatPorts.ORIGINAL;
        };
    }
}
