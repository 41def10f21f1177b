package dev.vpccni.node.fake;

import dev.vpccni.dataplane.HostEnd;
import dev.vpccni.dataplane.InterfaceSetup;
import dev.vpccni.dataplane.NodeSetup;
import dev.vpccni.dataplane.PodWiring;
import dev.vpccni.dataplane.RouteTables;
import dev.vpccni.dataplane.branch.BranchEnd;
import dev.vpccni.dataplane.branch.BranchView;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.MacAddress;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostFailure;
import dev.vpccni.node.port.HostNetwork;
import dev.vpccni.node.port.PodNamespace;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A kernel that notes what is asked of it, and shows what a test says. */
public final class FakeHost implements HostNetwork {

    private final List<String> calls = new ArrayList<>();
    private final SortedMap<String, HostFailure> refusals = new TreeMap<>();
    private final SortedMap<String, Runnable> listeners = new TreeMap<>();
    private final SortedMap<MacAddress, String> links = new TreeMap<>();
    private final SortedSet<String> veths = new TreeSet<>();
    private final SortedMap<IpAddress, String> routes = new TreeMap<>();
    private final SortedMap<IpAddress, Integer> rules = new TreeMap<>();
    private final Deque<Boolean> linkChanges = new ArrayDeque<>();
    private final Deque<Set<Part>> disturbances = new ArrayDeque<>();
    private final List<Duration> waits = new ArrayList<>();
    private final SortedMap<String, List<String>> losses = new TreeMap<>();
    private List<String> differences = List.of();
    private @Nullable String defaultRoute;
    private BranchView branches =
            new BranchView(List.of(), List.of(), new TreeMap<>(), new TreeMap<>());

    /** Makes the kernel refuse requests that begin with {@code call}. */
    public void refuse(String call, HostFailure failure) {
        refusals.put(call, failure);
    }

    /** Makes the kernel refuse nothing any more. */
    public void refuseNothing() {
        refusals.clear();
    }

    /** Lets {@code what} happen during each request that begins with {@code call}. */
    public void during(String call, Runnable what) {
        listeners.put(call, what);
    }

    /** Lets {@link #verify} find this off from now on. */
    public void differs(String... found) {
        differences = List.of(found);
    }

    /** Adds a link. */
    public void link(MacAddress mac) {
        links.put(mac, "eth" + links.size());
    }

    /** Takes a link away. */
    public void unlink(MacAddress mac) {
        links.remove(mac);
    }

    /** Adds a pod's host interface, with a route through it. */
    public void pod(IpAddress address, String veth) {
        veths.add(veth);
        routes.put(address, veth);
        rules.put(address, RouteTables.MAIN);
    }

    /** Adds a pod's host interface that nothing leads to. */
    public void veth(String name) {
        veths.add(name);
    }

    /** Takes a pod's host interface away. */
    public void removeVeth(String name) {
        veths.remove(name);
    }

    /** Adds the rules of a pod. */
    public void rule(IpAddress address, int table) {
        rules.put(address, table);
    }

    /** Lets the next waits for a change of links end so. */
    public void linkChanges(Boolean... next) {
        linkChanges.addAll(List.of(next));
    }

    /** Lets one more wait for a disturbance end so; after the last one a wait is interrupted. */
    public void disturbance(Set<Part> next) {
        disturbances.add(next);
    }

    /** Lets the request that begins with {@code call} find something to bring back. */
    public void lose(String call, String... what) {
        losses.put(call, List.of(what));
    }

    /** Returns how long each wait for a disturbance was to last at most. */
    public List<Duration> waits() {
        return Collections.unmodifiableList(waits);
    }

    /** Returns every request so far that changes something. */
    public List<String> calls() {
        return Collections.unmodifiableList(calls);
    }

    /** Forgets the requests so far. */
    public void forget() {
        calls.clear();
    }

    @Override
    public void wire(PodWiring wiring, PodNamespace pod) throws HostException {
        call("wire " + text(wiring));
    }

    @Override
    public @Nullable String otherDefault(PodNamespace pod, String podInterface, IpFamily family) {
        return podInterface.equals(defaultRoute) ? null : defaultRoute;
    }

    /** Shows each pod with a default route over an interface. */
    public void defaultRoute(String podInterface) {
        defaultRoute = podInterface;
    }

    @Override
    public void unwire(IpAddress address, int table, @Nullable String hostInterface)
            throws HostException {
        call("unwire " + address + " " + table + " " + hostInterface);
    }

    /** Shows pods with branch interfaces. */
    public void branches(BranchView view) {
        branches = view;
    }

    @Override
    public void unwire(BranchEnd end, boolean onlyDead) throws HostException {
        call(
                "unwire %s %s %s %s%s"
                        .formatted(
                                end.device(),
                                end.hostInterface(),
                                end.address(),
                                end.mac(),
                                onlyDead ? " if dead" : ""));
    }

    @Override
    public BranchView branches() throws HostException {
        ask("branches");
        return branches;
    }

    @Override
    public SortedMap<IpAddress, List<String>> missingOfBranches(List<PodWiring.OnBranch> pods)
            throws HostException {
        ask("missingOfBranches");
        var missing = new TreeMap<IpAddress, List<String>>();
        for (PodWiring.OnBranch pod : pods) {
            List<String> lost = losses.get("restore " + pod.branch().device());
            if (lost != null) {
                missing.put(pod.link().address(), lost);
            }
        }
        return missing;
    }

    @Override
    public List<String> restore(PodWiring.OnBranch pod) throws HostException {
        return change("restore " + pod.branch().device() + " " + pod.link().address());
    }

    @Override
    public List<String> verify(PodWiring wiring, PodNamespace pod) throws HostException {
        ask("verify " + text(wiring));
        return differences;
    }

    @Override
    public List<String> setUpNode(NodeSetup setup) throws HostException {
        String family = setup.family() == IpFamily.IPV6 ? "IPv6 " : "";
        return change("setUpNode " + family + setup.vpcCidrs());
    }

    @Override
    public List<String> setUpPacketFilter(NodeSetup setup) throws HostException {
        return change("setUpPacketFilter " + setup.vpcCidrs());
    }

    @Override
    public List<String> setUpInterface(InterfaceSetup setup) throws HostException {
        return change(
                "setUpInterface "
                        + setup.primaryAddress()
                        + " "
                        + setup.table()
                        + " mtu "
                        + setup.mtu());
    }

    @Override
    public Set<Part> awaitDisturbance(Duration patience)
            throws HostException, InterruptedException {
        waits.add(patience);
        ask("awaitDisturbance");
        if (disturbances.isEmpty()) {
            throw new InterruptedException();
        }
        return disturbances.remove();
    }

    @Override
    public SortedMap<IpAddress, List<String>> missing(List<HostEnd> ends) throws HostException {
        ask("missing " + text(ends));
        var missing = new TreeMap<IpAddress, List<String>>();
        for (HostEnd end : ends) {
            List<String> lost = losses.get("restore " + end.address());
            if (lost != null) {
                missing.put(end.address(), lost);
            }
        }
        return missing;
    }

    @Override
    public List<String> restore(HostEnd end) throws HostException {
        return change("restore " + end.address() + " " + end.table() + " " + end.suffix());
    }

    @Override
    public int endConnections(IpAddress address) throws HostException {
        call("endConnections " + address);
        return 1;
    }

    private static String text(List<HostEnd> ends) {
        return ends.stream()
                .map(end -> end.address() + " " + end.table() + " " + end.suffix())
                .collect(Collectors.joining(", "));
    }

    /** What is lost, and is brought back by a request, is lost once. */
    private List<String> change(String call) throws HostException {
        call(call);
        for (String key : List.copyOf(losses.keySet())) {
            if (call.startsWith(key)) {
                return Objects.requireNonNull(losses.remove(key));
            }
        }
        return List.of();
    }

    @Override
    public boolean awaitLink(MacAddress mac, Duration patience) throws HostException {
        ask("awaitLink " + mac);
        return links.containsKey(mac);
    }

    @Override
    public int linkIndex(MacAddress mac) throws HostException {
        ask("linkIndex " + mac);
        if (!links.containsKey(mac)) {
            throw new HostException(new HostFailure.NoLink(mac), "no link has " + mac, null);
        }
        return links.headMap(mac).size() + 1;
    }

    @Override
    public boolean awaitLinkChange(Duration patience) throws HostException, InterruptedException {
        ask("awaitLinkChange");
        if (linkChanges.isEmpty()) {
            throw new InterruptedException();
        }
        return linkChanges.remove();
    }

    @Override
    public void tearDownInterface(IpAddress primaryAddress) throws HostException {
        call("tearDownInterface " + primaryAddress);
    }

    @Override
    public Observation observe() throws HostException {
        ask("observe");
        return new Observation(links, veths, veths, routes, rules);
    }

    private static String text(PodWiring wiring) {
        return wiring.links().stream()
                        .map(link ->
                                link.address() + " " + link.table() + " " + link.hostInterface())
                        .collect(Collectors.joining(", "))
                + (wiring instanceof PodWiring.OnBranch(var _, var branch, var mode)
                        ? " %s %s on %s %s"
                                .formatted(branch.device(), branch.mac(), branch.trunk(), mode)
                        : "");
    }

    private void call(String call) throws HostException {
        calls.add(call);
        ask(call);
    }

    private void ask(String call) throws HostException {
        for (var listener : List.copyOf(listeners.entrySet())) {
            if (call.startsWith(listener.getKey())) {
                listener.getValue().run();
            }
        }
        for (var refusal : refusals.entrySet()) {
            if (call.startsWith(refusal.getKey())) {
                throw new HostException(refusal.getValue(), "cannot " + call, null);
            }
        }
    }
}
