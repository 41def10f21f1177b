package dev.vpccni.linux.route;

import org.jspecify.annotations.Nullable;

/**
 * A policy routing rule: packets that match are looked up in a table, lower priorities first.
 *
 * @param family of the packets
 * @param priority where in the list of rules it stands
 * @param table the number of the routing table
 * @param source where packets come from, or null for anywhere
 * @param destination where packets go, or null for anywhere
 * @param mark the mark that packets have to bear under {@code markMask}
 * @param markMask the bits of the mark that count; 0 means that the mark does not matter
 * @param incoming the name of the link that packets arrive on, or empty for any; {@code lo} for the
 *     node's own
 * @param extras what few rules ask for
 * @param action {@link #ACTION_LOOKUP} and so on
 * @param protocol who made the rule; 0 leaves it unsaid. The kernel takes two rules that differ in
 *     nothing else for different
 * @see <a href="https://man7.org/linux/man-pages/man8/ip-rule.8.html">ip-rule(8)</a>
 */
public record KernelRule(
        Family family,
        int priority,
        int table,
        @Nullable IpPrefix source,
        @Nullable IpPrefix destination,
        int mark,
        int markMask,
        String incoming,
        RuleExtras extras,
        int action,
        int protocol) {

    /** Look the packet up in the table. */
    public static final int ACTION_LOOKUP = 1;

    /** Go on with the first rule of a later priority, see {@link RuleExtras#target}. */
    public static final int ACTION_GOTO = 2;

    /** Go on with the next rule. */
    public static final int ACTION_NOP = 3;

    /** Drop the packet without a word. */
    public static final int ACTION_BLACKHOLE = 6;

    /** Tell the sender that there is no way. */
    public static final int ACTION_UNREACHABLE = 7;

    /** Tell the sender that the way is forbidden. */
    public static final int ACTION_PROHIBIT = 8;

    /** Returns a rule that matches every packet of a family. */
    public static KernelRule lookup(Family family, int priority, int table) {
        return new KernelRule(
                family, priority, table, null, null, 0, 0, "", RuleExtras.NONE, ACTION_LOOKUP, 0);
    }

    /** Returns a rule that matches every IPv4 packet. */
    public static KernelRule lookup(int priority, int table) {
        return lookup(Family.IPV4, priority, table);
    }

    /** Returns this for packets from {@code prefix}, and of its family. */
    public KernelRule from(IpPrefix prefix) {
        return new KernelRule(
                Family.of(prefix.address()),
                priority,
                table,
                prefix,
                destination,
                mark,
                markMask,
                incoming,
                extras,
                action,
                protocol);
    }

    /** Returns this for packets to {@code prefix}, and of its family. */
    public KernelRule to(IpPrefix prefix) {
        return new KernelRule(
                Family.of(prefix.address()),
                priority,
                table,
                source,
                prefix,
                mark,
                markMask,
                incoming,
                extras,
                action,
                protocol);
    }

    /** Returns this for packets that bear {@code value} in the bits of {@code mask}. */
    public KernelRule marked(int value, int mask) {
        return new KernelRule(
                family,
                priority,
                table,
                source,
                destination,
                value,
                mask,
                incoming,
                extras,
                action,
                protocol);
    }

    /** Returns this for packets that arrive on a link. */
    public KernelRule arrivingOn(String link) {
        return new KernelRule(
                family,
                priority,
                table,
                source,
                destination,
                mark,
                markMask,
                link,
                extras,
                action,
                protocol);
    }

    /** Returns this with what few rules ask for. */
    public KernelRule with(RuleExtras some) {
        return new KernelRule(
                family,
                priority,
                table,
                source,
                destination,
                mark,
                markMask,
                incoming,
                some,
                action,
                protocol);
    }

    /** Returns this with another action. */
    public KernelRule withAction(int other) {
        return new KernelRule(
                family,
                priority,
                table,
                source,
                destination,
                mark,
                markMask,
                incoming,
                extras,
                other,
                protocol);
    }

    /** Returns this without a word about who made it. */
    public KernelRule withoutProtocol() {
        return new KernelRule(
                family,
                priority,
                table,
                source,
                destination,
                mark,
                markMask,
                incoming,
                extras,
                action,
                0);
    }

    @Override
    public String toString() {
        return priority
                + ": from "
                + (source == null ? "all" : source)
                + (destination == null ? "" : " to " + destination)
                + (markMask == 0 ? "" : String.format(" fwmark 0x%x/0x%x", mark, markMask))
                + (incoming.isEmpty() ? "" : " iif " + incoming)
                + extras
                + (action == ACTION_LOOKUP ? " lookup " + table : " action " + action);
    }
}
