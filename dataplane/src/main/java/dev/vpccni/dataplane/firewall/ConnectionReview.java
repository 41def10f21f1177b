package dev.vpccni.dataplane.firewall;

import dev.vpccni.dataplane.Mark;
import dev.vpccni.dataplane.NodeSetup;
import dev.vpccni.dataplane.Rule;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.Ipv4Address;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What becomes of connections that began under other rules than those that hold now.
 *
 * <p>The kernel asks the rules of translation once, for the first packet; a connection keeps what
 * it got for as long as packets of it come. That is right for those that work, and they stay. Two
 * kinds do not work: those that bear a mark which no rule looks for any more, and those that began
 * while a part of the rules was missing, which nobody ever answered.
 */
public final class ConnectionReview {

    private final NodeSetup setup;
    private final boolean marksLead;
    private final List<Mark> former;
    private final SortedSet<Ipv4Address> pods;
    private final SortedSet<Ipv4Address> elsewhere;

    /** What is to be done with a connection. */
    public enum Fate {
        /** It works, or is somebody else's. */
        STAYS,
        /** It gets the mark that is looked for in place of the former one. */
        MARKED_ANEW,
        /** It is forgotten, so that its next packet begins one under the rules that hold now. */
        ENDS
    }

    private ConnectionReview(
            NodeSetup setup,
            List<Mark> former,
            SortedSet<Ipv4Address> pods,
            SortedSet<Ipv4Address> elsewhere) {
        this.setup = setup;
        this.marksLead = setup.nodePortSupport() || !setup.externalSnat();
        this.former = List.copyOf(former);
        this.pods = pods;
        this.elsewhere = elsewhere;
    }

    /**
     * Returns the review of a node with these rules of routing.
     *
     * @param former marks that rules have looked for, and are not to look for any more
     */
    public static ConnectionReview of(NodeSetup setup, List<Mark> former, List<Rule> rules) {
        var pods = new TreeSet<Ipv4Address>();
        var elsewhere = new TreeSet<Ipv4Address>();
        for (Rule rule : rules) {
            if (rule.priority() == Rule.TO_POD) {
                add(rule.to(), pods);
            } else if (rule.priority() == Rule.FROM_POD) {
                add(rule.from(), elsewhere);
            }
        }
        return new ConnectionReview(setup, former, pods, elsewhere);
    }

    private static void add(Cidr block, SortedSet<Ipv4Address> addresses) {
        if (block.isSingle() && block.network() instanceof Ipv4Address address) {
            addresses.add(address);
        }
    }

    /** Decides on one connection. */
    public Fate of(PodConnection connection) {
        if (former.stream().anyMatch(mark -> mark.matches(connection.mark()))) {
            Fate fate = ofFormerMark(connection);
            if (fate != Fate.STAYS) {
                return fate;
            }
        }
        return isStranded(connection) ? Fate.ENDS : Fate.STAYS;
    }

    /** Who has the same bits and was not rewritten has them from somebody else. */
    private Fate ofFormerMark(PodConnection connection) {
        if (!connection.sourceRewritten() && !connection.destinationRewritten()) {
            return Fate.STAYS;
        }
        if (marksLead) {
            return Fate.MARKED_ANEW;
        }
        // By the pod's own interface it would leave as the node, which the VPC drops.
        return connection.sourceRewritten() && elsewhere.contains(connection.from())
                ? Fate.ENDS
                : Fate.STAYS;
    }

    /**
     * Tells whether a pod's connection leaves by one interface with the address of the other, or
     * leaves the VPC as it is, where that is not wanted. What kube-proxy has rewritten in the VPC
     * it may have given the node's address, too.
     */
    private boolean isStranded(PodConnection connection) {
        if (setup.externalSnat() || connection.answered() || !pods.contains(connection.from())) {
            return false;
        }
        boolean rewritten = connection.sourceRewritten();
        boolean marked = setup.mark().matches(connection.mark());
        boolean leaves =
                FirewallPlanner.untranslated(setup).stream()
                        .noneMatch(block -> block.contains(connection.to()));
        if (leaves) {
            return !rewritten || (!marked && elsewhere.contains(connection.from()));
        }
        return rewritten != marked && !connection.destinationRewritten();
    }
}
