package dev.vpccni.doctor.filter;

import dev.vpccni.dataplane.firewall.Backend;
import dev.vpccni.dataplane.firewall.FirewallPlanner;
import dev.vpccni.dataplane.firewall.SavedTable;
import dev.vpccni.doctor.snapshot.HostSnapshot;
import dev.vpccni.model.IpFamily;
import java.util.List;
import java.util.Map;

/**
 * Who has rules in one of the two packet filters that iptables(8) knows, of either family.
 *
 * @param ours this project or upstream
 * @param others anybody else
 * @param cluster kubelet or kube-proxy
 */
record BackendUse(boolean ours, boolean others, boolean cluster) {

    /** By these kubelet shows which one it uses, and kube-proxy has the others. */
    private static final List<String> CLUSTERS =
            List.of("KUBE-IPTABLES-HINT", "KUBE-KUBELET-CANARY", "KUBE-SERVICES");

    private static final String OUR_CHAINS = "AWS-";

    /** Reads it. */
    static BackendUse of(HostSnapshot host, Backend backend) {
        boolean ours = false;
        boolean others = false;
        boolean cluster = false;
        for (IpFamily family : IpFamily.values()) {
            String text = host.filters().saved(backend, family);
            for (String table : IptablesChains.tables(text)) {
                Map<String, List<String>> chains = SavedTable.parse(table, text).chains();
                for (Map.Entry<String, List<String>> chain : chains.entrySet()) {
                    boolean own = chain.getKey().startsWith(OUR_CHAINS);
                    boolean builtIn = chain.getKey().matches("[A-Z]+");
                    ours |= own;
                    others |= !own && !builtIn;
                    cluster |= CLUSTERS.contains(chain.getKey());
                    for (String rule : chain.getValue()) {
                        ours |= FirewallPlanner.owns(rule);
                        others |= !own && !FirewallPlanner.owns(rule);
                    }
                }
            }
        }
        return new BackendUse(ours, others, cluster);
    }

    /** Returns the back end that is not this one. */
    static Backend other(Backend backend) {
        return backend == Backend.LEGACY ? Backend.NFT : Backend.LEGACY;
    }

    /** Returns the name of the iptables(8) that speaks to it. */
    static String program(Backend backend) {
        return backend == Backend.LEGACY ? "iptables-legacy" : "iptables-nft";
    }
}
