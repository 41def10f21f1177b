package dev.vpccni.doctor.cluster;

import dev.vpccni.doctor.check.Finding;
import dev.vpccni.doctor.check.ShellWord;
import dev.vpccni.doctor.cluster.seen.ClusterSnapshot;
import dev.vpccni.doctor.cluster.seen.SeenProxy;
import java.util.ArrayList;
import java.util.List;

/** What of kube-proxy's configuration goes not together with addresses of the VPC. */
final class ProxyCheck implements ClusterCheck {

    @Override
    public String id() {
        return "cluster-proxy";
    }

    @Override
    public String looksFor() {
        return "a kube-proxy whose masquerade bit is in `AWS_VPC_K8S_CNI_CONNMARK` (wrong), that"
                + " has a `clusterCIDR`, which pods' addresses of the VPC may be outside of"
                + " (warning), or whose mode is `ipvs`, which is not tried with this (warning)";
    }

    @Override
    public String breaks() {
        return "connections to Services leave by the wrong interface, or with the node's address in"
                + " the place of the pod's";
    }

    @Override
    public List<Finding> examine(ClusterSnapshot cluster) {
        SeenProxy proxy = cluster.proxy().orNull();
        var findings = new ArrayList<Finding>();
        if (proxy == null) {
            return findings;
        }
        String[] names = proxy.source().split("/", 2);
        String edit =
                "kubectl -n "
                        + ShellWord.of(names[0])
                        + " edit configmap "
                        + ShellWord.of(names[names.length - 1])
                        + ", and kubectl -n "
                        + ShellWord.of(names[0])
                        + " rollout restart daemonset kube-proxy";
        if ((1L << proxy.masqueradeBit() & cluster.plan().mark()) != 0) {
            findings.add(
                    wrong(
                            "%s: masqueradeBit %d is in the mark 0x%x"
                                    .formatted(
                                            proxy.source(),
                                            proxy.masqueradeBit(),
                                            cluster.plan().mark()),
                            "masqueradeBit: 14 by " + edit));
        }
        if (!proxy.clusterCidr().isEmpty()) {
            findings.add(
                    warning(
                            proxy.source()
                                    + ": clusterCIDR is "
                                    + proxy.clusterCidr()
                                    + ": pods elsewhere in the VPC count as strangers",
                            "clusterCIDR: \"\" by " + edit));
        }
        if (proxy.mode().equals("ipvs")) {
            findings.add(
                    warning(proxy.source() + ": mode is ipvs", "mode: \"iptables\" by " + edit));
        }
        return findings;
    }
}
