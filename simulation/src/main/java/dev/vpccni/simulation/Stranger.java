package dev.vpccni.simulation;

import dev.vpccni.model.Cidr;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.Ipv6Cidr;
import dev.vpccni.simulation.host.SimulatedNode;
import dev.vpccni.vpc.Port;
import dev.vpccni.vpc.api.Answer;
import dev.vpccni.vpc.api.Ec2Reply;
import dev.vpccni.vpc.api.Ec2Request;
import dev.vpccni.vpc.api.EniDescription;
import dev.vpccni.vpc.api.WantedBlocks;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Somebody else who changes the nodes' interfaces in EC2: a script, a console, another tool. */
final class Stranger {

    private final World world;
    private final RandomGenerator random;
    private final SortedSet<InterfaceId> own = new TreeSet<>();
    private final SortedMap<InterfaceId, Place> forcedAway = new TreeMap<>();
    private final SortedSet<Cidr> gifts = new TreeSet<>();

    /** Where an interface was. */
    record Place(SimulatedNode node, int card) {}

    Stranger(World world, RandomGenerator random) {
        this.world = world;
        this.random = random;
    }

    /** Tells whether the interface is one of the stranger's making. */
    boolean owns(InterfaceId id) {
        return own.contains(id);
    }

    /** Returns where it took the interface away, or null if it did not. */
    @Nullable Place forcedAway(InterfaceId id) {
        return forcedAway.get(id);
    }

    /** Tells whether it gave a block to a node that did not ask for it. */
    boolean gave(Cidr block) {
        return gifts.contains(block);
    }

    /** Does one thing. */
    void act() {
        SimulatedNode node = world.members().get(random.nextInt(world.members().size())).node();
        List<Port> ports = world.cloud.ports(node.instance());
        Port port = ports.get(random.nextInt(ports.size()));
        switch (random.nextInt(4)) {
            case 0 -> attach(node, ports);
            case 1 -> {
                if (!port.isPrimary()) {
                    port.held().all().forEach(world.invariants::takenAway);
                    world.invariants.interfaceLost(node);
                    world.cloud.forceAway(port.eni());
                    forcedAway.put(port.eni(), new Place(node, port.card()));
                }
            }
            case 2 -> {
                int count = 1 + random.nextInt(3);
                var wanted =
                        random.nextInt(3) == 0
                                ? WantedBlocks.anyPrefixes(count)
                                : WantedBlocks.anyAddresses(count);
                if (node.settings().addressing().family() == IpFamily.IPV4) {
                    give(new Ec2Request.AssignPrivateIpAddresses(port.eni(), wanted, false));
                } else {
                    var _ =
                            world.cloud.change(
                                    new Ec2Request.AssignIpv6Addresses(port.eni(), wanted));
                }
            }
            default -> unassign(port);
        }
    }

    private void give(Ec2Request.AssignPrivateIpAddresses gift) {
        if (world.cloud.change(gift) instanceof Answer.Done<Ec2Reply.AddressesAssigned>(var done)) {
            gifts.addAll(done.assigned().all());
        }
    }

    /** On any card, at the lowest device index that is not used, as most tools do. */
    private void attach(SimulatedNode node, List<Port> ports) {
        Answer<Ec2Reply.InterfaceCreated> made =
                world.cloud.change(
                        new Ec2Request.CreateNetworkInterface(
                                "",
                                world.cloud.subnet(),
                                "somebody else's",
                                List.of(),
                                new TreeMap<>(),
                                random.nextInt(3)));
        if (!(made instanceof Answer.Done<Ec2Reply.InterfaceCreated>(var reply))) {
            return; // The subnet is full.
        }
        EniDescription eni = reply.eni();
        own.add(eni.id());
        var used = new TreeSet<Integer>();
        int card = random.nextInt(node.type().interfacesPerCard().size());
        ports.stream().filter(port -> port.card() == card).forEach(port -> used.add(port.device()));
        int device = 1;
        while (used.contains(device)) {
            device++;
        }
        var _ =
                world.cloud.change(
                        new Ec2Request.AttachNetworkInterface(
                                eni.id(), node.instance(), card, device));
    }

    private void unassign(Port port) {
        List<Ipv6Cidr> six = port.held().ipv6Prefixes();
        if (!six.isEmpty()) {
            Ipv6Cidr one = six.get(random.nextInt(six.size()));
            world.invariants.takenAway(one);
            var _ =
                    world.cloud.change(
                            new Ec2Request.UnassignIpv6Addresses(
                                    port.eni(), List.of(), List.of(one)));
        }
        List<Ipv4Address> some = new ArrayList<>();
        for (Ipv4Address address : port.addresses().subList(1, port.addresses().size())) {
            if (random.nextInt(4) == 0) {
                some.add(address);
            }
        }
        List<Ipv4Cidr> prefixes = new ArrayList<>();
        for (Ipv4Cidr prefix : port.held().prefixes()) {
            if (random.nextInt(4) == 0) {
                prefixes.add(prefix);
            }
        }
        if (!some.isEmpty() || !prefixes.isEmpty()) {
            some.forEach(world.invariants::takenAway);
            prefixes.forEach(world.invariants::takenAway);
            var _ =
                    world.cloud.change(
                            new Ec2Request.UnassignPrivateIpAddresses(port.eni(), some, prefixes));
        }
    }
}
