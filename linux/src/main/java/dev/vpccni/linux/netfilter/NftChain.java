package dev.vpccni.linux.netfilter;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A chain of nf_tables.
 *
 * @param hook where the kernel calls it, or null if rules do
 * @param rules in order
 */
public record NftChain(String name, @Nullable Hook hook, List<List<NftExpression>> rules) {

    public NftChain {
        rules = rules.stream().map(List::copyOf).toList();
    }

    /**
     * Where the kernel calls a chain.
     *
     * @param type such as {@code filter}
     * @param number such as {@link #PREROUTING}
     * @param priority lower ones come first
     * @param accepts what becomes of packets that no rule decides about
     */
    public record Hook(String type, int number, int priority, boolean accepts) {

        /** {@code NF_INET_PRE_ROUTING}. */
        public static final int PREROUTING = 0;
    }
}
