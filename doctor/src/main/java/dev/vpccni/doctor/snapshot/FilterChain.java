package dev.vpccni.doctor.snapshot;

import java.util.List;

/**
 * A chain of a packet filter.
 *
 * @param where whose tables it is of, such as {@code iptables-legacy} or {@code nft}
 * @param family {@code ip}, {@code ip6}, {@code inet} and so on
 * @param table such as {@code filter}
 * @param hook where the kernel asks it, such as {@code forward}; empty for one that is jumped to
 * @param drops its policy is to drop
 */
public record FilterChain(
        String where,
        String family,
        String table,
        String name,
        String hook,
        boolean drops,
        List<FilterRule> rules) {

    public FilterChain {
        rules = List.copyOf(rules);
    }
}
