package dev.vpccni.simulation;

import dev.vpccni.model.IpAddress;
import dev.vpccni.node.settings.PoolSettings;
import dev.vpccni.simulation.host.SimulatedNode;
import dev.vpccni.simulation.workload.SimulatedPod;
import dev.vpccni.vpc.Port;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What a node could have and does not, and what it has and should not, as the VPC sees it. */
final class Room {

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
        for (Port port : ports) {
            for (IpAddress address : port.addresses().subList(1, port.addresses().size())) {
                if (!used.contains(address)) {
                    return "the unused " + address;
                }
            }
        }
        int free = world.cloud.freeAddresses();
        int each = node.type().addressesPerInterface();
        int places = ports.stream().mapToInt(port -> each - port.addresses().size()).sum();
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
        PoolSettings pool = node.settings().pool();
        int has = ports.stream().mapToInt(Room::forPods).sum();
        int wanted = targetWithoutPods();
        boolean whole = pool.warmAddresses() == 0 && pool.minimumAddresses() == 0;
        // Whole interfaces come and go: too much is what could do without one of them.
        int smallest =
                ports.stream()
                        .filter(port -> port.device() > 0)
                        .mapToInt(Room::forPods)
                        .min()
                        .orElse(has);
        return (whole ? has - smallest >= wanted : has > wanted)
                ? node.instance() + " has " + has + " addresses without a pod, and wants " + wanted
                : null;
    }

    private static int forPods(Port port) {
        return port.addresses().size() - 1;
    }

    private int targetWithoutPods() {
        PoolSettings pool = node.settings().pool();
        return pool.warmAddresses() > 0 || pool.minimumAddresses() > 0
                ? Math.max(pool.warmAddresses(), pool.minimumAddresses())
                : Math.max(1, pool.warmInterfaces() * eachForPods());
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
