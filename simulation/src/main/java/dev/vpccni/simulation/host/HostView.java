package dev.vpccni.simulation.host;

import dev.vpccni.dataplane.HostEnd;
import dev.vpccni.dataplane.InterfaceNames;
import dev.vpccni.dataplane.InterfaceSetup;
import dev.vpccni.dataplane.NodeSetup;
import dev.vpccni.dataplane.PodLink;
import dev.vpccni.dataplane.PodWiring;
import dev.vpccni.dataplane.branch.BranchEnd;
import dev.vpccni.dataplane.branch.BranchView;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.MacAddress;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostFailure;
import dev.vpccni.node.port.HostNetwork;
import dev.vpccni.node.port.PodNamespace;
import dev.vpccni.node.port.Tempo;
import dev.vpccni.simulation.cloud.SimulatedCloud;
import dev.vpccni.simulation.time.SimulatedProcess;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A node's kernel as one daemon reaches it: late, refusing now and then, and cut short by death.
 */
final class HostView implements HostNetwork {

    private static final Duration STEP = Duration.ofNanos(200_000);

    /** How late the kernel tells of a change at most. */
    private static final Duration LINK_LOOKS = Duration.ofSeconds(5);

    private final HostTables tables;
    private final SimulatedCloud cloud;
    private final SimulatedProcess daemon;
    private final Tempo.Signal disturbance;
    private @Nullable SortedMap<MacAddress, String> lastTold;

    HostView(HostTables tables, SimulatedCloud cloud, SimulatedProcess daemon) {
        this.tables = tables;
        this.cloud = cloud;
        this.daemon = daemon;
        disturbance = daemon.signal();
    }

    @Override
    public void wire(PodWiring wiring, PodNamespace pod) throws HostException {
        cross("wire");
        var sandbox = (SimulatedSandbox) pod;
        requireAlive(sandbox);
        wiring.links().forEach(link -> tables.makeVeth(link, sandbox));
        try {
            for (PodLink link : wiring.links()) {
                cross("wire");
                requireAlive(sandbox);
                tables.lead(link.address(), link.hostInterface());
                cross("wire");
                tables.putRule(link.address(), link.table());
            }
            tables.countWired();
        } catch (HostException e) {
            for (PodLink link : wiring.links()) {
                tables.removeVeth(link, sandbox);
            }
            throw e;
        }
        daemon.cross(STEP);
    }

    /** No sandbox here has another network. */
    @Override
    public @Nullable String otherDefault(PodNamespace pod, String podInterface, IpFamily family) {
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
        tables.removeRule(address);
        cross("unwire");
        if (hostInterface == null || hostInterface.equals(tables.veth(address))) {
            tables.removeRoute(address);
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
            String off = tables.wrongForKernel((SimulatedSandbox) pod, link.address());
            if (off != null) {
                differences.add(off);
            }
        }
        return differences;
    }

    @Override
    public int endConnections(IpAddress address) throws HostException {
        cross("end connections");
        tables.endConnections(address);
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
        if (tables.iptablesBroken()) {
            throw refusal("run iptables");
        }
        tables.translateBut(setup.vpcCidrs());
        return List.of();
    }

    @Override
    public List<String> setUpInterface(InterfaceSetup setup) throws HostException {
        cross("set up an interface");
        if (!tables.links().containsKey(setup.mac())) {
            throw new HostException(
                    new HostFailure.NoLink(setup.mac()), "no link has " + setup.mac(), null);
        }
        if (!tables.setUp(setup)) {
            return List.of();
        }
        daemon.cross(STEP);
        return List.of("interface " + setup.mac());
    }

    @Override
    public Set<Part> awaitDisturbance(Duration patience)
            throws HostException, InterruptedException {
        cross("listen");
        if (tables.listen(this)) {
            return EnumSet.allOf(Part.class);
        }
        return disturbance.await(patience) ? EnumSet.of(Part.ROUTING) : EnumSet.noneOf(Part.class);
    }

    /** Wakes a living daemon that awaits a disturbance. */
    void disturbed() {
        if (!daemon.isDead()) {
            disturbance.raise();
        }
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
            tables.restoreRoute(end.address(), Objects.requireNonNull(veth(end)));
            cross("restore");
            tables.putRule(end.address(), end.table());
        }
        daemon.cross(STEP);
        return lost;
    }

    private List<String> lost(HostEnd end) {
        String veth = veth(end);
        List<String> lost = new ArrayList<>();
        if (veth != null && !veth.equals(tables.veth(end.address()))) {
            lost.add("the route");
        }
        if (veth != null && !Objects.equals(tables.table(end.address()), end.table())) {
            lost.add("the rules");
        }
        return lost;
    }

    private @Nullable String veth(HostEnd end) {
        return tables.veths().stream()
                .filter(name -> InterfaceNames.suffix(name).equals(end.suffix()))
                .findFirst()
                .orElse(null);
    }

    @Override
    public boolean awaitLink(MacAddress mac, Duration patience) {
        daemon.cross(Duration.ZERO);
        long end = daemon.nanos() + patience.toNanos();
        while (!tables.links().containsKey(mac)) {
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
    public int linkIndex(MacAddress mac) throws HostException {
        daemon.cross(Duration.ZERO);
        if (!tables.links().containsKey(mac)) {
            throw new HostException(new HostFailure.NoLink(mac), "no link has " + mac, null);
        }
        return tables.links().headMap(mac).size() + 1;
    }

    @Override
    public boolean awaitLinkChange(Duration patience) {
        daemon.cross(Duration.ZERO);
        long end = daemon.nanos() + patience.toNanos();
        SortedMap<MacAddress, String> told = lastTold == null ? tables.links() : lastTold;
        while (tables.links().equals(told)) {
            Duration left = Duration.ofNanos(end - daemon.nanos());
            if (!left.isPositive()) {
                lastTold = told;
                return false;
            }
            // Somebody may change the devices at any time: look every now and then.
            daemon.pause(shorter(shorter(untilNextPortChange(), left), LINK_LOOKS));
        }
        lastTold = tables.links();
        daemon.cross(Duration.ZERO);
        return true;
    }

    @Override
    public void tearDownInterface(IpAddress primaryAddress) throws HostException {
        cross("tear down an interface");
        tables.tearDown(primaryAddress);
        daemon.cross(STEP);
    }

    @Override
    public Observation observe() throws HostException {
        cross("observe");
        lastTold = lastTold == null ? tables.links() : lastTold;
        var observed =
                new Observation(
                        tables.links(),
                        new TreeSet<>(tables.veths()),
                        new TreeSet<>(tables.veths()),
                        tables.routes(),
                        tables.rules());
        daemon.cross(STEP);
        return observed;
    }

    private void cross(String step) throws HostException {
        daemon.cross(STEP);
        if (tables.refusesThis()) {
            throw refusal(step);
        }
    }

    private static HostException refusal(String step) {
        return new HostException(
                new HostFailure.Refused(step, 105), "cannot " + step + ": simulated", null);
    }

    private Duration untilNextPortChange() {
        Instant change = cloud.nextPortChange();
        return change == null ? Duration.ofDays(1) : Duration.between(cloud.now(), change);
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
