package dev.vpccni.host.egress;

import dev.vpccni.dataplane.egress.EgressFamily;
import dev.vpccni.dataplane.egress.EgressWiring;
import dev.vpccni.linux.route.Family;
import dev.vpccni.linux.route.HardwareAddress;
import dev.vpccni.linux.route.IpPrefix;
import dev.vpccni.linux.route.KernelAddress;
import dev.vpccni.linux.route.KernelNeighbour;
import dev.vpccni.linux.route.KernelRoute;
import dev.vpccni.model.IpAddress;
import java.net.InetAddress;
import java.util.List;

/**
 * What the two kernels should hold for a container that gets out in the other family, once the pair
 * is there: upstream's addresses and routes, and permanent neighbours besides, so that neither end
 * asks for the other, and no packet waits for duplicate address detection (RFC 4862) on the pair.
 *
 * @param host the index of the node's end in the node's namespace
 * @param pod the index of the container's end in the container's namespace
 */
record EgressLinks(
        EgressWiring wiring, int host, HardwareAddress hostMac, int pod, HardwareAddress podMac) {

    /** Returns the family of the addresses. */
    Family family() {
        return wiring.family() == EgressFamily.IPV4 ? Family.IPV4 : Family.IPV6;
    }

    /** Returns the container's address; that of IPv4 without the way to its block. */
    KernelAddress podAddress() {
        int length = wiring.range().block().prefixLength();
        KernelAddress plain = KernelAddress.of(new IpPrefix(inet(wiring.address()), length), pod);
        return plain.withFlags(
                wiring.family() == EgressFamily.IPV4
                        ? KernelAddress.IFA_F_NOPREFIXROUTE
                        : KernelAddress.IFA_F_NODAD);
    }

    /**
     * Returns the container's routes in the order in which each is reached by the ones before. All
     * of the block goes to the node, which refuses connections between containers.
     */
    List<KernelRoute> podRoutes() {
        InetAddress gateway = gateway();
        KernelRoute out = KernelRoute.to(family().all()).via(gateway).over(pod);
        if (wiring.family() == EgressFamily.IPV6) {
            return List.of(out);
        }
        InetAddress own = inet(wiring.address());
        IpPrefix block =
                new IpPrefix(
                        inet(wiring.range().block().network()),
                        wiring.range().block().prefixLength());
        return List.of(
                KernelRoute.to(IpPrefix.host(gateway)).over(pod).withPreferredSource(own),
                KernelRoute.to(block).via(gateway).over(pod).withPreferredSource(own),
                out);
    }

    /** Returns the container's only neighbour. */
    KernelNeighbour podNeighbour() {
        return KernelNeighbour.permanent(gateway(), pod, hostMac);
    }

    /** Returns the node's addresses on its end: of IPv6 the kernel's own, which is not listed. */
    List<KernelAddress> hostAddresses() {
        return wiring.family() == EgressFamily.IPV4
                ? List.of(
                        KernelAddress.of(IpPrefix.host(gateway()), host)
                                .withScope(KernelRoute.SCOPE_LINK))
                : List.of();
    }

    /** Returns the node's way to the container. */
    KernelRoute hostRoute() {
        return KernelRoute.to(IpPrefix.host(inet(wiring.address()))).over(host);
    }

    /** Returns the container as the node's neighbour. */
    KernelNeighbour hostNeighbour() {
        return KernelNeighbour.permanent(inet(wiring.address()), host, podMac);
    }

    /** Of IPv6 it is the address that the kernel makes of the MAC of the node's end (RFC 4291). */
    private InetAddress gateway() {
        if (wiring.family() == EgressFamily.IPV4) {
            return inet(wiring.range().gateway());
        }
        byte[] mac = hostMac.bytes();
        return IpPrefix.address(
                new byte[] {
                    (byte) 0xfe,
                    (byte) 0x80,
                    0,
                    0,
                    0,
                    0,
                    0,
                    0,
                    (byte) (mac[0] ^ 2),
                    mac[1],
                    mac[2],
                    (byte) 0xff,
                    (byte) 0xfe,
                    mac[3],
                    mac[4],
                    mac[5]
                });
    }

    private static InetAddress inet(IpAddress address) {
        return IpPrefix.address(address.octets());
    }
}
