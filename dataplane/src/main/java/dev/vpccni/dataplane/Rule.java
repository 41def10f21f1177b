package dev.vpccni.dataplane;

import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpFamily;
import org.jspecify.annotations.Nullable;

/**
 * A routing policy rule: packets of one family that match all of it are looked up in a table. It
 * carries no protocol attribute, for the kernel takes the same rule with another protocol as a
 * second rule.
 *
 * @param priority lower ones are asked first
 * @param from sources; {@link Cidr#all} for any
 * @param to destinations, of the same family; {@link Cidr#all} for any
 * @param mark which packet marks
 * @param input the device by which the packet came in, or null for any
 * @param table where to look
 * @see <a href="https://man7.org/linux/man-pages/man8/ip-rule.8.html">ip-rule(8)</a>
 */
public record Rule(int priority, Cidr from, Cidr to, Mark mark, @Nullable String input, int table) {

    /** Inside a pod with several interfaces, traffic from one that is not the first: its table. */
    public static final int WITHIN_POD = 1;

    /** Traffic to a pod: the main table, which knows its host interface. */
    public static final int TO_POD = 512;

    /** Traffic of marked connections: the main table, and so the primary interface. */
    public static final int MARKED = 1024;

    /** Traffic to {@code AWS_EXTERNAL_SERVICE_CIDRS}: the main table. */
    public static final int EXTERNAL_SERVICE = 1535;

    /** Traffic from a pod on a secondary interface: that interface's table. */
    public static final int FROM_POD = 1536;

    /** Traffic from a secondary interface's own address: that interface's table. */
    public static final int FROM_INTERFACE = 32765;

    /**
     * @throws IllegalArgumentException if sources and destinations are of two families
     */
    public Rule {
        if (from.family() != to.family()) {
            throw new IllegalArgumentException("no packet goes from " + from + " to " + to);
        }
    }

    /** Returns the rule that leads what goes to {@code to} to {@code table}. */
    public static Rule to(int priority, Cidr to, int table) {
        return new Rule(priority, Cidr.all(to.family()), to, Mark.ANY, null, table);
    }

    /** Returns the rule that leads what comes from {@code from} to {@code table}. */
    public static Rule from(int priority, Cidr from, int table) {
        return new Rule(priority, from, Cidr.all(from.family()), Mark.ANY, null, table);
    }

    /** Returns the rule that leads what carries {@code mark} to {@code table}. */
    public static Rule marked(int priority, IpFamily family, Mark mark, int table) {
        return new Rule(priority, Cidr.all(family), Cidr.all(family), mark, null, table);
    }

    /** Returns the family of the packets. */
    public IpFamily family() {
        return from.family();
    }

    /** Returns the line of {@code ip rule}, which has a tab after the colon. */
    @Override
    public String toString() {
        var text = new StringBuilder().append(priority).append(":\tfrom ").append(block(from));
        if (to.prefixLength() > 0) {
            text.append(" to ").append(block(to));
        }
        if (!mark.equals(Mark.ANY)) {
            text.append(" fwmark ").append(mark);
        }
        if (input != null) {
            text.append(" iif ").append(input);
        }
        return text.append(" lookup ").append(RouteTables.text(table)).toString();
    }

    private static String block(Cidr block) {
        if (block.prefixLength() == 0) {
            return "all";
        }
        return block.isSingle() ? block.network().toString() : block.toString();
    }
}
