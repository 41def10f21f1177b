package dev.vpccni.simulation;

import dev.vpccni.ipam.ledger.Checkpoint;
import dev.vpccni.ipam.ledger.InterfaceTemplate;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.SubnetId;
import dev.vpccni.simulation.cloud.SimulatedCloud;
import dev.vpccni.simulation.host.SimulatedNode;
import dev.vpccni.vpc.Port;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a node has on its disk, where each of its decisions is before anything comes of it: that is
 * the moment at which a decision must be right.
 */
final class Durable {

    /** How long a decision takes to get there at most. */
    private static final Duration WRITING = Duration.ofMillis(10);

    /** How old a daemon's knowledge of subnets' tags may be, EC2 being out of reach meanwhile. */
    private static final Duration TAGS_OLD = Duration.ofMinutes(6);

    private final SimulatedNode node;
    private final SimulatedCloud cloud;
    private final SortedMap<String, SubnetId> begun = new TreeMap<>();
    private Map<String, Set<IpAddress>> granted = new HashMap<>();
    private int writes = -1;

    Durable(SimulatedNode node, SimulatedCloud cloud) {
        this.node = node;
        this.cloud = cloud;
    }

    /** Looks at what was written since the last look; returns what of it should not be there. */
    List<String> look() {
        List<String> wrong = new ArrayList<>();
        if (node.disk().writes() != writes) {
            writes = node.disk().writes();
            List<Checkpoint> written = node.disk().durable();
            lookAtGrants(written, wrong);
            for (Checkpoint file : written) {
                for (Checkpoint.Intent intent : file.intents()) {
                    if (intent instanceof Checkpoint.Intent.Create create) {
                        lookAt(create, wrong);
                    }
                }
            }
        }
        return wrong;
    }

    /** Tells whether an address is granted to a container. */
    boolean isGranted(String containerId, IpAddress address) {
        Set<IpAddress> addresses = granted.get(containerId);
        return addresses != null && addresses.contains(address);
    }

    /** Returns where an interface was begun under {@code token}, or null if none ever was. */
    @Nullable SubnetId begun(String token) {
        return begun.get(token);
    }

    private void lookAtGrants(List<Checkpoint> written, List<String> wrong) {
        var before = granted;
        granted = new HashMap<>();
        for (Checkpoint file : written) {
            for (Checkpoint.Grant grant : file.grants()) {
                String container = grant.key().containerId();
                granted.computeIfAbsent(container, _ -> new HashSet<>()).add(grant.address());
                Set<IpAddress> had = before.get(container);
                if (had == null || !had.contains(grant.address())) {
                    lookAtNew(grant, wrong);
                }
            }
        }
    }

    private void lookAtNew(Checkpoint.Grant grant, List<String> wrong) {
        Port port = customNetworking() ? cloud.port(grant.address()) : null;
        if (port != null && port.isPrimary()) {
            wrong.add(grant.address() + " of the primary interface is granted to " + grant.key());
        }
    }

    private void lookAt(Checkpoint.Intent.Create create, List<String> wrong) {
        InterfaceTemplate template = create.template();
        SubnetId subnet = template.subnet();
        if (begun.putIfAbsent(create.token(), subnet) != null) {
            return;
        }
        boolean meant =
                customNetworking()
                        ? node.cluster().named(subnet, WRITING)
                        : cloud.roles().admitted(subnet, TAGS_OLD);
        if (!meant) {
            wrong.add(
                    "an interface of "
                            + node.instance()
                            + " is begun in "
                            + subnet
                            + ", where "
                            + node.cluster().config()
                            + " and the tags "
                            + cloud.roles().all()
                            + " do not want it");
        }
    }

    private boolean customNetworking() {
        return node.settings().addressing().customNetworking();
    }
}
