package dev.vpccni.host;

import dev.vpccni.dataplane.Mark;
import dev.vpccni.dataplane.firewall.ConnectionReview;
import dev.vpccni.dataplane.firewall.PodConnection;
import dev.vpccni.host.kernel.KernelConversions;
import dev.vpccni.host.kernel.KernelStep;
import dev.vpccni.linux.Errno;
import dev.vpccni.linux.ErrnoException;
import dev.vpccni.linux.netfilter.ConnectionTable;
import dev.vpccni.linux.netfilter.ConnectionTable.Change;
import dev.vpccni.linux.netfilter.TrackedConnection;
import dev.vpccni.linux.route.KernelNeighbour;
import dev.vpccni.linux.route.Rtnetlink;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.node.port.HostException;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Set;

/** The connections that the node's kernel tracks. */
final class TrackedConnections {

    /** What kernels say that track no connections, or let nobody speak of it. */
    private static final Set<Integer> UNTRACKED =
            Set.of(Errno.EINVAL, Errno.EOPNOTSUPP, Errno.EPROTONOSUPPORT);

    private TrackedConnections() {}

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
        return ask("end connections of " + address, table -> table.end(wanted));
    }

    /**
     * Does with the node's connections as {@code review} says. Belongs to a platform thread in the
     * node's network namespace.
     *
     * @param clear the bits of marks that those that are marked anew lose
     * @param set the bits that they get
     * @return how many were changed or ended
     */
    static int review(ConnectionReview review, long clear, Mark set) throws HostException {
        var remark = new Change.Mark((int) set.value(), (int) (clear | set.mask()));
        return ask(
                "review connections",
                table ->
                        table.review(seen ->
                                switch (review.of(facts(seen))) {
                                    case STAYS -> null;
                                    case ENDS -> new Change.End();
                                    case MARKED_ANEW ->
                                            (seen.mark() & remark.mask()) == remark.value()
                                                    ? null
                                                    : remark;
                                }));
    }

    private static PodConnection facts(TrackedConnection seen) {
        return new PodConnection(
                address(seen.source()),
                address(seen.replySource()),
                seen.isAnswered(),
                seen.isSourceRewritten(),
                seen.isDestinationRewritten(),
                Integer.toUnsignedLong(seen.mark()));
    }

    private static Ipv4Address address(byte[] octets) {
        return new Ipv4Address(ByteBuffer.wrap(octets).getInt());
    }

    /** A question to the kernel's table, answered by a number. */
    private interface Question {
        int of(ConnectionTable table) throws IOException;
    }

    /** Returns 0 where no connections are tracked. */
    private static int ask(String what, Question question) throws HostException {
        try (ConnectionTable table = ConnectionTable.open()) {
            return question.of(table);
        } catch (ErrnoException e) {
            if (UNTRACKED.contains(e.errno())) {
                return 0;
            }
            throw KernelStep.refused(what, e);
        } catch (IOException e) {
            throw KernelStep.refused(what, e);
        }
    }
}
