package dev.vpccni.simulation;

import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.IpFamily;
import dev.vpccni.node.settings.PoolSettings;
import dev.vpccni.simulation.host.SimulatedNode;
import dev.vpccni.simulation.workload.SimulatedPod;
import dev.vpccni.vpc.Port;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What a node could have and does not, and what it has and should not, as the VPC sees it. */
final class Room {

    /** Addresses of a prefix. */
    private static final int PREFIX = 16;

    private final World world;
    private final SimulatedNode node;
    private final World.Member member;
    private final List<Port> ports;

    Room(World world, World.Member member) {
        this.world = world;
        this.member = member;
        this.node = member.node();
        this.ports = world.cloud.ports(node.instance());
    }

    /** Returns what is left for a pod of the node, or null if there is nothing. */
    @Nullable String whatIsLeft() {
        var used = new TreeSet<IpAddress>();
        for (SimulatedPod pod : member.kubelet().pods()) {
            IpAddress address = pod.address();
            if (address != null) {
                used.add(address);
            }
        }
        if (isOfIpv6()) {
            return "its interface, for which there are always prefixes";
        }
        for (Port port : ports) {
            for (Cidr block : forPods(port)) {
                for (long i = 0; i < block.size(); i++) {
                    if (!used.contains(block.network().plus(i))) {
                        return "the unused " + block.network().plus(i) + " of " + block;
                    }
                }
            }
        }
        int free = world.cloud.freeAddresses();
        int each = node.type().addressesPerInterface();
        int places = ports.stream().mapToInt(port -> each - port.held().slots(IpFamily.IPV4)).sum();
        // A pod that has lost its address to somebody else's request keeps its place.
        long takenAway = used.stream().filter(world.invariants::isTakenAway).count();
        if (free >= 1 && places > takenAway) {
            return free + " free addresses in the subnet, for which an interface has room";
        }
        return free >= 2 && ports.size() < interfacesMax()
                ? free + " free addresses in the subnet, and room for another interface"
                : null;
    }

    /** Returns what a node without pods has beyond its targets, or null if that is nothing. */
    @Nullable String whatIsTooMuch() {
        if (isOfIpv6()) {
            return ports.size() > 1 || ports.getFirst().held().ipv6Prefixes().size() > 1
                    ? node.instance() + " has " + ports + ", and needs one prefix"
                    : null;
        }
        PoolSettings pool = node.settings().pool();
        int has = ports.stream().mapToInt(Room::addresses).sum();
        int wanted = targetWithoutPods();
        boolean whole =
                pool.warmAddresses() == 0 && pool.minimumAddresses() == 0 && !isOfPrefixes();
        // Whole interfaces come and go: too much is what could do without one of them.
        int smallest =
                ports.stream()
                        .filter(port -> port.device() > 0)
                        .mapToInt(Room::addresses)
                        .min()
                        .orElse(has);
        return (whole ? has - smallest >= wanted : has > wanted)
                ? node.instance() + " has " + has + " addresses without a pod, and wants " + wanted
                : null;
    }

    private static List<Cidr> forPods(Port port) {
        List<Cidr> all = port.held().all();
        return all.subList(1, all.size());
    }

    private static int addresses(Port port) {
        return (int) forPods(port).stream().mapToLong(Cidr::size).sum();
    }

    private boolean isOfIpv6() {
        return node.settings().addressing().family() == IpFamily.IPV6;
    }

    private boolean isOfPrefixes() {
        return node.settings().addressing().prefixesOn(node.type());
    }

    /** Of prefixes, as many as it takes. */
    private int targetWithoutPods() {
        PoolSettings pool = node.settings().pool();
        boolean counted = pool.warmAddresses() > 0 || pool.minimumAddresses() > 0;
        if (!isOfPrefixes()) {
            return counted
                    ? Math.max(pool.warmAddresses(), pool.minimumAddresses())
                    : Math.max(1, pool.warmInterfaces() * eachForPods());
        }
        int wanted =
                counted
                        ? Math.max(pool.warmAddresses(), pool.minimumAddresses())
                        : Math.max(1, node.settings().addressing().warmPrefixes() * PREFIX);
        return (wanted + PREFIX - 1) / PREFIX * PREFIX;
    }

    private int eachForPods() {
        return node.type().addressesPerInterface() - 1;
    }

    private int interfacesMax() {
        int setting = node.settings().pool().interfacesMax();
        int type = node.type().maxInterfaces();
        return setting < 1 ? type : Math.min(setting, type);
    }
}
