package dev.vpccni.emulator.fabric;

import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.Ipv4Address;
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
 */
record Wires(SortedMap<InterfaceId, Wire> byId) {

    static final Wires NONE = new Wires(new TreeMap<>());

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
            Collection<Ipv4Address> old = before == null ? List.of() : before.port().addresses();
            drop(wire, old, steps);
            add(wire, old, steps);
        }
        return steps;
    }

    private @Nullable Wire keeps(Wire wire) {
        Wire mine = byId.get(wire.port().eni());
        return mine != null && mine.isLink(wire) ? mine : null;
    }

    private static void plug(Wire wire, List<String> steps) {
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
    }

    private static void drop(Wire wire, Collection<Ipv4Address> old, List<String> steps) {
        for (Ipv4Address address : old) {
            if (!wire.port().addresses().contains(address)) {
                steps.add("route del " + address + "/32 dev " + wire.name());
                steps.add("neigh del " + address + " dev " + wire.name());
            }
        }
    }

    /** A VPC does not learn who has an address, it knows: so the neighbour is permanent. */
    private static void add(Wire wire, Collection<Ipv4Address> old, List<String> steps) {
        for (Ipv4Address address : wire.port().addresses()) {
            if (!old.contains(address)) {
                steps.add("route replace " + address + "/32 dev " + wire.name());
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
    }
}
