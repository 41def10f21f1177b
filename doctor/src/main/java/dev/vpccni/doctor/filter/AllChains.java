package dev.vpccni.doctor.filter;

import dev.vpccni.dataplane.firewall.Backend;
import dev.vpccni.doctor.snapshot.FilterChain;
import dev.vpccni.doctor.snapshot.HostSnapshot;
import dev.vpccni.doctor.snapshot.PacketFilters.Which;
import dev.vpccni.model.IpFamily;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** The chains of every packet filter of a host, each once. */
final class AllChains {

    private AllChains() {}

    /**
     * Returns them. Tables that iptables-nft made are read as it prints them, since nft shows what
     * it does not know of them as nothing.
     */
    static List<FilterChain> of(HostSnapshot host) {
        var all = new ArrayList<FilterChain>();
        var printed = new TreeSet<String>();
        host.filters()
                .iptables()
                .forEach((which, saved) -> {
                    String text = saved.or("");
                    all.addAll(IptablesChains.parse(which, text));
                    if (which.backend() == Backend.NFT) {
                        IptablesChains.tables(text)
                                .forEach(table -> printed.add(family(which) + " " + table));
                    }
                });
        for (FilterChain chain : host.filters().nft().or(List.of())) {
            if (!printed.contains(chain.family() + " " + chain.table())) {
                all.add(chain);
            }
        }
        return all;
    }

    private static String family(Which which) {
        return which.family() == IpFamily.IPV6 ? "ip6" : "ip";
    }
}
