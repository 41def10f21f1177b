package dev.vpccni.host;

import dev.vpccni.host.kernel.KernelConversions;
import dev.vpccni.host.kernel.KernelStep;
import dev.vpccni.linux.Errno;
import dev.vpccni.linux.ErrnoException;
import dev.vpccni.linux.netfilter.ConnectionTable;
import dev.vpccni.linux.route.KernelNeighbour;
import dev.vpccni.linux.route.Rtnetlink;
import dev.vpccni.model.IpAddress;
import dev.vpccni.node.port.HostException;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Set;

/** What the node's kernel remembers of an address that was a pod's. */
final class Connections {

    /** What kernels say that track no connections, or let nobody speak of it. */
    private static final Set<Integer> UNTRACKED =
            Set.of(Errno.EINVAL, Errno.EOPNOTSUPP, Errno.EPROTONOSUPPORT);

    private Connections() {}

    /**
     * Forgets the neighbour, and ends its connections. Belongs to a platform thread in the node's
     * network namespace.
     *
     * @return how many connections there were
     */
    static int end(IpAddress address, Rtnetlink node) throws HostException {
        InetAddress wanted = KernelConversions.address(address);
        for (KernelNeighbour neighbour :
                KernelStep.ask(
                        "list neighbours",
                        () -> node.neighbours(KernelConversions.family(address.family()), 0))) {
            if (neighbour.address().equals(wanted)) {
                var _ =
                        KernelStep.change(
                                "delete neighbour",
                                Errno.ENOENT,
                                () -> node.deleteNeighbour(neighbour));
            }
        }
        try (ConnectionTable table = ConnectionTable.open()) {
            return table.end(wanted);
        } catch (ErrnoException e) {
            if (UNTRACKED.contains(e.errno())) {
                return 0;
            }
            throw KernelStep.refused("end connections of " + address, e);
        } catch (IOException e) {
            throw KernelStep.refused("end connections of " + address, e);
        }
    }
}
