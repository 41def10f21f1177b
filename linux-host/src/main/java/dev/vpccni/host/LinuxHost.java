package dev.vpccni.host;

import dev.vpccni.dataplane.HostEnd;
import dev.vpccni.dataplane.InterfaceSetup;
import dev.vpccni.dataplane.NodeSetup;
import dev.vpccni.dataplane.PodPlan;
import dev.vpccni.dataplane.PodPlanner;
import dev.vpccni.dataplane.PodWiring;
import dev.vpccni.dataplane.branch.BranchEnd;
import dev.vpccni.dataplane.branch.BranchView;
import dev.vpccni.host.disturbance.Concerns;
import dev.vpccni.host.disturbance.DisturbanceListener;
import dev.vpccni.host.filter.Iptables;
import dev.vpccni.host.filter.PacketFilter;
import dev.vpccni.host.filter.Programs;
import dev.vpccni.host.kernel.KernelThreads;
import dev.vpccni.host.kernel.Links;
import dev.vpccni.host.kernel.PodNeighbours;
import dev.vpccni.linux.Descriptor;
import dev.vpccni.linux.namespace.NamespaceId;
import dev.vpccni.linux.namespace.NetworkNamespace;
import dev.vpccni.linux.route.Rtnetlink;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.MacAddress;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostFailure;
import dev.vpccni.node.port.HostNetwork;
import dev.vpccni.node.port.PodNamespace;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The Linux kernel as the node's host network. Thread-safe.
 *
 * <p>Two pods at a time are wired, by their callers where those live on the node, and a thread does
 * what takes longer, so that a pod never waits for iptables(8). Takes the capability {@code
 * CAP_NET_ADMIN}, and {@code CAP_SYS_ADMIN} where the node is not the network namespace of this
 * process.
 */
public final class LinuxHost implements HostNetwork, AutoCloseable {

    /** The kernel does one at a time; a second one is at hand when it is done. */
    private static final int WIRINGS = 2;

    private final Descriptor namespace;
    private final NamespaceId identity;
    private final RandomGenerator random;
    private final KernelThreads wiring;
    private final KernelThreads setup;
    private final PodRules rules = new PodRules();
    private final PodTable table = new PodTable();
    private final PodGuard guard;
    private final BranchWirer branches;
    private final BranchGuard branchGuard;
    private final DisturbanceListener disturbances;
    private final PacketFilter filter;
    private final PodWirer wirer;
    private final NodeConfigurer nodes;
    private final InterfaceConfigurer interfaces;
    private final HostObserver observer;
    private final LinkMonitor links;

    /** What a task for a pod does with the kernels on both sides. */
    private interface PodTask<T extends @Nullable Object> {
        T run(Rtnetlink pod, Rtnetlink node) throws HostException;
    }

    private LinuxHost(
            Descriptor namespace,
            NamespaceId identity,
            KernelThreads wiring,
            KernelThreads setup,
            LinkMonitor links,
            RandomGenerator random,
            PacketFilter filter,
            PodNeighbours neighbours,
            DisturbanceListener disturbances) {
        this.namespace = namespace;
        this.identity = identity;
        this.wiring = wiring;
        this.setup = setup;
        this.links = links;
        this.random = random;
        this.filter = filter;
        this.disturbances = disturbances;
        branches = new BranchWirer(rules, table);
        wirer = new PodWirer(namespace, rules, table, neighbours, branches);
        guard = new PodGuard(rules, table, neighbours);
        branchGuard = new BranchGuard(branches, neighbours);
        nodes = new NodeConfigurer(filter, table);
        interfaces = new InterfaceConfigurer();
        observer = new HostObserver(rules, links::tell);
    }

    /**
     * Returns the host network that this process is in.
     *
     * @param random where hardware addresses come from
     * @throws IOException if the kernel does not let us speak with it
     */
    public static LinuxHost here(RandomGenerator random) throws IOException, InterruptedException {
        var programs = new Programs(List.of());
        var filter = new PacketFilter(programs, Iptables.ofNode(programs));
        return open(null, NetworkNamespace.current(), random, filter);
    }

    /**
     * Returns the host network of another network namespace.
     *
     * @param path of the namespace, such as {@code /run/netns/blue}
     * @param iptables the program to use: {@code iptables}, {@code iptables-legacy} or {@code
     *     iptables-nft}
     * @throws IOException if there is no such namespace, or it may not be entered
     */
    public static LinuxHost inside(Path path, RandomGenerator random, String iptables)
            throws IOException, InterruptedException {
        var programs = new Programs(List.of("nsenter", "--net=" + path));
        Descriptor namespace = Descriptor.open(path);
        return open(
                namespace,
                namespace,
                random,
                new PacketFilter(programs, Iptables.named(iptables, programs)));
    }

    /**
     * @param entered which namespace threads have to enter, or null if they are in it
     */
    private static LinuxHost open(
            @Nullable Descriptor entered,
            Descriptor namespace,
            RandomGenerator random,
            PacketFilter filter)
            throws IOException, InterruptedException {
        KernelThreads wiring = null;
        KernelThreads setup = null;
        try {
            wiring =
                    entered == null
                            ? KernelThreads.ofCallers(WIRINGS)
                            : KernelThreads.start("wiring", WIRINGS, entered);
            setup = KernelThreads.start("host-setup", 1, entered);
            var neighbours = new PodNeighbours();
            return new LinuxHost(
                    namespace,
                    NamespaceId.of(namespace),
                    wiring,
                    setup,
                    new LinkMonitor(entered),
                    random,
                    filter,
                    neighbours,
                    new DisturbanceListener(
                            entered,
                            links -> new Concerns(neighbours, links),
                            ports(wiring, setup)));
        } catch (IOException | InterruptedException e) {
            if (setup != null) {
                setup.close();
            }
            if (wiring != null) {
                wiring.close();
            }
            namespace.close();
            throw e;
        }
    }

    private static Set<Integer> ports(KernelThreads... threads)
            throws IOException, InterruptedException {
        var ports = new TreeSet<Integer>();
        for (KernelThreads each : threads) {
            ports.addAll(each.ports());
        }
        return ports;
    }

    /**
     * Takes over a pod's namespace by two descriptors that somebody else opened, and closes them in
     * the end, also when this method throws. Takes the capability {@code CAP_NET_ADMIN} and no
     * more.
     *
     * @param path by which the namespace is known, for messages
     * @param file an open file of the namespace, which keeps it alive
     * @param socket of protocol {@code NETLINK_ROUTE}, opened inside it
     * @param parameters who sets kernel parameters inside it, or null if nobody does: then a pod
     *     with an IPv6 address takes the namespace as it is
     * @throws HostException with {@link HostFailure.NodeNamespace} if it is the node's own, with
     *     {@link HostFailure.NoNamespace} if the two are not what they should be, or this process
     *     may not know
     */
    public PodNamespace adopt(
            String path,
            Descriptor file,
            Descriptor socket,
            @Nullable NamespaceParameters parameters)
            throws HostException {
        return LinuxPodNamespace.adopt(path, file, socket, parameters, identity);
    }

    @Override
    public void wire(PodWiring pod, PodNamespace where) throws HostException, InterruptedException {
        List<PodPlan> plans = PodPlanner.plan(pod, _ -> new PodPlanner.Ends(newMac(), newMac()));
        var parameters = new TreeMap<String, String>();
        plans.forEach(plan -> parameters.putAll(plan.podParameters()));
        if (parameters.isEmpty()) {
            onBothSides(
                    where,
                    (inside, node) -> {
                        wirer.finish(wirer.begin(plans, inside, node), inside, node);
                        return null;
                    });
        } else {
            wireAround(parameters, plans, where);
        }
    }

    /** Nobody else waits for the kernel while somebody sets parameters for this pod. */
    private void wireAround(
            SortedMap<String, String> parameters, List<PodPlan> plans, PodNamespace where)
            throws HostException, InterruptedException {
        PodWirer.Begun begun =
                onBothSides(where, (inside, node) -> wirer.begin(plans, inside, node));
        try {
            linux(where).set(parameters);
            onBothSides(
                    where,
                    (inside, node) -> {
                        wirer.finish(begun, inside, node);
                        return null;
                    });
        } catch (HostException | InterruptedException | RuntimeException e) {
            begun.abandon(e);
            throw e;
        }
    }

    @Override
    public @Nullable String otherDefault(PodNamespace where, String podInterface, IpFamily family)
            throws HostException, InterruptedException {
        return onBothSides(where, (pod, _) -> PodVerifier.otherDefault(podInterface, family, pod));
    }

    @Override
    public void unwire(IpAddress address, int table, @Nullable String hostInterface)
            throws HostException, InterruptedException {
        wiring.run(node -> {
            wirer.unwire(address, table, hostInterface, node);
            return null;
        });
    }

    @Override
    public List<String> verify(PodWiring pod, PodNamespace where)
            throws HostException, InterruptedException {
        return onBothSides(where, (inside, node) -> PodVerifier.verify(pod, inside, node));
    }

    @Override
    public void unwire(BranchEnd end, boolean onlyDead) throws HostException, InterruptedException {
        wiring.run(node -> {
            branches.unwire(end, onlyDead, node);
            return null;
        });
    }

    @Override
    public BranchView branches() throws HostException, InterruptedException {
        return setup.run(node -> new BranchReader(rules).read(node));
    }

    @Override
    public SortedMap<IpAddress, List<String>> missingOfBranches(List<PodWiring.OnBranch> pods)
            throws HostException, InterruptedException {
        return setup.run(node -> branchGuard.missing(pods, node));
    }

    @Override
    public List<String> restore(PodWiring.OnBranch pod) throws HostException, InterruptedException {
        return setup.run(node -> branchGuard.restore(pod, node));
    }

    @Override
    public List<String> setUpNode(NodeSetup wanted) throws HostException, InterruptedException {
        return setup.run(node -> nodes.setUp(wanted, node));
    }

    @Override
    public List<String> setUpPacketFilter(NodeSetup wanted)
            throws HostException, InterruptedException {
        return setup.run(node -> nodes.filter(wanted, node));
    }

    @Override
    public List<String> setUpInterface(InterfaceSetup wanted)
            throws HostException, InterruptedException {
        return setup.run(node -> interfaces.setUp(wanted, node));
    }

    @Override
    public Set<Part> awaitDisturbance(Duration patience)
            throws HostException, InterruptedException {
        return disturbances.await(patience, setup.run(_ -> filter.backend()));
    }

    @Override
    public SortedMap<IpAddress, List<String>> missing(List<HostEnd> ends)
            throws HostException, InterruptedException {
        return setup.run(node -> guard.missing(ends, node));
    }

    @Override
    public List<String> restore(HostEnd end) throws HostException, InterruptedException {
        return setup.run(node -> guard.restore(end, node));
    }

    @Override
    public boolean awaitLink(MacAddress mac, Duration patience)
            throws HostException, InterruptedException {
        return links.await(mac, patience);
    }

    @Override
    public int linkIndex(MacAddress mac) throws HostException, InterruptedException {
        return setup.run(node -> Links.read(node).find(mac).index());
    }

    @Override
    public boolean awaitLinkChange(Duration patience) throws HostException, InterruptedException {
        return links.awaitChange(patience);
    }

    @Override
    public void tearDownInterface(IpAddress primaryAddress)
            throws HostException, InterruptedException {
        setup.run(node -> {
            interfaces.tearDown(primaryAddress, node);
            return null;
        });
    }

    @Override
    public int endConnections(IpAddress address) throws HostException, InterruptedException {
        return setup.run(node -> TrackedConnections.end(address, node));
    }

    @Override
    public Observation observe() throws HostException, InterruptedException {
        return setup.run(observer::observe);
    }

    /** Waits for what is under way and lets go of everything; the kernel stays as it is. */
    @Override
    public void close() {
        disturbances.close();
        wiring.close();
        setup.close();
        namespace.close();
    }

    private <T extends @Nullable Object> T onBothSides(PodNamespace where, PodTask<T> task)
            throws HostException, InterruptedException {
        LinuxPodNamespace pod = linux(where);
        return wiring.run(node -> task.run(pod.kernel(), node));
    }

    private static LinuxPodNamespace linux(PodNamespace where) throws HostException {
        if (where instanceof LinuxPodNamespace pod) {
            return pod;
        }
        throw new HostException(
                new HostFailure.NoNamespace(where.path()),
                "not a network namespace of Linux: " + where.path(),
                null);
    }

    private MacAddress newMac() {
        synchronized (random) {
            return MacAddress.local(random.nextLong());
        }
    }
}
