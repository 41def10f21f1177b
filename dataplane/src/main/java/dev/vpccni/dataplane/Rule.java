package dev.vpccni.dataplane;

import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import org.jspecify.annotations.Nullable;

/**
 * A routing policy rule: packets that match all of it are looked up in a table. It carries no
 * protocol attribute, for the kernel takes the same rule with another protocol as a second rule.
 *
 * @param priority lower ones are asked first
 * @param from sources; {@link #ALL} for any
 * @param to destinations; {@link #ALL} for any
 * @param mark which packet marks
 * @param input the device by which the packet came in, or null for any
 * @param table where to look
 * @see <a href="https://man7.org/linux/man-pages/man8/ip-rule.8.html">ip-rule(8)</a>
 */
public record Rule(
        int priority, Ipv4Cidr from, Ipv4Cidr to, Mark mark, @Nullable String input, int table) {

    /** Every address. */
    public static final Ipv4Cidr ALL = new Ipv4Cidr(new Ipv4Address(0), 0);

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

    /** Returns the rule that leads what goes to {@code to} to {@code table}. */
    public static Rule to(int priority, Ipv4Cidr to, int table) {
        return new Rule(priority, ALL, to, Mark.ANY, null, table);
    }

    /** Returns the rule that leads what comes from {@code from} to {@code table}. */
    public static Rule from(int priority, Ipv4Cidr from, int table) {
        return new Rule(priority, from, ALL, Mark.ANY, null, table);
    }

    /** Returns the rule that leads what carries {@code mark} to {@code table}. */
    public static Rule marked(int priority, Mark mark, int table) {
        return new Rule(priority, ALL, ALL, mark, null, table);
    }

    /** Returns the block that is just {@code address}. */
    public static Ipv4Cidr only(Ipv4Address address) {
        return new Ipv4Cidr(address, 32);
    }

    /** Returns the line of {@code ip rule}, which has a tab after the colon. */
    @Override
    public String toString() {
        var text = new StringBuilder().append(priority).append(":\tfrom ").append(block(from));
        if (!to.equals(ALL)) {
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

    private static String block(Ipv4Cidr block) {
        return switch (block.prefixLength()) {
            case 0 -> "all";
            case 32 -> block.network().toString();
            default -> block.toString();
        };
    }
}
