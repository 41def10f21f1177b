package dev.vpccni.emulator.fabric;

import dev.vpccni.model.Cidr;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.Ipv6Address;
import dev.vpccni.vpc.Port;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Every interface that hangs on the fabric. The step from one state to another is text for {@code
 * ip -batch} in the router's namespace: only what differs.
 *
 * @param byId the interfaces with the machines that they hang on
 * @param ipv6 whether the router speaks IPv6
 */
record Wires(SortedMap<InterfaceId, Wire> byId, boolean ipv6) {

    /** What an interface of a VPC carries in one packet, in bytes. */
    static final int MTU = 9001;

    Wires {
        byId = Collections.unmodifiableSortedMap(new TreeMap<>(byId));
    }

    /** An interface and the machine on which it hangs. */
    record Wire(FabricInstance machine, Port port) {

        /** Returns the name of the router's end. */
        String name() {
            return machine.portName(port);
        }

        /** Returns what is routed to it, of IPv6 only if {@code ipv6}. */
        Collection<Cidr> blocks(boolean ipv6) {
            return port.held().all().stream()
                    .filter(block -> ipv6 || block.family() == IpFamily.IPV4)
                    .toList();
        }

        /**
         * Returns what prefixes are routed by way of: the primary address, or the address that the
         * device gives to itself (RFC 4291, appendix A).
         */
        IpAddress hop(IpFamily family) {
            return switch (family) {
                case IPV4 -> port.addresses().getFirst();
                case IPV6 -> {
                    long mac = port.mac().bits() ^ 0x0200_0000_0000L;
                    long start = (mac & 0xffff_ff00_0000L) << 16;
                    yield new Ipv6Address(
                            0xfe80L << 48, start | 0xff_fe00_0000L | (mac & 0xff_ffffL));
                }
            };
        }

        /** Tells whether it is the machine's first interface, which it boots with. */
        boolean isPrimary() {
            return port.card() == 0 && port.device() == 0;
        }

        /** Tells whether {@code other} is the same link, whatever its addresses. */
        boolean isLink(Wire other) {
            return name().equals(other.name()) && port.mac().equals(other.port().mac());
        }
    }

    /** Returns the names of the links that {@code next} has and this has not. */
    List<String> newLinks(Wires next) {
        var names = new ArrayList<String>();
        for (Wire wire : next.byId.values()) {
            if (keeps(wire) == null) {
                names.add(wire.name());
            }
        }
        return names;
    }

    /** Returns the commands that lead from this to {@code next}, links that go first. */
    List<String> stepsTo(Wires next) {
        var steps = new ArrayList<String>();
        for (Wire wire : byId.values()) {
            if (next.keeps(wire) == null) {
                steps.add("link del dev " + wire.name());
            }
        }
        for (Wire wire : next.byId.values()) {
            Wire before = keeps(wire);
            if (before == null) {
                plug(wire, steps);
            }
            Collection<Cidr> old = before == null ? List.of() : before.blocks(ipv6);
            drop(wire, old, steps);
            add(wire, old, steps);
        }
        return steps;
    }

    private @Nullable Wire keeps(Wire wire) {
        Wire mine = byId.get(wire.port().eni());
        return mine != null && mine.isLink(wire) ? mine : null;
    }

    private void plug(Wire wire, List<String> steps) {
        steps.add(
                "link add "
                        + wire.name()
                        + " mtu "
                        + MTU
                        + " type veth peer name "
                        + FabricInstance.deviceName(wire.port())
                        + " address "
                        + wire.port().mac()
                        + " mtu "
                        + MTU
                        + " netns "
                        + wire.machine().namespace());
        steps.add("link set dev " + wire.name() + " up");
        // For a subnet that was made after the fabric.
        steps.add("addr replace " + FabricPlan.router(wire.port().subnetCidr()) + "/32 dev lo");
        if (ipv6) {
            steps.add("addr add " + FabricPlan.ROUTER_IPV6 + "/128 dev " + wire.name() + " nodad");
            neighbour(wire, wire.hop(IpFamily.IPV6), steps);
        }
    }

    private void drop(Wire wire, Collection<Cidr> old, List<String> steps) {
        Collection<Cidr> kept = wire.blocks(ipv6);
        for (Cidr block : old) {
            if (!kept.contains(block)) {
                steps.add("route del " + block + " dev " + wire.name());
                if (block.isSingle()) {
                    steps.add("neigh del " + block.network() + " dev " + wire.name());
                }
            }
        }
    }

    private void add(Wire wire, Collection<Cidr> old, List<String> steps) {
        for (Cidr block : wire.blocks(ipv6)) {
            if (!old.contains(block)) {
                if (block.isSingle()) {
                    steps.add("route replace " + block + " dev " + wire.name());
                    neighbour(wire, block.network(), steps);
                } else {
                    steps.add(
                            "route replace "
                                    + block
                                    + " via "
                                    + wire.hop(block.family())
                                    + " dev "
                                    + wire.name()
                                    + " onlink");
                }
            }
        }
    }

    /** A VPC does not learn who has an address, it knows: so the neighbour is permanent. */
    private static void neighbour(Wire wire, IpAddress address, List<String> steps) {
        steps.add(
                "neigh replace "
                        + address
                        + " lladdr "
                        + wire.port().mac()
                        + " dev "
                        + wire.name()
                        + " nud permanent");
    }
}
