package dev.vpccni.daemon;

import dev.vpccni.daemon.egress.EgressPlugin;
import dev.vpccni.daemon.install.ConflistTemplate;
import dev.vpccni.json.Json;
import dev.vpccni.json.JsonException;
import dev.vpccni.model.IpAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The network configuration that a runtime reads, {@code 10-aws.conflist}: field for field
 * upstream's, so that either side can take over from the other. Numbers are strings there.
 *
 * <p>{@code egress-cni} is listed also where it is switched off, and passes on results then.
 *
 * @param version {@code VPC_CNI_CONFLIST_VERSION}, of the CNI specification
 * @param vethPrefix {@code AWS_VPC_K8S_CNI_VETHPREFIX}
 * @param mtu {@code POD_MTU}, bytes
 * @param enforcingMode {@code POD_SECURITY_GROUP_ENFORCING_MODE}
 * @param logFile {@code AWS_VPC_K8S_PLUGIN_LOG_FILE}
 * @param logLevel {@code AWS_VPC_K8S_PLUGIN_LOG_LEVEL}
 * @param bandwidth {@code ENABLE_BANDWIDTH_PLUGIN}
 * @param withoutIpv6 {@code DISABLE_POD_V6}
 * @param egress how pods get out in the other family
 */
record Conflist(
        String version,
        String vethPrefix,
        int mtu,
        String enforcingMode,
        String logFile,
        String logLevel,
        boolean bandwidth,
        boolean withoutIpv6,
        EgressPlugin egress) {

    /** Upstream's, with which runtimes do not ask for the status of a network. */
    static final String DEFAULT_VERSION = "0.4.0";

    /** Those that have lists, and that runtimes know. */
    static final List<String> VERSIONS = List.of(DEFAULT_VERSION, "1.0.0", "1.1.0");

    /** What holds where the environment says nothing. */
    static final Conflist DEFAULT =
            new Conflist(
                    DEFAULT_VERSION,
                    "eni",
                    9001,
                    "strict",
                    "/var/log/aws-routed-eni/plugin.log",
                    "Debug",
                    false,
                    false,
                    EgressPlugin.DEFAULT);

    /**
     * Returns this on a node whose address in the other family is {@code address}, if it has one.
     */
    Conflist on(@Nullable IpAddress address) {
        return new Conflist(
                version,
                vethPrefix,
                mtu,
                enforcingMode,
                logFile,
                logLevel,
                bandwidth,
                withoutIpv6,
                egress.on(address));
    }

    /** Returns the file's text. */
    String render() {
        Map<String, Object> conflist = new LinkedHashMap<>();
        conflist.put("cniVersion", version);
        conflist.put("name", "aws-cni");
        conflist.put("disableCheck", true);
        List<Object> plugins = new ArrayList<>(List.of(own(), egress.tree(), portmap()));
        plugins.addAll(optional());
        conflist.put("plugins", plugins);
        return Json.indented(conflist, 2) + "\n";
    }

    /**
     * Returns what somebody has written himself, with this in the place of its placeholders.
     *
     * @throws JsonException if it is no configuration
     */
    String render(String custom) throws JsonException {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("VETHPREFIX", vethPrefix);
        values.put("MTU", Integer.toString(mtu));
        values.put("PODSGENFORCINGMODE", enforcingMode);
        values.put("PLUGINLOGFILE", logFile);
        values.put("PLUGINLOGLEVEL", logLevel);
        values.putAll(egress.placeholders());
        return ConflistTemplate.fill(custom, values, optional());
    }

    private List<Object> optional() {
        List<Object> plugins = new ArrayList<>();
        if (bandwidth) {
            plugins.add(plugin("bandwidth", Map.of("bandwidth", true)));
        }
        if (withoutIpv6) {
            plugins.add(tuning());
        }
        return plugins;
    }

    /** Returns what a runtime makes of it for {@code aws-cni}. */
    String pluginInput() {
        Map<String, Object> input = own();
        input.put("cniVersion", version);
        return Json.compact(input);
    }

    private Map<String, Object> own() {
        Map<String, Object> plugin = new LinkedHashMap<>();
        plugin.put("name", "aws-cni");
        plugin.put("type", "aws-cni");
        plugin.put("vethPrefix", vethPrefix);
        plugin.put("mtu", Integer.toString(mtu));
        plugin.put("podSGEnforcingMode", enforcingMode);
        plugin.put("pluginLogFile", logFile);
        plugin.put("pluginLogLevel", logLevel);
        plugin.put("capabilities", Map.of("io.kubernetes.cri.pod-annotations", true));
        return plugin;
    }

    private static Map<String, Object> portmap() {
        Map<String, Object> plugin = plugin("portmap", Map.of("portMappings", true));
        plugin.put("snat", true);
        return plugin;
    }

    private static Map<String, Object> tuning() {
        Map<String, Object> plugin = new LinkedHashMap<>();
        plugin.put("type", "tuning");
        Map<String, Object> sysctls = new LinkedHashMap<>();
        for (String scope : List.of("all", "default", "lo")) {
            sysctls.put("net.ipv6.conf." + scope + ".disable_ipv6", "1");
        }
        plugin.put("sysctl", sysctls);
        return plugin;
    }

    private static Map<String, Object> plugin(String type, Map<String, Object> capabilities) {
        Map<String, Object> plugin = new LinkedHashMap<>();
        plugin.put("type", type);
        plugin.put("capabilities", capabilities);
        return plugin;
    }
}
