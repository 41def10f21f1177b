package dev.vpccni.emulator.fabric;

import dev.vpccni.emulator.fabric.Wires.Wire;
import dev.vpccni.model.InstanceId;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.Ipv6Address;
import dev.vpccni.vpc.Port;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A VPC's layer 3 on this computer: one namespace that routes, and one for each instance.
 *
 * <p>An interface is a veth from the instance's namespace to a port of the router. Having an
 * address means a /32 route to that port, and the port accepts a packet only from an address whose
 * route leads to it (strict reverse path filtering): that is the source/destination check. A prefix
 * is one route. Each port answers ARP for whatever the VPC has an owner for, passes no broadcast,
 * and knows its interface's MAC address without asking. Of IPv6 each port has the router's address,
 * to which an instance sends whatever it has, since none of its addresses has a neighbour.
 *
 * <p>Thread-safe: each change is one step after another.
 */
public final class Fabric implements AutoCloseable {

    private static final int LARGEST_PUBLIC_HOST = 253;

    private final FabricPlan plan;
    private final Gateways gateways;
    private final ReentrantLock lock = new ReentrantLock();
    private final SortedMap<InstanceId, FabricInstance> machines = new TreeMap<>();
    private final SortedMap<InstanceId, Ipv4Address> publicAddresses = new TreeMap<>();
    private Wires wires;
    private int machinesSoFar;

    private Fabric(FabricPlan plan) {
        this.plan = plan;
        this.gateways = new Gateways(plan);
        this.wires = wires(new TreeMap<>());
    }

    /**
     * Builds the router and what hangs off it.
     *
     * @throws IOException if this computer cannot; nothing of it remains then
     */
    public static Fabric create(FabricPlan plan) throws IOException {
        var fabric = new Fabric(plan);
        boolean done = false;
        try {
            fabric.createRouter();
            fabric.gateways.create();
            done = true;
            return fabric;
        } finally {
            if (!done) {
                fabric.close();
            }
        }
    }

    /** Returns the VPC that this fabric carries. */
    public FabricPlan plan() {
        return plan;
    }

    /** Returns the namespace of the server in the internet. */
    public String internet() {
        return gateways.internet();
    }

    /** Returns the namespace of the server on the premises. */
    public String premises() {
        return gateways.premises();
    }

    /** Returns the namespace of the service that the VPC has an endpoint for. */
    public String service() {
        return gateways.service();
    }

    /**
     * Starts an instance: a namespace that finds its primary interface there, up, with its address
     * and a default route, as an image's own tools would have left it.
     *
     * @param namespace the name of the namespace to make
     * @param primary its interface 0
     * @param metadataPort where in the router's namespace this instance's metadata is served
     * @throws IOException if this computer cannot; nothing of it remains then
     */
    public void boot(String namespace, Port primary, int metadataPort) throws IOException {
        lock.lock();
        try {
            int number = ++machinesSoFar;
            var machine = new FabricInstance(primary.instance(), number, namespace);
            Namespaces.create(namespace);
            machines.put(machine.id(), machine);
            boolean done = false;
            try {
                Namespaces.nft(
                        plan.routerNamespace(),
                        "add rule ip fabric metadata iifname \"%s\" tcp dport 80 dnat to %s:%d"
                                .formatted(
                                        machine.portPattern(), FabricPlan.METADATA, metadataPort));
                var next = new TreeMap<>(wires.byId());
                next.put(primary.eni(), new Wire(machine, primary));
                change(wires(next));
                bringUp(machine, primary);
                associate(machine, primary);
                done = true;
            } finally {
                if (!done) {
                    machines.remove(machine.id());
                    Namespaces.delete(namespace);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Makes the fabric carry {@code ports} and no others, changing only what differs: interfaces
     * appear on their instances (down, with their MAC address) or vanish from wherever they are by
     * now, addresses become reachable or cease to be. Interfaces of instances that did not boot
     * here are left out.
     */
    public void carry(Collection<Port> ports) throws IOException {
        lock.lock();
        try {
            var next = new TreeMap<InterfaceId, Wire>();
            for (Port port : ports) {
                FabricInstance machine = machines.get(port.instance());
                if (machine != null) {
                    next.put(port.eni(), new Wire(machine, port));
                }
            }
            change(wires(next));
        } finally {
            lock.unlock();
        }
    }

    /**
     * Starts an instance again. Its namespace is a new one: it finds its primary interface as
     * {@link #boot} leaves it, and its others down and without addresses. Nothing may run in the
     * former.
     *
     * @throws IOException if it did not boot here, or this computer cannot
     */
    public void reboot(InstanceId id) throws IOException {
        lock.lock();
        try {
            FabricInstance machine = machines.get(id);
            if (machine == null) {
                throw new IOException(id + " did not boot here");
            }
            SortedMap<InterfaceId, Wire> all = wires.byId();
            var others = new TreeMap<>(all);
            others.values().removeIf(wire -> wire.machine().equals(machine));
            change(wires(others));
            Namespaces.delete(machine.namespace());
            Namespaces.create(machine.namespace());
            change(wires(all));
            for (Wire wire : all.values()) {
                if (wire.machine().equals(machine) && wire.isPrimary()) {
                    bringUp(machine, wire.port());
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Stops an instance and removes its namespace. */
    public void terminate(InstanceId id) throws IOException {
        lock.lock();
        try {
            FabricInstance machine = machines.remove(id);
            if (machine == null) {
                return;
            }
            var next = new TreeMap<>(wires.byId());
            next.values().removeIf(wire -> wire.machine().equals(machine));
            change(wires(next));
            Namespaces.delete(machine.namespace());
        } finally {
            lock.unlock();
        }
    }

    /** Returns how an instance is seen from the internet, and null if it cannot be seen. */
    public @Nullable Ipv4Address publicAddress(InstanceId id) {
        lock.lock();
        try {
            return publicAddresses.get(id);
        } finally {
            lock.unlock();
        }
    }

    /** Removes every namespace that the fabric made. */
    @Override
    public void close() throws IOException {
        lock.lock();
        try {
            for (FabricInstance machine : machines.values()) {
                Namespaces.delete(machine.namespace());
            }
            machines.clear();
            publicAddresses.clear();
            wires = wires(new TreeMap<>());
            for (String namespace : ownNamespaces(plan.name())) {
                Namespaces.delete(namespace);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Returns the names of the namespaces that a fabric makes besides those of instances.
     *
     * @param name as in {@link FabricPlan#name()}
     */
    public static List<String> ownNamespaces(String name) {
        var names = new ArrayList<>(Gateways.namespaces(name));
        names.add(FabricPlan.routerNamespace(name));
        return names;
    }

    private void createRouter() throws IOException {
        String router = plan.routerNamespace();
        Namespaces.create(router);
        Namespaces.sysctl(
                router,
                List.of(
                        "net/ipv4/ip_forward=1",
                        "net/ipv4/conf/all/rp_filter=0",
                        "net/ipv4/conf/default/rp_filter=1",
                        "net/ipv4/conf/default/proxy_arp=1",
                        "net/ipv4/conf/all/send_redirects=0",
                        "net/ipv4/conf/default/send_redirects=0",
                        "net/ipv6/conf/default/disable_ipv6=" + (plan.ipv6() == null ? 1 : 0),
                        "net/ipv6/conf/default/accept_dad=0",
                        "net/ipv6/conf/all/forwarding=" + (plan.ipv6() == null ? 0 : 1)));
        var lines = new ArrayList<String>();
        for (Ipv4Cidr subnet : plan.subnets()) {
            lines.add("addr add " + FabricPlan.router(subnet) + "/32 dev lo");
        }
        lines.add("addr add " + FabricPlan.router(plan.edge()) + "/32 dev lo");
        lines.add("addr add " + plan.apiEndpoint() + "/32 dev lo");
        lines.add("addr add " + FabricPlan.METADATA + "/32 dev lo");
        // What nobody owns is lost, and does not leave by the default route.
        plan.vpc().forEach(block -> lines.add("route add blackhole " + block));
        if (plan.ipv6() != null) {
            lines.add("route add blackhole " + plan.ipv6());
        }
        Namespaces.ip(router, lines);
        Namespaces.nft(router, ROUTER_RULES);
        if (plan.ipv6() != null) {
            Namespaces.nft(router, SOURCE_CHECK_IPV6);
        }
    }

    private Wires wires(SortedMap<InterfaceId, Wire> byId) {
        return new Wires(byId, plan.ipv6() != null);
    }

    /** The kernel has a filter by reverse paths for IPv4 only. */
    private static final String SOURCE_CHECK_IPV6 =
            """
            table ip6 fabric {
                chain check {
                    type filter hook prerouting priority raw
                    iifname "p*" ip6 saddr != fe80::/10 fib saddr . iif oif missing drop
                }
            }
            """;

    /**
     * Gateways do not pass on to one another what does not concern the VPC. Only metadata is
     * translated, so only its connections are tracked: an instance may have as many as it likes.
     */
    private static final String ROUTER_RULES =
            """
            table ip fabric {
                chain untracked {
                    type filter hook prerouting priority raw
                    ip daddr != 169.254.169.254 notrack
                }
                chain prerouting {
                    type nat hook prerouting priority dstnat
                    ip daddr 169.254.169.254 jump metadata
                }
                chain metadata {
                }
                chain transit {
                    type filter hook forward priority filter
                    iifname "premises" oifname { "igw", "nat" } drop
                    iifname { "igw", "nat" } oifname "premises" drop
                }
            }
            """;

    private void change(Wires next) throws IOException {
        List<String> added = wires.newLinks(next);
        Namespaces.ip(plan.routerNamespace(), wires.stepsTo(next));
        wires = next;
        var settings = new ArrayList<String>();
        for (String link : added) {
            // Else each answer to an ARP request waits up to 0.8 s (arp(7), proxy_delay).
            settings.add("net/ipv4/neigh/" + link + "/proxy_delay=0");
        }
        Namespaces.sysctl(plan.routerNamespace(), settings);
    }

    private static void bringUp(FabricInstance machine, Port primary) throws IOException {
        String device = FabricInstance.deviceName(primary);
        // A VPC finds no address twice: an instance has its own at once.
        Namespaces.sysctl(
                machine.namespace(),
                List.of(
                        "net/ipv6/conf/" + device + "/disable_ipv6=0",
                        "net/ipv6/conf/" + device + "/accept_dad=0"));
        Namespaces.ip(
                machine.namespace(),
                List.of(
                        "addr add "
                                + primary.addresses().getFirst()
                                + "/"
                                + primary.subnetCidr().prefixLength()
                                + " brd "
                                + primary.subnetCidr().last()
                                + " dev "
                                + device,
                        "link set dev " + device + " up",
                        "route add default via "
                                + FabricPlan.router(primary.subnetCidr())
                                + " dev "
                                + device));
        Namespaces.sysctl(machine.namespace(), List.of("net/ipv4/ip_forward=1"));
        bringUpIpv6(machine, primary, device);
    }

    /** As DHCPv6 and the router's advertisements would have it. */
    private static void bringUpIpv6(FabricInstance machine, Port primary, String device)
            throws IOException {
        if (primary.held().ipv6Addresses().isEmpty()) {
            return;
        }
        var lines = new ArrayList<String>();
        for (Ipv6Address address : primary.held().ipv6Addresses()) {
            lines.add("addr add " + address + "/128 dev " + device + " nodad");
        }
        lines.add("route add ::/0 via " + FabricPlan.ROUTER_IPV6 + " dev " + device);
        Namespaces.ip(machine.namespace(), lines);
    }

    private void associate(FabricInstance machine, Port primary) throws IOException {
        if (plan.egress() != Egress.INTERNET_GATEWAY || machine.number() > LARGEST_PUBLIC_HOST) {
            return;
        }
        Ipv4Address shown = FabricPlan.PUBLIC_ADDRESSES.network().plus(machine.number());
        gateways.associate(primary.addresses().getFirst(), shown);
        publicAddresses.put(machine.id(), shown);
    }
}
