package dev.vpccni.doctor.snapshot;

import dev.vpccni.dataplane.firewall.Backend;
import dev.vpccni.model.IpFamily;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Packet filters of the node's network namespace.
 *
 * @param iptables what each of the programs that save tables prints
 * @param nft the chains of nf_tables, those that iptables-nft made among them
 * @param used what {@code iptables} without more words speaks to here
 */
public record PacketFilters(
        SortedMap<Which, Fact<String>> iptables, Fact<List<FilterChain>> nft, Fact<Backend> used) {

    public PacketFilters {
        iptables = Collections.unmodifiableSortedMap(new TreeMap<>(iptables));
    }

    /** One of the four that there may be. */
    public record Which(Backend backend, IpFamily family) implements Comparable<Which> {

        /** Returns the name of its iptables(8), such as {@code ip6tables-legacy}. */
        public String program() {
            return (family == IpFamily.IPV6 ? "ip6tables-" : "iptables-")
                    + (backend == Backend.LEGACY ? "legacy" : "nft");
        }

        @Override
        public int compareTo(Which other) {
            return Comparator.comparing(Which::backend)
                    .thenComparing(Which::family)
                    .compare(this, other);
        }
    }

    /** Returns what is saved of one of them; empty where that is not known. */
    public String saved(Backend backend, IpFamily family) {
        Fact<String> fact = iptables.get(new Which(backend, family));
        return fact == null ? "" : fact.or("");
    }
}
