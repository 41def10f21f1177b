package dev.vpccni.simulation.host;

import dev.vpccni.dataplane.HostEnd;
import dev.vpccni.dataplane.InterfaceNames;
import dev.vpccni.dataplane.InterfaceSetup;
import dev.vpccni.dataplane.NodeSetup;
import dev.vpccni.dataplane.PodLink;
import dev.vpccni.dataplane.PodWiring;
import dev.vpccni.dataplane.RouteTables;
import dev.vpccni.dataplane.branch.BranchEnd;
import dev.vpccni.dataplane.branch.BranchView;
import dev.vpccni.model.InstanceId;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.MacAddress;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostFailure;
import dev.vpccni.node.port.HostNetwork;
import dev.vpccni.node.port.PodNamespace;
import dev.vpccni.node.port.Tempo;
import dev.vpccni.simulation.cloud.Faults;
import dev.vpccni.simulation.cloud.SimulatedCloud;
import dev.vpccni.simulation.time.SimulatedProcess;
import dev.vpccni.vpc.Port;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** A node's kernel, as far as pods need it. It outlives every daemon. */
public final class HostTables {

    private static final Duration STEP = Duration.ofNanos(200_000);

    /** How late the kernel tells of a change at most. */
    private static final Duration LINK_LOOKS = Duration.ofSeconds(5);

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
    private @Nullable View listening;
    private int refusing;
    private boolean iptablesBroken;
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
        if (listening != null && !listening.daemon.isDead()) {
            listening.disturbance.raise();
        }
        return address;
    }

    /** Brings it back. */
    public void relink(MacAddress mac) {
        version++;
        unlinked.remove(mac);
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
        return new View(daemon);
    }

    private void makeVeth(PodLink link, SimulatedSandbox sandbox) {
        version++;
        SimulatedSandbox before = veths.put(link.hostInterface(), sandbox);
        if (before != null) {
            routes.values().removeIf(link.hostInterface()::equals);
        }
    }

    private SortedMap<MacAddress, String> links() {
        var links = new TreeMap<MacAddress, String>();
        cloud.ports(instance)
                .forEach(port -> links.put(port.mac(), "eth" + port.card() + "-" + port.device()));
        links.keySet().removeAll(unlinked);
        interfaces.keySet().retainAll(links.keySet());
        return links;
    }

    private final class View implements HostNetwork {

        private final SimulatedProcess daemon;
        private final Tempo.Signal disturbance;
        private @Nullable SortedMap<MacAddress, String> lastTold;

        View(SimulatedProcess daemon) {
            this.daemon = daemon;
            disturbance = daemon.signal();
        }

        @Override
        public void wire(PodWiring wiring, PodNamespace pod) throws HostException {
            cross("wire");
            var sandbox = (SimulatedSandbox) pod;
            requireAlive(sandbox);
            wiring.links().forEach(link -> makeVeth(link, sandbox));
            try {
                for (PodLink link : wiring.links()) {
                    cross("wire");
                    requireAlive(sandbox);
                    routes.put(link.address(), link.hostInterface());
                    wiredByDaemon.add(link.address());
                    version++;
                    cross("wire");
                    rules.put(link.address(), link.table());
                    version++;
                }
                wired++;
            } catch (HostException e) {
                for (PodLink link : wiring.links()) {
                    veths.remove(link.hostInterface(), sandbox);
                    routes.values().removeIf(link.hostInterface()::equals);
                }
                version++;
                throw e;
            }
            daemon.cross(STEP);
        }

        /** No sandbox here has another network. */
        @Override
        public @Nullable String otherDefault(
                PodNamespace pod, String podInterface, IpFamily family) {
            return null;
        }

        private void requireAlive(SimulatedSandbox sandbox) throws HostException {
            if (sandbox.hasEnded()) {
                throw new HostException(
                        new HostFailure.NoNamespace(sandbox.path()), "no such namespace", null);
            }
        }

        @Override
        public void unwire(IpAddress address, int table, @Nullable String hostInterface)
                throws HostException {
            cross("unwire");
            rules.remove(address);
            version++;
            cross("unwire");
            if (hostInterface == null || hostInterface.equals(routes.get(address))) {
                routes.remove(address);
                version++;
            }
            daemon.cross(STEP);
        }

        /** Nobody here has pods with interfaces of their own. */
        @Override
        public void unwire(BranchEnd end, boolean onlyDead) {}

        @Override
        public BranchView branches() {
            return new BranchView(List.of(), List.of(), new TreeMap<>(), new TreeMap<>());
        }

        @Override
        public SortedMap<IpAddress, List<String>> missingOfBranches(List<PodWiring.OnBranch> pods) {
            return new TreeMap<>();
        }

        @Override
        public List<String> restore(PodWiring.OnBranch pod) {
            return List.of();
        }

        @Override
        public List<String> verify(PodWiring wiring, PodNamespace pod) throws HostException {
            cross("verify");
            List<String> differences = new ArrayList<>();
            for (PodLink link : wiring.links()) {
                // The kernel does not know that somebody has taken the address away.
                Port port = cloud.port(link.address());
                boolean lost = port == null || !port.instance().equals(instance);
                String off =
                        lost
                                ? notLed(
                                        (SimulatedSandbox) pod,
                                        link.address(),
                                        rules.get(link.address()))
                                : disconnected((SimulatedSandbox) pod, link.address());
                if (off != null) {
                    differences.add(off);
                }
            }
            return differences;
        }

        @Override
        public int endConnections(IpAddress address) throws HostException {
            cross("end connections");
            if (leadsTo(address) && wiredByDaemon.contains(address)) {
                cutOff.add(address);
                version++;
            }
            return 0;
        }

        @Override
        public List<String> setUpNode(NodeSetup setup) throws HostException {
            cross("set up the node");
            return List.of();
        }

        @Override
        public List<String> setUpPacketFilter(NodeSetup setup) throws HostException {
            cross("set up the packet filter");
            if (iptablesBroken) {
                throw refusal("run iptables");
            }
            return List.of();
        }

        @Override
        public List<String> setUpInterface(InterfaceSetup setup) throws HostException {
            cross("set up an interface");
            if (!links().containsKey(setup.mac())) {
                throw new HostException(
                        new HostFailure.NoLink(setup.mac()), "no link has " + setup.mac(), null);
            }
            InterfaceSetup before = interfaces.put(setup.mac(), setup);
            if (setup.equals(before)) {
                return List.of();
            }
            version++;
            daemon.cross(STEP);
            return List.of("interface " + setup.mac());
        }

        @Override
        public Set<Part> awaitDisturbance(Duration patience)
                throws HostException, InterruptedException {
            cross("listen");
            if (listening != this) {
                listening = this;
                return EnumSet.allOf(Part.class);
            }
            return disturbance.await(patience)
                    ? EnumSet.of(Part.ROUTING)
                    : EnumSet.noneOf(Part.class);
        }

        @Override
        public SortedMap<IpAddress, List<String>> missing(List<HostEnd> ends) throws HostException {
            cross("compare pods");
            var missing = new TreeMap<IpAddress, List<String>>();
            for (HostEnd end : ends) {
                List<String> lost = lost(end);
                if (!lost.isEmpty()) {
                    missing.put(end.address(), lost);
                }
            }
            daemon.cross(STEP);
            return missing;
        }

        @Override
        public List<String> restore(HostEnd end) throws HostException {
            cross("restore");
            List<String> lost = lost(end);
            if (!lost.isEmpty()) {
                routes.put(end.address(), Objects.requireNonNull(veth(end)));
                version++;
                cross("restore");
                rules.put(end.address(), end.table());
                version++;
            }
            daemon.cross(STEP);
            return lost;
        }

        private List<String> lost(HostEnd end) {
            String veth = veth(end);
            List<String> lost = new ArrayList<>();
            if (veth != null && !veth.equals(routes.get(end.address()))) {
                lost.add("the route");
            }
            if (veth != null && !Objects.equals(rules.get(end.address()), end.table())) {
                lost.add("the rules");
            }
            return lost;
        }

        private @Nullable String veth(HostEnd end) {
            return veths.keySet().stream()
                    .filter(name -> InterfaceNames.suffix(name).equals(end.suffix()))
                    .findFirst()
                    .orElse(null);
        }

        @Override
        public boolean awaitLink(MacAddress mac, Duration patience) {
            daemon.cross(Duration.ZERO);
            long end = daemon.nanos() + patience.toNanos();
            while (!links().containsKey(mac)) {
                Duration left = Duration.ofNanos(end - daemon.nanos());
                if (!left.isPositive()) {
                    return false;
                }
                daemon.pause(shorter(untilNextPortChange(), left));
            }
            daemon.cross(Duration.ZERO);
            return true;
        }

        @Override
        public boolean awaitLinkChange(Duration patience) {
            daemon.cross(Duration.ZERO);
            long end = daemon.nanos() + patience.toNanos();
            SortedMap<MacAddress, String> told = lastTold == null ? links() : lastTold;
            while (links().equals(told)) {
                Duration left = Duration.ofNanos(end - daemon.nanos());
                if (!left.isPositive()) {
                    lastTold = told;
                    return false;
                }
                // Somebody may change the devices at any time: look every now and then.
                daemon.pause(shorter(shorter(untilNextPortChange(), left), LINK_LOOKS));
            }
            lastTold = links();
            daemon.cross(Duration.ZERO);
            return true;
        }

        @Override
        public void tearDownInterface(IpAddress primaryAddress) throws HostException {
            cross("tear down an interface");
            interfaces.values().removeIf(i -> i.primaryAddress().equals(primaryAddress));
            version++;
            daemon.cross(STEP);
        }

        @Override
        public Observation observe() throws HostException {
            cross("observe");
            lastTold = lastTold == null ? links() : lastTold;
            var observed =
                    new Observation(
                            links(),
                            new TreeSet<>(veths.keySet()),
                            new TreeSet<>(veths.keySet()),
                            new TreeMap<>(routes),
                            new TreeMap<>(rules));
            daemon.cross(STEP);
            return observed;
        }

        private void cross(String step) throws HostException {
            daemon.cross(STEP);
            if (Faults.strikes(refusing, random)) {
                throw refusal(step);
            }
        }

        private static HostException refusal(String step) {
            return new HostException(
                    new HostFailure.Refused(step, 105), "cannot " + step + ": simulated", null);
        }
    }

    private Duration untilNextPortChange() {
        Instant change = cloud.nextPortChange();
        return change == null ? Duration.ofDays(1) : Duration.between(cloud.now(), change);
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
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
}
