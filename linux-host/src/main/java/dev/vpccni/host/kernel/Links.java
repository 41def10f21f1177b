package dev.vpccni.host.kernel;

import dev.vpccni.dataplane.InterfaceNames;
import dev.vpccni.dataplane.egress.EgressNames;
import dev.vpccni.linux.route.HardwareAddress;
import dev.vpccni.linux.route.KernelLink;
import dev.vpccni.linux.route.Rtnetlink;
import dev.vpccni.model.MacAddress;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostFailure;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * The node's links, those that are pods' told from those that are network interfaces. Names tell
 * them apart, not kinds: an interface may be a veth too, where somebody plays VPC.
 */
public record Links(List<KernelLink> all) {

    /** Reads all links. */
    public static Links read(Rtnetlink node) throws HostException {
        return new Links(KernelStep.ask("list links", node::links));
    }

    /**
     * Returns the network interface with an address. A VLAN or bond on top of it may show the same
     * one, so whoever was born with it goes first, then hardware, then a veth.
     *
     * @throws HostException with {@link HostFailure.NoLink} if there is none
     */
    public KernelLink find(MacAddress mac) throws HostException {
        return interfaces().stream()
                .filter(link -> KernelConversions.mac(mac).equals(link.address()))
                .findFirst()
                .orElseThrow(() ->
                        new HostException(
                                new HostFailure.NoLink(mac),
                                "no link has the address " + mac,
                                null));
    }

    /** Sets a link's MTU if it is another one; returns what was changed. */
    public static List<String> setMtu(KernelLink link, int mtu, Rtnetlink node)
            throws HostException {
        var changed = new ArrayList<String>();
        if (link.mtu() != mtu) {
            KernelStep.change("set MTU", () -> node.setMtu(link.index(), mtu));
            changed.add("MTU " + mtu + " of " + link.name() + ", which was " + link.mtu());
        }
        return changed;
    }

    /** Returns the links with a hardware address that are no pods', the likeliest ones first. */
    public List<KernelLink> interfaces() {
        var links = new ArrayList<KernelLink>();
        for (KernelLink link : all) {
            HardwareAddress address = link.address();
            boolean hasAddress = address != null && address.bits() != 0;
            if (hasAddress && !isPods(link) && !isEgress(link) && !isBranch(link)) {
                links.add(link);
            }
        }
        links.sort(Comparator.comparingInt(Links::rank).thenComparingInt(KernelLink::index));
        return links;
    }

    /** Returns the hardware addresses of the links that are no pod's. */
    public Set<HardwareAddress> addresses() {
        var addresses = new HashSet<HardwareAddress>();
        interfaces().forEach(link -> addresses.add(Objects.requireNonNull(link.address())));
        return addresses;
    }

    /** Returns pods' host interfaces. */
    public List<KernelLink> pods() {
        return all.stream().filter(Links::isPods).toList();
    }

    /** Tells whether a link is a pod's host interface, whatever prefix was in use when it came. */
    public static boolean isPods(KernelLink link) {
        return link.isVeth() && InterfaceNames.isHost(link.name());
    }

    /** Tells whether a link is the way out of one pod, by its own interface in EC2. */
    public static boolean isBranch(KernelLink link) {
        return InterfaceNames.vlanOf(link.name()) != 0;
    }

    /** Tells whether a link is what a pod gets out by in the other family, whose MAC is random. */
    public static boolean isEgress(KernelLink link) {
        return link.isVeth() && EgressNames.isHost(link.name());
    }

    private static int rank(KernelLink link) {
        HardwareAddress burntIn = link.permanentAddress();
        if (burntIn != null && burntIn.equals(link.address())) {
            return 0;
        }
        return link.kind().isEmpty() ? 1 : link.isVeth() ? 2 : 3;
    }
}
