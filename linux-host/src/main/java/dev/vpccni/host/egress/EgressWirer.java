package dev.vpccni.host.egress;

import dev.vpccni.dataplane.egress.EgressFamily;
import dev.vpccni.dataplane.egress.EgressNames;
import dev.vpccni.dataplane.egress.EgressWiring;
import dev.vpccni.host.kernel.KernelStep;
import dev.vpccni.linux.Descriptor;
import dev.vpccni.linux.Errno;
import dev.vpccni.linux.ErrnoException;
import dev.vpccni.linux.route.HardwareAddress;
import dev.vpccni.linux.route.KernelAddress;
import dev.vpccni.linux.route.KernelLink;
import dev.vpccni.linux.route.KernelRoute;
import dev.vpccni.linux.route.Rtnetlink;
import dev.vpccni.linux.route.VethEnd;
import dev.vpccni.linux.sysctl.Sysctl;
import dev.vpccni.model.MacAddress;
import dev.vpccni.node.port.EgressHost.Pair;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostFailure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Makes the pair that a container gets out by, each end where it belongs. */
final class EgressWirer {

    private static final String ON = "1";

    /** How many names to try. */
    private static final int ATTEMPTS = 3;

    /** A read-only file system. */
    private static final int EROFS = 30;

    private final Descriptor node;

    /** Both ends of a pair. */
    private record Ends(KernelLink inside, KernelLink outside) {}

    /**
     * @param node the node's network namespace
     */
    EgressWirer(Descriptor node) {
        this.node = node;
    }

    /**
     * Returns the pair that connects the container as it should be; null if there is none, and then
     * the container's end of any other one is gone.
     */
    @Nullable Pair find(EgressWiring wiring, Rtnetlink pod, Rtnetlink host) throws HostException {
        String name = wiring.family().podInterface();
        KernelLink inside = KernelStep.ask("find pod interface", () -> pod.findLink(name));
        if (inside == null) {
            return null;
        }
        if (!inside.isVeth()) {
            throw new HostException(
                    new HostFailure.InterfaceTaken(name),
                    "the pod has an interface " + name + " already",
                    null);
        }
        Ends ends = ends(inside, host);
        if (ends != null && differences(wiring, ends, pod, host).isEmpty()) {
            return new Pair(
                    ends.outside().name(),
                    new MacAddress(mac(ends.outside()).bits()),
                    new MacAddress(mac(inside).bits()));
        }
        var _ =
                KernelStep.change(
                        "delete interface of an earlier attempt",
                        Errno.ENODEV,
                        () -> pod.deleteLink(inside.index()));
        return null;
    }

    /**
     * Makes the pair for a container that has no such interface. {@link #complete} or {@link #undo}
     * follows.
     *
     * @param chance where names and hardware addresses come from
     */
    Pair begin(EgressWiring wiring, Rtnetlink pod, RandomGenerator chance) throws HostException {
        requireForwarding(wiring.family());
        var podMac = MacAddress.local(chance.nextLong());
        var hostMac = MacAddress.local(chance.nextLong());
        return new Pair(makePair(wiring, podMac, hostMac, pod, chance), hostMac, podMac);
    }

    /** Returns what a pair that has begun needs inside the container, where it may be otherwise. */
    static SortedMap<String, String> parameters(EgressWiring wiring) {
        var parameters = new TreeMap<String, String>();
        if (wiring.family() == EgressFamily.IPV6) {
            for (String link : List.of("lo", wiring.family().podInterface())) {
                parameters.put("net/ipv6/conf/" + link + "/disable_ipv6", "0");
            }
        }
        return parameters;
    }

    /** Gives a pair that has begun its addresses and routes. */
    void complete(EgressWiring wiring, Pair pair, Rtnetlink pod, Rtnetlink host)
            throws HostException {
        fill(bringUp(wiring, pair.hostInterface(), pod, host), pod, host);
    }

    /** Removes a pair that has begun; what cannot be removed is told by {@code because}. */
    void undo(EgressWiring wiring, Rtnetlink pod, Exception because) {
        try {
            pod.deleteLink(wiring.family().podInterface());
        } catch (IOException e) {
            because.addSuppressed(e);
        }
    }

    /** Returns what is off, each in one phrase; nothing if all is well. */
    List<String> verify(EgressWiring wiring, Rtnetlink pod, Rtnetlink host) throws HostException {
        String name = wiring.family().podInterface();
        KernelLink inside = KernelStep.ask("find pod interface", () -> pod.findLink(name));
        if (inside == null) {
            return new ArrayList<>(List.of("pod interface " + name + " is missing"));
        }
        Ends ends = ends(inside, host);
        return new ArrayList<>(
                ends == null
                        ? List.of(name + " leads to no interface of the node")
                        : differences(wiring, ends, pod, host));
    }

    private static List<String> differences(
            EgressWiring wiring, Ends ends, Rtnetlink pod, Rtnetlink host) throws HostException {
        var links =
                new EgressLinks(
                        wiring,
                        ends.outside().index(),
                        mac(ends.outside()),
                        ends.inside().index(),
                        mac(ends.inside()));
        return EgressVerifier.verify(links, ends.inside(), ends.outside(), pod, host);
    }

    /** An index means something in one namespace only: both ends have to name each other. */
    private static @Nullable Ends ends(KernelLink inside, Rtnetlink host) throws HostException {
        try {
            KernelLink outside = host.link(inside.peerIndex());
            return outside.isVeth() && outside.peerIndex() == inside.index()
                    ? new Ends(inside, outside)
                    : null;
        } catch (ErrnoException e) {
            if (e.is(Errno.ENODEV)) {
                return null;
            }
            throw KernelStep.refused("find host interface", e);
        } catch (IOException e) {
            throw KernelStep.refused("find host interface", e);
        }
    }

    /** Returns the name of the node's end. Names are random, and somebody may have one already. */
    private String makePair(
            EgressWiring wiring,
            MacAddress podMac,
            MacAddress hostMac,
            Rtnetlink pod,
            RandomGenerator chance)
            throws HostException {
        VethEnd podEnd =
                VethEnd.named(wiring.family().podInterface())
                        .withAddress(new HardwareAddress(podMac.bits()))
                        .withMtu(wiring.mtu());
        for (int attempt = 1; true; attempt++) {
            String name = EgressNames.hostInterface(chance.nextInt());
            VethEnd hostEnd =
                    VethEnd.named(name)
                            .withAddress(new HardwareAddress(hostMac.bits()))
                            .withMtu(wiring.mtu())
                            .in(node);
            try {
                pod.createVeth(podEnd, hostEnd);
                return name;
            } catch (ErrnoException e) {
                if (!e.is(Errno.EEXIST) || attempt == ATTEMPTS) {
                    throw KernelStep.refused("make veth pair", e);
                }
            } catch (IOException e) {
                throw KernelStep.refused("make veth pair", e);
            }
        }
    }

    private static EgressLinks bringUp(
            EgressWiring wiring, String hostInterface, Rtnetlink pod, Rtnetlink host)
            throws HostException {
        KernelLink outside = KernelStep.ask("find host interface", () -> host.link(hostInterface));
        KernelLink inside =
                KernelStep.ask(
                        "find pod interface", () -> pod.link(wiring.family().podInterface()));
        ignoreRouters(hostInterface);
        KernelStep.change("set host interface up", () -> host.setUp(outside.index()));
        return new EgressLinks(wiring, outside.index(), mac(outside), inside.index(), mac(inside));
    }

    private static void fill(EgressLinks links, Rtnetlink pod, Rtnetlink host)
            throws HostException {
        address(links, pod);
        for (KernelRoute route : links.podRoutes()) {
            KernelStep.change(
                    "add route " + route.destination() + " in the pod", () -> pod.addRoute(route));
        }
        KernelStep.change("add neighbour", () -> pod.addNeighbour(links.podNeighbour()));
        for (KernelAddress address : links.hostAddresses()) {
            KernelStep.change("add address", () -> host.addAddress(address));
        }
        // What a container that is going away had with this address may still be there.
        KernelStep.change("add route", () -> host.replaceRoute(links.hostRoute()));
        KernelStep.change("add neighbour", () -> host.replaceNeighbour(links.hostNeighbour()));
    }

    private static void address(EgressLinks links, Rtnetlink pod) throws HostException {
        try {
            pod.addAddress(links.podAddress());
        } catch (ErrnoException e) {
            if (e.is(Errno.EACCES)) {
                throw new HostException(
                        new HostFailure.Refused("add address", e.errno()),
                        "IPv6 is switched off inside the pod, and its plugin is too old to switch"
                                + " it on: install the egress-cni of this release",
                        e);
            }
            throw KernelStep.refused("add address", e);
        } catch (IOException e) {
            throw KernelStep.refused("add address", e);
        }
    }

    /**
     * Without it nothing that a container sends goes anywhere. That of IPv6 is left to the init
     * container: a node that forwards takes no more routes from routers, unless it is told to.
     */
    private static void requireForwarding(EgressFamily family) throws HostException {
        if (family == EgressFamily.IPV4) {
            set("net/ipv4/ip_forward", ON);
            return;
        }
        String name = "net/ipv6/conf/all/forwarding";
        String value = KernelStep.ask("read parameter", () -> Sysctl.read(name));
        if (!value.equals(ON)) {
            throw new HostException(
                    new HostFailure.Refused("read " + name, 0),
                    "the node does not forward IPv6: set net.ipv6.conf.all.forwarding=1, and"
                            + " accept_ra=2 of its primary interface",
                    null);
        }
    }

    private static void set(String name, String value) throws HostException {
        if (!KernelStep.ask("read parameter", () -> Sysctl.read(name)).equals(value)) {
            KernelStep.change(
                    "set parameter",
                    () -> {
                        var _ = Sysctl.write(name, value);
                    });
        }
    }

    /**
     * Hygiene: where there is no IPv6, or the parameter may not be written, nothing depends on it.
     */
    private static void ignoreRouters(String hostInterface) throws HostException {
        try {
            var _ = Sysctl.writeIfPresent("net/ipv6/conf/" + hostInterface + "/accept_ra", "0");
        } catch (ErrnoException e) {
            if (!e.is(EROFS) && !e.is(Errno.EACCES) && !e.is(Errno.EPERM)) {
                throw KernelStep.refused("set parameter", e);
            }
        }
    }

    private static HardwareAddress mac(KernelLink link) {
        HardwareAddress address = link.address();
        return address == null ? new HardwareAddress(0) : address;
    }
}
