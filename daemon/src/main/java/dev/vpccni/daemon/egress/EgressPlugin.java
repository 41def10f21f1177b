package dev.vpccni.daemon.egress;

import dev.vpccni.dataplane.NodeSetup.SnatPorts;
import dev.vpccni.dataplane.egress.EgressFamily;
import dev.vpccni.model.IpAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the network configuration says of {@code egress-cni}: field for field upstream's.
 *
 * @param family in which pods get out: the one that the cluster does not have
 * @param enabled whether they do
 * @param nodeAddress what their traffic leaves the node with; null as long as it is unknown
 * @param snatPorts {@code AWS_VPC_K8S_CNI_RANDOMIZESNAT}
 * @param mtu {@code POD_MTU}, bytes
 * @param logFile {@code AWS_VPC_K8S_EGRESS_V4_PLUGIN_LOG_FILE}, or that of V6
 * @param logLevel {@code AWS_VPC_K8S_PLUGIN_LOG_LEVEL}
 */
public record EgressPlugin(
        EgressFamily family,
        boolean enabled,
        @Nullable IpAddress nodeAddress,
        SnatPorts snatPorts,
        int mtu,
        String logFile,
        String logLevel) {

    /** That of an IPv4 cluster where the environment says nothing. */
    public static final EgressPlugin DEFAULT =
            new EgressPlugin(
                    EgressFamily.IPV6,
                    false,
                    null,
                    SnatPorts.RANDOM_FULLY,
                    9001,
                    defaultLog(EgressFamily.IPV6),
                    "Debug");

    /** Returns where upstream's plugin logs where the environment says nothing. */
    public static String defaultLog(EgressFamily family) {
        return "/var/log/aws-routed-eni/egress-" + version(family) + "-plugin.log";
    }

    /**
     * Tells whether pods are to be kept from each other's egress addresses: in an IPv6 cluster in
     * any case, as upstream does, since pods may have some from before.
     */
    public boolean separates() {
        return enabled || family == EgressFamily.IPV4;
    }

    /** Returns this on a node with an address; without one it is switched off. */
    public EgressPlugin on(@Nullable IpAddress address) {
        return new EgressPlugin(
                family,
                enabled && address != null,
                enabled ? address : null,
                snatPorts,
                mtu,
                logFile,
                logLevel);
    }

    /** Returns the plugin's entry in the list. */
    public Map<String, Object> tree() {
        Map<String, Object> plugin = new LinkedHashMap<>();
        plugin.put("name", "egress-cni");
        plugin.put("type", "egress-cni");
        plugin.put("mtu", Integer.toString(mtu));
        plugin.put("enabled", Boolean.toString(enabled));
        plugin.put("randomizeSNAT", randomization());
        plugin.put("nodeIP", address());
        plugin.put("ipam", ipam());
        plugin.put("pluginLogFile", logFile);
        plugin.put("pluginLogLevel", logLevel);
        return plugin;
    }

    /** Returns what stands for upstream's placeholders in a configuration of somebody's own. */
    public Map<String, String> placeholders() {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("EGRESSPLUGINLOGFILE", logFile);
        values.put("EGRESSPLUGINENABLED", Boolean.toString(enabled));
        values.put("EGRESSPLUGINIPAMSUBNET", subnet());
        values.put("EGRESSPLUGINIPAMDST", destination());
        values.put("EGRESSPLUGINIPAMDATADIR", records());
        values.put("RANDOMIZESNAT", randomization());
        values.put("NODEIP", address());
        return values;
    }

    private Map<String, Object> ipam() {
        Map<String, Object> ipam = new LinkedHashMap<>();
        ipam.put("type", "host-local");
        ipam.put("ranges", List.of(List.of(Map.of("subnet", subnet()))));
        ipam.put("routes", List.of(Map.of("dst", destination())));
        ipam.put("dataDir", records());
        return ipam;
    }

    private String randomization() {
        return switch (snatPorts) {
            case RANDOM_FULLY -> "prng";
            case RANDOM -> "hashrandom";
            case ORIGINAL -> "none";
        };
    }

    private String address() {
        return nodeAddress == null ? "" : nodeAddress.toString();
    }

    private String subnet() {
        // The zero is upstream's spelling.
        return family == EgressFamily.IPV4 ? "169.254.172.0/22" : "fd00::ac:00/118";
    }

    private String destination() {
        return family == EgressFamily.IPV4 ? "0.0.0.0/0" : "::/0";
    }

    private String records() {
        return family == EgressFamily.IPV4
                ? "/run/cni/v6pd/egress-v4-ipam"
                : "/run/cni/v4pd/egress-v6-ipam";
    }

    private static String version(EgressFamily family) {
        return family == EgressFamily.IPV4 ? "v4" : "v6";
    }
}
