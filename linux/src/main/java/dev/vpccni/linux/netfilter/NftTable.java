package dev.vpccni.linux.netfilter;

import java.util.List;

/**
 * A table of nf_tables, of the family {@code ip}.
 *
 * @param dormant whether the kernel calls none of its chains
 * @param chains which rules may jump to if they stand before, or behind
 * @param others how many chains, sets and objects there are beside {@code chains}
 */
public record NftTable(String name, boolean dormant, List<NftChain> chains, int others) {

    public NftTable {
        chains = List.copyOf(chains);
    }

    /** A table with these chains and nothing else. */
    public NftTable(String name, List<NftChain> chains) {
        this(name, false, chains, 0);
    }
}
