package dev.vpccni.simulation.host;

import dev.vpccni.dataplane.InterfaceSetup;
import dev.vpccni.dataplane.PodLink;
import dev.vpccni.dataplane.PodWiring;
import dev.vpccni.dataplane.RouteTables;
import dev.vpccni.model.InstanceId;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.MacAddress;
import dev.vpccni.node.port.HostNetwork;
import dev.vpccni.simulation.cloud.Faults;
import dev.vpccni.simulation.cloud.SimulatedCloud;
import dev.vpccni.simulation.time.SimulatedProcess;
import dev.vpccni.vpc.Port;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A node's kernel, as far as pods need it. It outlives every daemon. */
public final class HostTables {

    private final SimulatedCloud cloud;
    private final InstanceId instance;
    private final RandomGenerator random;
    private final Map<String, SimulatedSandbox> veths = new HashMap<>();
    private final Map<IpAddress, String> routes = new HashMap<>();
    private final Map<IpAddress, Integer> rules = new HashMap<>();
    private final Map<MacAddress, InterfaceSetup> interfaces = new HashMap<>();
    private final SortedSet<MacAddress> unlinked = new TreeSet<>();
    private final SortedSet<IpAddress> wiredByDaemon = new TreeSet<>();
    private final SortedSet<IpAddress> cutOff = new TreeSet<>();
    private @Nullable HostView listening;
    private int refusing;
    private boolean iptablesBroken;
    private List<Ipv4Cidr> untranslated = List.of();
    private int wired;
    private int version;

    HostTables(SimulatedCloud cloud, InstanceId instance, RandomGenerator random) {
        this.cloud = cloud;
        this.instance = instance;
        this.random = random;
    }

    /** Makes the kernel refuse so many of 1,000 requests from now on. */
    public void refuse(int perThousand) {
        refusing = perThousand;
    }

    /** Tells whether it refuses some requests now. */
    public boolean refuses() {
        return refusing > 0;
    }

    /** Makes iptables fail from now on, or work again. */
    public void breakIptables(boolean changed) {
        iptablesBroken = changed;
    }

    /** Takes a link away that EC2 has attached, as when its driver fails. */
    public void unlink(MacAddress mac) {
        version++;
        unlinked.add(mac);
    }

    /**
     * Removes or misleads what leads to some pod, as somebody else's tool does. Pods' routes and
     * rules are told apart by address.
     *
     * @return whose address that is, or null where no pod is connected
     */
    public @Nullable IpAddress disturb(RandomGenerator chance) {
        List<IpAddress> led =
                new TreeMap<>(routes).keySet().stream().filter(this::leadsTo).toList();
        if (led.isEmpty()) {
            return null;
        }
        IpAddress address = led.get(chance.nextInt(led.size()));
        switch (chance.nextInt(3)) {
            case 0 -> routes.remove(address);
            case 1 -> rules.remove(address);
            default -> rules.computeIfPresent(address, (_, table) -> table + 1);
        }
        version++;
        if (listening != null) {
            listening.disturbed();
        }
        return address;
    }

    /** Brings it back. */
    public void relink(MacAddress mac) {
        version++;
        unlinked.remove(mac);
    }

    /** Has the packet filter translate what does not go to {@code blocks}. */
    void translateBut(List<Ipv4Cidr> blocks) {
        untranslated = List.copyOf(blocks);
    }

    /** Returns the blocks of the VPC by which the packet filter translates. */
    public List<Ipv4Cidr> untranslated() {
        return untranslated;
    }

    /** Returns addresses of living pods whose connections a daemon has ended. */
    public SortedSet<IpAddress> cutOff() {
        return Collections.unmodifiableSortedSet(cutOff);
    }

    /** Returns a number that changes whenever the tables do. */
    public int version() {
        return version;
    }

    /** Ends a sandbox: its veth pair goes, and the routes through it. */
    public void end(SimulatedSandbox sandbox) {
        sandbox.end();
        veths.entrySet()
                .removeIf(veth -> {
                    boolean its = veth.getValue() == sandbox;
                    if (its) {
                        version++;
                        routes.values().removeIf(veth.getKey()::equals);
                    }
                    return its;
                });
    }

    /** Wires a pod as upstream's plugin does, which asks no daemon for it. */
    public void wireDirectly(PodWiring wiring, SimulatedSandbox sandbox) {
        version++;
        for (PodLink link : wiring.links()) {
            makeVeth(link, sandbox);
            routes.put(link.address(), link.hostInterface());
            rules.put(link.address(), link.table());
            wiredByDaemon.remove(link.address()); // who may go on after the address is released
        }
    }

    /** Takes a pod's route and rules away as upstream's plugin does. */
    public void unwireDirectly(IpAddress address) {
        version++;
        rules.remove(address);
        routes.remove(address);
    }

    /** Tells whether the kernel leads {@code address} to a pod. */
    public boolean leadsTo(IpAddress address) {
        String veth = routes.get(address);
        return veth != null && veths.containsKey(veth);
    }

    /** Tells whether {@code address} lies on an interface of the first network card. */
    public boolean isOnFirstCard(IpAddress address) {
        Port port = cloud.port(address);
        return port != null && port.card() == 0;
    }

    /** Returns what is off about the connection of {@code sandbox}, or null. */
    public @Nullable String disconnected(SimulatedSandbox sandbox, IpAddress address) {
        Integer table = rules.get(address);
        String off = notLed(sandbox, address, table);
        if (off != null || table == null) {
            return off;
        }
        Port port = cloud.port(address);
        if (port == null || !port.instance().equals(instance)) {
            return address + " lies on no interface of " + instance;
        }
        InterfaceSetup setup = interfaces.get(port.mac());
        int wanted = RouteTables.of(port.card(), port.device());
        if (table != wanted) {
            return address + " uses table " + table + " instead of " + wanted;
        }
        return port.isPrimary() || (setup != null && setup.table() == wanted)
                ? null
                : "interface " + port.eni() + " is not set up";
    }

    /** As {@link #disconnected}; but the kernel cannot know that the VPC took the address away. */
    @Nullable String wrongForKernel(SimulatedSandbox sandbox, IpAddress address) {
        Port port = cloud.port(address);
        boolean lost = port == null || !port.instance().equals(instance);
        return lost ? notLed(sandbox, address, rules.get(address)) : disconnected(sandbox, address);
    }

    private @Nullable String notLed(
            SimulatedSandbox sandbox, IpAddress address, @Nullable Integer table) {
        String veth = routes.get(address);
        if (veth == null || veths.get(veth) != sandbox) {
            return "the route to " + address + " leads to " + veth;
        }
        return table == null ? "no rule for " + address : null;
    }

    /** Returns the kernel as {@code daemon} reaches it. */
    public HostNetwork of(SimulatedProcess daemon) {
        return new HostView(this, cloud, daemon);
    }

    /** Returns the addresses with a route to a pod, and where each leads. */
    public SortedMap<IpAddress, String> routes() {
        return Collections.unmodifiableSortedMap(new TreeMap<>(routes));
    }

    /** Returns the addresses with rules, and the table of each. */
    public SortedMap<IpAddress, Integer> rules() {
        return Collections.unmodifiableSortedMap(new TreeMap<>(rules));
    }

    /** Returns how often a pod was connected. */
    public int wired() {
        return wired;
    }

    /** Makes a veth pair into a sandbox; one of that name before goes. */
    void makeVeth(PodLink link, SimulatedSandbox sandbox) {
        version++;
        SimulatedSandbox before = veths.put(link.hostInterface(), sandbox);
        if (before != null) {
            routes.values().removeIf(link.hostInterface()::equals);
        }
    }

    /** Removes a veth pair of {@code sandbox}, and the routes through it. */
    void removeVeth(PodLink link, SimulatedSandbox sandbox) {
        version++;
        veths.remove(link.hostInterface(), sandbox);
        routes.values().removeIf(link.hostInterface()::equals);
    }

    /** Returns the names of all veths. */
    Set<String> veths() {
        return Collections.unmodifiableSet(veths.keySet());
    }

    /** Leads an address to a pod that a daemon wires. */
    void lead(IpAddress address, String veth) {
        wiredByDaemon.add(address);
        restoreRoute(address, veth);
    }

    /** Leads an address to a pod, whoever has wired it. */
    void restoreRoute(IpAddress address, String veth) {
        version++;
        routes.put(address, veth);
    }

    void removeRoute(IpAddress address) {
        version++;
        routes.remove(address);
    }

    /** Returns where the route to an address leads, or null. */
    @Nullable String veth(IpAddress address) {
        return routes.get(address);
    }

    void putRule(IpAddress address, int table) {
        version++;
        rules.put(address, table);
    }

    void removeRule(IpAddress address) {
        version++;
        rules.remove(address);
    }

    /** Returns the table that the rule of an address names, or null. */
    @Nullable Integer table(IpAddress address) {
        return rules.get(address);
    }

    /** Counts a pod that is connected now. */
    void countWired() {
        wired++;
    }

    /** Ends the connections of an address, which hurts where a pod of a daemon's has it. */
    void endConnections(IpAddress address) {
        if (leadsTo(address) && wiredByDaemon.contains(address)) {
            cutOff.add(address);
            version++;
        }
    }

    /** Sets up an interface; tells whether that changed something. */
    boolean setUp(InterfaceSetup setup) {
        boolean changes = !setup.equals(interfaces.put(setup.mac(), setup));
        if (changes) {
            version++;
        }
        return changes;
    }

    /** Takes back what was set up on an interface. */
    void tearDown(IpAddress primaryAddress) {
        version++;
        interfaces.values().removeIf(i -> i.primaryAddress().equals(primaryAddress));
    }

    /** Tells {@code view} of disturbances from now on, and nobody else; tells whether it is new. */
    boolean listen(HostView view) {
        boolean isNew = listening != view;
        listening = view;
        return isNew;
    }

    /** Tells whether the kernel refuses the request that comes now. */
    boolean refusesThis() {
        return Faults.strikes(refusing, random);
    }

    boolean iptablesBroken() {
        return iptablesBroken;
    }

    /** Returns the links of attached interfaces; what was set up on others is gone. */
    SortedMap<MacAddress, String> links() {
        var links = new TreeMap<MacAddress, String>();
        cloud.ports(instance)
                .forEach(port -> links.put(port.mac(), "eth" + port.card() + "-" + port.device()));
        links.keySet().removeAll(unlinked);
        interfaces.keySet().retainAll(links.keySet());
        return links;
    }
}
