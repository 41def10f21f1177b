package dev.vpccni.doctor.cluster;

import dev.vpccni.doctor.check.Finding;
import dev.vpccni.doctor.cluster.seen.ClusterSnapshot;
import dev.vpccni.doctor.cluster.seen.NetworkPlan;
import dev.vpccni.doctor.cluster.seen.SeenNode;
import dev.vpccni.model.InstanceType;
import dev.vpccni.model.InstanceTypes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Nodes that cannot do what the settings, or their kubelets, ask of them. */
final class NodesCheck implements ClusterCheck {

    private static final int OF_HOST_NETWORK = 2;
    private static final int ADDRESSES_OF_PREFIX = 16;
    private static final int NAMED_MAX = 5;
    private static final Pattern CONTAINERD = Pattern.compile("containerd://v?(\\d+)\\..*");

    @Override
    public String id() {
        return "cluster-nodes";
    }

    @Override
    public String looksFor() {
        return "kubelets that take more pods than the node has addresses for (warning); types"
                + " without prefixes where `ENABLE_PREFIX_DELEGATION` asks for them (warning; wrong"
                + " with IPv6), or without a trunk where `ENABLE_POD_ENI` does (warning); runtimes"
                + " before containerd 2 where the configuration is of version 1.1.0 (wrong)";
    }

    @Override
    public String breaks() {
        return "pods stay in ContainerCreating, or the node does not become ready";
    }

    @Override
    public List<Finding> examine(ClusterSnapshot cluster) {
        Map<String, List<String>> wrong = new TreeMap<>();
        Map<String, List<String>> warnings = new TreeMap<>();
        for (SeenNode node : cluster.nodes().or(List.of())) {
            InstanceType type = InstanceTypes.known().find(node.type());
            if (type != null) {
                examine(node, type, cluster.plan(), wrong, warnings);
            }
            if (cluster.plan().conflistVersion().equals("1.1.0") && isOld(node.runtime())) {
                note(wrong, "1.1.0|" + node.runtime() + " knows no CNI 1.1.0", node);
            }
        }
        var findings = new ArrayList<Finding>();
        wrong.forEach((what, nodes) -> findings.add(wrong(seen(what, nodes), remedy(what))));
        warnings.forEach((what, nodes) -> findings.add(warning(seen(what, nodes), remedy(what))));
        return findings;
    }

    private static void examine(
            SeenNode node,
            InstanceType type,
            NetworkPlan plan,
            Map<String, List<String>> wrong,
            Map<String, List<String>> warnings) {
        boolean nitro = type.bareMetal() || !type.hypervisor().equals("xen");
        if (plan.ipv6() && !nitro) {
            note(wrong, "type|" + type.name() + " has no prefixes, and so no IPv6 for pods", node);
        } else if (plan.prefixes() && !nitro) {
            note(warnings, "type|" + type.name() + " has no prefixes", node);
        }
        if (plan.podInterfaces() && !type.trunkable()) {
            note(warnings, "type|" + type.name() + " can have no trunk interface", node);
        }
        long most = addressable(type, plan, nitro);
        if (!plan.ipv6() && node.pods() > most) {
            note(
                    warnings,
                    "pods "
                            + most
                            + "|"
                            + type.name()
                            + " takes "
                            + node.pods()
                            + " pods and has addresses for "
                            + most,
                    node);
        }
    }

    /** As docs/install.md has it. */
    private static long addressable(InstanceType type, NetworkPlan plan, boolean nitro) {
        int interfaces = type.maxInterfaces();
        if (plan.interfacesMax() > 0) {
            interfaces = Math.min(interfaces, plan.interfacesMax());
        }
        if (plan.customNetworking()) {
            interfaces--;
        }
        if (plan.podInterfaces() && type.trunkable()) {
            interfaces--;
        }
        long each = type.secondaryAddressesPerInterface();
        boolean prefixes = plan.prefixes() && nitro;
        return Math.max(interfaces, 0) * each * (prefixes ? ADDRESSES_OF_PREFIX : 1)
                + OF_HOST_NETWORK;
    }

    private static boolean isOld(String runtime) {
        Matcher version = CONTAINERD.matcher(runtime);
        return version.matches()
                && version.group(1).length() == 1
                && version.group(1).charAt(0) < '2';
    }

    /** What is wrong with many nodes in the same way is said once. */
    private static void note(Map<String, List<String>> into, String what, SeenNode node) {
        into.computeIfAbsent(what, _ -> new ArrayList<>()).add(node.name());
    }

    private static String seen(String what, List<String> nodes) {
        String named = String.join(", ", nodes.subList(0, Math.min(NAMED_MAX, nodes.size())));
        int others = nodes.size() - NAMED_MAX;
        return what.substring(what.indexOf('|') + 1)
                + ": "
                + named
                + (others > 0 ? " and " + others + " others" : "");
    }

    private static String remedy(String what) {
        String key = what.substring(0, what.indexOf('|'));
        if (key.startsWith("pods ")) {
            return "--max-pods="
                    + key.substring("pods ".length())
                    + " for the kubelet, or"
                    + " ENABLE_PREFIX_DELEGATION=true where the type has prefixes";
        }
        return key.equals("type")
                ? "another instance type, or the feature switched off"
                : "containerd 2 on these nodes, or cniConfig.version=0.4.0";
    }
}
