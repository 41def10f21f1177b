package dev.vpccni.host.egress;

import dev.vpccni.dataplane.egress.EgressFamily;
import dev.vpccni.dataplane.egress.EgressNames;
import dev.vpccni.dataplane.egress.EgressRange;
import dev.vpccni.dataplane.egress.EgressRules;
import dev.vpccni.dataplane.egress.EgressWiring;
import dev.vpccni.host.LinuxPodNamespace;
import dev.vpccni.host.disturbance.DisturbanceListener;
import dev.vpccni.host.filter.Iptables;
import dev.vpccni.host.filter.Programs;
import dev.vpccni.host.kernel.KernelStep;
import dev.vpccni.host.kernel.KernelThreads;
import dev.vpccni.linux.Descriptor;
import dev.vpccni.linux.Errno;
import dev.vpccni.linux.namespace.NetworkNamespace;
import dev.vpccni.linux.route.Family;
import dev.vpccni.linux.route.HardwareAddress;
import dev.vpccni.linux.route.IpPrefix;
import dev.vpccni.linux.route.KernelLink;
import dev.vpccni.linux.route.KernelNeighbour;
import dev.vpccni.linux.route.KernelRoute;
import dev.vpccni.linux.route.Rtnetlink;
import dev.vpccni.model.IpAddress;
import dev.vpccni.node.port.EgressGuard;
import dev.vpccni.node.port.EgressHost;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostFailure;
import dev.vpccni.node.port.PodNamespace;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The Linux kernel as what takes containers out in the other family. Thread-safe; two containers at
 * a time, on threads of its own, so that none of those who only want an address of the VPC waits
 * for iptables(8). Takes the capability {@code CAP_NET_ADMIN}, and {@code CAP_SYS_ADMIN} where the
 * node is not the network namespace of this process.
 */
public final class LinuxEgress implements EgressHost, EgressGuard, AutoCloseable {

    /** The kernel's packet filter takes one change at a time; a second one is at hand then. */
    private static final int THREADS = 2;

    private final Descriptor namespace;
    private final KernelThreads threads;
    private final Programs programs;
    private final Iptables iptables;
    private final EgressWirer wirer;
    private final RandomGenerator random;
    private final DisturbanceListener disturbances;
    private final EgressParts parts = new EgressParts(this::filter);

    private LinuxEgress(
            Descriptor namespace,
            KernelThreads threads,
            Programs programs,
            Iptables iptables,
            RandomGenerator random,
            DisturbanceListener disturbances) {
        this.namespace = namespace;
        this.threads = threads;
        this.programs = programs;
        this.iptables = iptables;
        this.random = random;
        this.disturbances = disturbances;
        wirer = new EgressWirer(namespace);
    }

    /**
     * Returns the node that this process is in.
     *
     * @param random where names and hardware addresses come from
     * @throws IOException if the kernel does not let us speak with it
     */
    public static LinuxEgress here(RandomGenerator random)
            throws IOException, InterruptedException {
        KernelThreads threads = KernelThreads.start("egress", THREADS, null);
        var programs = new Programs(List.of());
        return new LinuxEgress(
                NetworkNamespace.current(),
                threads,
                programs,
                Iptables.ofNode(programs),
                random,
                listener(null, threads));
    }

    /**
     * Returns the node that is in another network namespace.
     *
     * @param path of the namespace, such as {@code /run/netns/blue}
     * @param iptables {@code iptables}, {@code iptables-legacy} or {@code iptables-nft}
     * @throws IOException if there is no such namespace, or it may not be entered
     */
    public static LinuxEgress inside(Path path, RandomGenerator random, String iptables)
            throws IOException, InterruptedException {
        Descriptor namespace = Descriptor.open(path);
        boolean started = false;
        try {
            KernelThreads threads = KernelThreads.start("egress", THREADS, namespace);
            started = true;
            var programs = new Programs(List.of("nsenter", "--net=" + path));
            return new LinuxEgress(
                    namespace,
                    threads,
                    programs,
                    Iptables.named(iptables, programs),
                    random,
                    listener(namespace, threads));
        } finally {
            if (!started) {
                namespace.close();
            }
        }
    }

    private static DisturbanceListener listener(@Nullable Descriptor entered, KernelThreads threads)
            throws IOException, InterruptedException {
        return new DisturbanceListener(entered, _ -> new EgressConcern(), threads.ports());
    }

    @Override
    public SortedSet<IpAddress> routed(EgressRange range)
            throws HostException, InterruptedException {
        Family family = range.family() == EgressFamily.IPV4 ? Family.IPV4 : Family.IPV6;
        return threads.run(node -> {
            var addresses = new TreeSet<IpAddress>();
            for (KernelRoute route :
                    KernelStep.ask(
                            "list routes", () -> node.routes(family, KernelRoute.TABLE_MAIN))) {
                IpAddress address = IpAddress.of(route.destination().address().getAddress());
                if (route.destination().isHost() && range.contains(address)) {
                    addresses.add(address);
                }
            }
            return addresses;
        });
    }

    @Override
    public Pair connect(EgressWiring wiring, PodNamespace pod)
            throws HostException, InterruptedException {
        LinuxPodNamespace container = linux(pod);
        Rtnetlink inside = container.kernel();
        EgressFilter filter = filter(wiring.family());
        Pair found =
                threads.run(node -> {
                    Pair right = wirer.find(wiring, inside, node);
                    if (right != null) {
                        if (!filter.verify(wiring).isEmpty()) {
                            filter.connect(wiring);
                        }
                        guard(wiring, right, node);
                    }
                    return right;
                });
        if (found != null) {
            return found;
        }
        RandomGenerator chance = newChance();
        Pair pair = threads.run(_ -> wirer.begin(wiring, inside, chance));
        try {
            // Nobody else waits for a thread while somebody sets parameters for this container.
            container.set(EgressWirer.parameters(wiring));
            return threads.run(node -> {
                wirer.complete(wiring, pair, inside, node);
                filter.connect(wiring);
                guard(wiring, pair, node);
                return pair;
            });
        } catch (HostException | InterruptedException | RuntimeException e) {
            wirer.undo(wiring, inside, e);
            throw e;
        }
    }

    @Override
    public void disconnect(
            EgressFamily family, String network, String containerId, @Nullable IpAddress address)
            throws HostException, InterruptedException {
        String chain = EgressNames.chain(family, network, containerId);
        parts.leaves(chain);
        try {
            disconnect(family, chain, address);
        } finally {
            parts.left(chain);
        }
    }

    private void disconnect(EgressFamily family, String chain, @Nullable IpAddress address)
            throws HostException, InterruptedException {
        threads.run(node -> {
            filter(family).disconnect(chain, address != null);
            if (address != null) {
                KernelRoute route =
                        KernelRoute.to(IpPrefix.host(IpPrefix.address(address.octets())))
                                .withScope(KernelRoute.SCOPE_NOWHERE)
                                .withProtocol(0);
                var _ =
                        KernelStep.change(
                                "delete route", Errno.ESRCH, () -> node.deleteRoute(route));
            }
            return null;
        });
    }

    @Override
    public List<String> verify(EgressWiring wiring, PodNamespace pod)
            throws HostException, InterruptedException {
        Rtnetlink inside = linux(pod).kernel();
        return threads.run(node -> {
            List<String> differences = wirer.verify(wiring, inside, node);
            differences.addAll(filter(wiring.family()).verify(wiring));
            return differences;
        });
    }

    @Override
    public int sweep(EgressFamily family, String network, SortedSet<String> kept)
            throws HostException, InterruptedException {
        return threads.run(_ -> parts.sweep(family, network, kept));
    }

    @Override
    public void separate(EgressFamily family) throws HostException, InterruptedException {
        threads.run(node -> {
            filter(family).separate(family);
            parts.separated(family, node);
            return null;
        });
    }

    @Override
    public boolean awaitDisturbance(Duration patience) throws HostException, InterruptedException {
        return !disturbances.await(patience, threads.run(_ -> iptables.backend())).isEmpty();
    }

    @Override
    public SortedMap<String, List<String>> missing() throws HostException, InterruptedException {
        return threads.run(parts::missing);
    }

    @Override
    public List<String> restore(String thing) throws HostException, InterruptedException {
        return threads.run(node -> parts.restore(thing, node));
    }

    private void guard(EgressWiring wiring, Pair pair, Rtnetlink node) throws HostException {
        KernelLink outside =
                KernelStep.ask("find host interface", () -> node.link(pair.hostInterface()));
        KernelNeighbour neighbour =
                KernelNeighbour.permanent(
                        IpPrefix.address(wiring.address().octets()),
                        outside.index(),
                        new HardwareAddress(pair.podMac().bits()));
        parts.add(wiring.address(), EgressRules.Part.of(wiring), outside, neighbour);
    }

    /** Waits for what is under way and lets go of everything; the kernel stays as it is. */
    @Override
    public void close() {
        disturbances.close();
        threads.close();
        namespace.close();
    }

    private EgressFilter filter(EgressFamily family) {
        return new EgressFilter(programs, iptables, family);
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

    /** What is chosen for one container, so that others need not wait for it. */
    private RandomGenerator newChance() {
        synchronized (random) {
            return new SplittableRandom(random.nextLong());
        }
    }
}
