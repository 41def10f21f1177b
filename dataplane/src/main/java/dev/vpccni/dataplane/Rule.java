package dev.vpccni.dataplane;

import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpFamily;
import org.jspecify.annotations.Nullable;

/**
 * A routing policy rule: what to do with packets of one family that match all of it, nearly always
 * to look them up in a table. It carries no protocol attribute, for the kernel takes the same rule
 * with another protocol as a second rule.
 *
 * @param priority lower ones are asked first
 * @param from sources; {@link Cidr#all} for any
 * @param to destinations, of the same family; {@link Cidr#all} for any
 * @param mark which packet marks
 * @param input the device by which the packet came in, or null for any
 * @param protocol the number of the protocol above IP, or 0 for any
 * @param action what happens to the packet
 * @see <a href="https://man7.org/linux/man-pages/man8/ip-rule.8.html">ip-rule(8)</a>
 */
public record Rule(
        int priority,
        Cidr from,
        Cidr to,
        Mark mark,
        @Nullable String input,
        int protocol,
        Action action) {

    /** What a rule does with a packet that matches. */
    public sealed interface Action {

        /** Look it up in a table; where nothing is found, the next rule is asked. */
        record Lookup(int table) implements Action {}

        /** Ask the first rule with a later priority, and none of those before it. */
        record GoTo(int priority) implements Action {}

        /** Ask the next rule. */
        record Nothing() implements Action {}
    }

    /** What the kernel asks first: the node's own addresses, unless branch pods are strict. */
    public static final int FIRST = 0;

    /** Inside a pod with several interfaces, traffic from one that is not the first: its table. */
    public static final int WITHIN_POD = 1;

    /** Traffic from a strict branch pod, or to it by its branch interface: the latter's table. */
    public static final int BRANCH = 10;

    /** Where branch pods are strict, the node's own addresses: behind those pods' rules. */
    public static final int LOCAL_BEHIND_BRANCHES = 20;

    /** With fast rules, everything: the table that knows pods alone. */
    public static final int TO_PODS = 510;

    /** With fast rules, what is for no pod: past the rules that are for one pod each. */
    public static final int PAST_PODS = 511;

    /** Traffic to a pod: the main table, which knows its host interface. */
    public static final int TO_POD = 512;

    /** With fast rules, where the way past the pods' rules ends. */
    public static final int BEHIND_PODS = 513;

    /** Traffic of marked connections: the main table, and so the primary interface. */
    public static final int MARKED = 1024;

    /** Traffic to {@code AWS_EXTERNAL_SERVICE_CIDRS}: the main table. */
    public static final int EXTERNAL_SERVICE = 1535;

    /** Traffic from a pod on a secondary interface: that interface's table. */
    public static final int FROM_POD = 1536;

    /** ICMPv6 (RFC 4443). */
    public static final int ICMPV6 = 58;

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
        return new Rule(priority, Cidr.all(to.family()), to, Mark.ANY, null, 0, lookup(table));
    }

    /** Returns the rule that leads what comes from {@code from} to {@code table}. */
    public static Rule from(int priority, Cidr from, int table) {
        return new Rule(priority, from, Cidr.all(from.family()), Mark.ANY, null, 0, lookup(table));
    }

    /** Returns the rule that leads what carries {@code mark} to {@code table}. */
    public static Rule marked(int priority, IpFamily family, Mark mark, int table) {
        return new Rule(priority, Cidr.all(family), Cidr.all(family), mark, null, 0, lookup(table));
    }

    /** Returns the rule that leads what comes in by {@code input} to {@code table}. */
    public static Rule arriving(int priority, IpFamily family, String input, int table) {
        return new Rule(
                priority, Cidr.all(family), Cidr.all(family), Mark.ANY, input, 0, lookup(table));
    }

    /** Returns the rule that does something else than a look-up with every packet. */
    public static Rule of(int priority, IpFamily family, Action action) {
        return new Rule(priority, Cidr.all(family), Cidr.all(family), Mark.ANY, null, 0, action);
    }

    private static Action lookup(int table) {
        return new Action.Lookup(table);
    }

    /** Returns the table that packets are looked up in, or 0 where they are not. */
    public int table() {
        return action instanceof Action.Lookup(int table) ? table : 0;
    }

    /** Returns this rule for packets of one protocol above IP. */
    public Rule ofProtocol(int number) {
        return new Rule(priority, from, to, mark, input, number, action);
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
        if (protocol != 0) {
            text.append(" ipproto ").append(protocol == ICMPV6 ? "ipv6-icmp" : protocol);
        }
        return text.append(' ').append(text(action)).toString();
    }

    private static String text(Action action) {
        return switch (action) {
            case Action.Lookup(int table) -> "lookup " + RouteTables.text(table);
            case Action.GoTo(int priority) -> "goto " + priority;
            case Action.Nothing() -> "nop";
        };
    }

    private static String block(Cidr block) {
        if (block.prefixLength() == 0) {
            return "all";
        }
        return block.isSingle() ? block.network().toString() : block.toString();
    }
}
