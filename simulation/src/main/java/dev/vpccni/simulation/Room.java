package dev.vpccni.simulation;

import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.SubnetId;
import dev.vpccni.node.Node;
import dev.vpccni.node.settings.PoolSettings;
import dev.vpccni.simulation.cloud.SubnetRoles;
import dev.vpccni.simulation.host.SimulatedCluster;
import dev.vpccni.simulation.host.SimulatedNode;
import dev.vpccni.simulation.workload.SimulatedPod;
import dev.vpccni.vpc.Port;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a network card of a node could have and does not, and what it has and should not, as the VPC
 * sees it.
 */
final class Room {

    /** Addresses of a prefix. */
    private static final int PREFIX = 16;

    private final World world;
    private final SimulatedNode node;
    private final World.Member member;
    private final Stranger stranger;
    private final int card;
    private final List<Port> ports;
    private final SubnetRoles roles;

    /**
     * @param card of the network card whose pool it is about
     */
    Room(World world, World.Member member, Stranger stranger, int card) {
        this.world = world;
        this.card = card;
        this.stranger = stranger;
        this.member = member;
        this.node = member.node();
        this.roles = world.cloud.roles();
        this.ports =
                world.cloud.ports(node.instance()).stream()
                        .filter(port -> port.card() == card)
                        .toList();
    }

    /** Returns what is left for a pod of the node, or null if there is nothing. */
    @Nullable String whatIsLeft() {
        var used = new TreeSet<IpAddress>();
        for (SimulatedPod pod : member.kubelet().pods()) {
            used.addAll(pod.addresses());
        }
        if (isOfIpv6()) {
            return ports.stream().anyMatch(this::hasIpv6)
                    ? "an interface that has an IPv6 prefix, or room for one"
                    : null;
        }
        for (Port port : ports) {
            for (Cidr block : isUsable(port) ? forPods(port) : List.<Cidr>of()) {
                if (isHeldElsewhere(block, used)) {
                    continue;
                }
                for (long i = 0; i < block.size(); i++) {
                    if (!used.contains(block.network().plus(i))) {
                        return "the unused " + block.network().plus(i) + " of " + block;
                    }
                }
            }
        }
        // A pod that has lost its address to somebody else's request keeps its place.
        long takenAway = used.stream().filter(world.invariants::isTakenAway).count();
        for (Map.Entry<SubnetId, Integer> places : placesBySubnet().entrySet()) {
            int free = world.cloud.space().addresses(places.getKey());
            if (free >= 1 && places.getValue() > takenAway) {
                return free + " free addresses in " + places.getKey() + ", and room for them";
            }
        }
        if (ports.size() < interfacesMax()) {
            for (SubnetId next : subnetsOfNext()) {
                int free = world.cloud.space().addresses(next);
                if (free >= 2) {
                    return free + " free addresses in " + next + ", and room for another interface";
                }
            }
        }
        return null;
    }

    /**
     * A prefix that somebody took from an interface may be on the next one soon. Nobody gets an
     * address of it as long as pods have theirs by the first.
     */
    private boolean isHeldElsewhere(Cidr block, Set<IpAddress> used) {
        return !block.isSingle()
                && world.invariants.isTakenAway(block.network())
                && used.stream().anyMatch(block::contains);
    }

    /** Where somebody else fills an interface with single IPv6 addresses, there is no room. */
    private boolean hasIpv6(Port port) {
        return !port.held().ipv6Prefixes().isEmpty()
                || port.held().slots(IpFamily.IPV6) < node.type().addressesPerInterface();
    }

    private SortedMap<SubnetId, Integer> placesBySubnet() {
        int each = node.type().addressesPerInterface();
        var places = new TreeMap<SubnetId, Integer>();
        for (Port port : ports) {
            if (isUsable(port)) {
                int free = each - port.held().slots(IpFamily.IPV4);
                places.merge(port.subnet(), free, Integer::sum);
            }
        }
        return places;
    }

    /** Returns where another interface would be made; none if nobody says. */
    private List<SubnetId> subnetsOfNext() {
        if (!node.settings().addressing().customNetworking()) {
            return roles.all().keySet().stream().filter(roles::admits).toList();
        }
        return SimulatedCluster.subnets(node.cluster().config());
    }

    private boolean isUsable(Port port) {
        return node.settings().addressing().customNetworking()
                ? !port.isPrimary()
                : !roles.excludes(port.subnet());
    }

    /** Returns what a node without pods has beyond its targets, or null if that is nothing. */
    @Nullable String whatIsTooMuch() {
        if (isOfIpv6()) {
            return ports.size() > 1
                            || ports.stream().anyMatch(p -> p.held().ipv6Prefixes().size() > 1)
                    ? name() + " has " + ports + ", and needs one prefix"
                    : null;
        }
        if (keepsForWantOfOthers()) {
            return null;
        }
        PoolSettings pool = node.settings().pool();
        int has = ports.stream().mapToInt(this::addresses).sum();
        int wanted = targetWithoutPods();
        boolean whole =
                card == 0
                        && pool.warmAddresses() == 0
                        && pool.minimumAddresses() == 0
                        && !isOfPrefixes();
        // Whole interfaces come and go: too much is what could do without one of them.
        int smallest =
                ports.stream()
                        .filter(port -> !port.isPrimary())
                        .mapToInt(this::addresses)
                        .min()
                        .orElse(has);
        return (whole ? has - smallest >= wanted : has > wanted)
                ? name() + " has " + has + " addresses without a pod, and wants " + wanted
                : null;
    }

    private static List<Cidr> forPods(Port port) {
        List<Cidr> all = port.held().all();
        return all.subList(1, all.size());
    }

    /** Blocks of the other kind serve until those of the kind that is wanted can be had. */
    private boolean keepsForWantOfOthers() {
        return ports.stream()
                .anyMatch(port ->
                        forPods(port).stream().anyMatch(b -> b.isSingle() == isOfPrefixes())
                                && world.cloud.space().addresses(port.subnet()) == 0);
    }

    private int addresses(Port port) {
        return (int)
                forPods(port).stream()
                        .filter(block -> !isUnnoticed(block))
                        .mapToLong(Cidr::size)
                        .sum();
    }

    /** A node that takes no prefixes does not ask metadata whether somebody has given it one. */
    private boolean isUnnoticed(Cidr block) {
        Node serving = node.serving();
        return !block.isSingle()
                && !isOfPrefixes()
                && stranger.gave(block)
                && serving != null
                && serving.cards().all().stream()
                        .allMatch(p -> p.keeper().ledger().home(block.network()) == null);
    }

    private String name() {
        return "card " + card + " of " + node.instance();
    }

    private boolean isOfIpv6() {
        return node.settings().addressing().family() == IpFamily.IPV6;
    }

    private boolean isOfPrefixes() {
        return node.settings().addressing().prefixesOn(node.type());
    }

    /** Of prefixes, as many as it takes. */
    private int targetWithoutPods() {
        if (card > 0) {
            return isOfPrefixes() ? PREFIX : 1;
        }
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
        int type = node.type().interfacesPerCard().get(card);
        return setting < 1 ? type : Math.min(setting, type);
    }
}
