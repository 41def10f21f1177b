package dev.vpccni.doctor.snapshot;

import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpFamily;
import org.jspecify.annotations.Nullable;

/**
 * A routing policy rule.
 *
 * @param from sources, or null for any
 * @param to destinations, or null for any
 * @param mark what packets must bear in {@code mask}
 * @param mask the bits that count; 0 if none does
 * @param inverted it is for packets that do <em>not</em> match
 * @param table where it leads to; 0 if it does something else
 */
public record SeenRule(
        IpFamily family,
        int priority,
        @Nullable Cidr from,
        @Nullable Cidr to,
        long mark,
        long mask,
        boolean inverted,
        int table) {

    /** Returns what ip(8) takes to find it: everything but the family. */
    public String selector() {
        return "pref " + priority + conditions();
    }

    /** Returns the part of that which says for what the rule is, and what it does. */
    public String conditions() {
        return (inverted ? " not" : "")
                + (from == null ? "" : " from " + from)
                + (to == null ? "" : " to " + to)
                + (mask == 0
                        ? ""
                        : " fwmark 0x" + Long.toHexString(mark) + "/0x" + Long.toHexString(mask))
                + (table == 0 ? "" : " lookup " + table);
    }

    /** Returns the beginning of a command of ip(8) about rules of this family. */
    public String ip() {
        return family == IpFamily.IPV6 ? "ip -6 rule" : "ip rule";
    }

    /** Tells whether it is for packets that bear {@code bits} and no others, as far as marks go. */
    public boolean takesMark(long bits) {
        return ((bits & mask) == mark) != inverted;
    }
}
