package dev.vpccni.node.shadow;

import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.node.settings.KernelSettings;
import dev.vpccni.node.settings.NodeSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** What two daemons of a node were told, side by side. */
final class OtherSettings {

    private OtherSettings() {}

    /**
     * Returns where they were told different things.
     *
     * @param told what the other one was told, as upstream's daemon tells it; a variable that is
     *     missing there is not compared
     */
    static List<ShadowFinding> differences(NodeSettings own, SortedMap<String, String> told) {
        var differences = new ArrayList<ShadowFinding>();
        comparable(own)
                .forEach((name, value) -> {
                    String others = told.get(name);
                    if (others != null && !others.equals(value)) {
                        differences.add(
                                ShadowFinding.attention(
                                        ShadowPart.DAEMON,
                                        "go by " + name + "=" + value,
                                        "the other daemon goes by " + name + "=" + others));
                    }
                });
        return differences;
    }

    /** Returns the settings that upstream's daemon tells of, in its spelling. */
    private static SortedMap<String, String> comparable(NodeSettings own) {
        KernelSettings kernel = own.kernel();
        var values = new TreeMap<String, String>();
        values.put("WARM_ENI_TARGET", Integer.toString(own.pool().warmInterfaces()));
        values.put("WARM_IP_TARGET", Integer.toString(own.pool().warmAddresses()));
        values.put("ENABLE_SUBNET_DISCOVERY", truth(own.cloud().subnetDiscovery()));
        values.put("AWS_MANAGE_ENIS_NON_SCHEDULABLE", truth(own.cluster().manageUnschedulable()));
        values.put(
                "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG", truth(own.addressing().customNetworking()));
        values.put("AWS_VPC_CNI_NODE_PORT_SUPPORT", truth(kernel.nodePortSupport()));
        values.put("AWS_VPC_ENI_MTU", Integer.toString(kernel.interfaceMtu()));
        values.put("AWS_VPC_K8S_CNI_CONNMARK", Long.toString(kernel.connectionMark()));
        values.put("AWS_VPC_K8S_CNI_EXTERNALSNAT", truth(kernel.externalSnat()));
        values.put("AWS_VPC_K8S_CNI_VETHPREFIX", kernel.vethPrefix());
        values.put("AWS_EXTERNAL_SERVICE_CIDRS", list(kernel.externalServiceCidrs()));
        values.put("AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS", list(kernel.snatExclusions()));
        values.put(
                "AWS_VPC_K8S_CNI_RANDOMIZESNAT",
                switch (kernel.snatPorts()) {
                    case ORIGINAL -> "0";
                    case RANDOM -> "1";
                    case RANDOM_FULLY -> "2";
                });
        return values;
    }

    private static String truth(boolean value) {
        return Boolean.toString(value);
    }

    private static String list(List<Ipv4Cidr> blocks) {
        return String.join(",", blocks.stream().map(Ipv4Cidr::toString).sorted().toList());
    }
}
