package dev.vpccni.daemon;

import static java.lang.Math.min;
import static java.util.Objects.requireNonNullElse;

import dev.vpccni.daemon.egress.EgressPlugin;
import dev.vpccni.daemon.log.LogLevel;
import dev.vpccni.daemon.log.LogSettings;
import dev.vpccni.dataplane.NodeSetup.SnatPorts;
import dev.vpccni.dataplane.egress.EgressFamily;
import dev.vpccni.json.Json;
import dev.vpccni.json.JsonException;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.node.settings.CloudSettings;
import dev.vpccni.node.settings.KernelSettings;
import dev.vpccni.node.settings.NodeSettings;
import dev.vpccni.node.settings.PodsMax;
import dev.vpccni.node.settings.PoolSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the environment asks for, with upstream's names, defaults and ways of parsing (ipamd.md 1.2
 * to 1.4).
 *
 * @param reports values that are not followed, and what holds instead
 * @param faults values with which the daemon must not start; empty if it may
 */
record EnvironmentSettings(
        NodeSettings node,
        DaemonSettings daemon,
        List<IgnoredSetting> reports,
        List<String> faults) {

    private static final String RESERVED_TAG = "k8s.amazonaws.com";

    /** Where upstream's container sees the host's folder. */
    private static final Path LOG = Path.of("/host/var/log/aws-routed-eni/ipamd.log");

    private static final int PORT_MAX = 0xffff;

    /** More than any instance has addresses, and so little that no sum of them overflows. */
    private static final int TARGET_MAX = 100_000;

    private static final int MTU_MIN = 576;
    private static final int MTU_MAX = 9001;
    private static final int VETH_PREFIX_MAX = 4;
    private static final long MARK_MAX = 0xffff_ffffL;

    EnvironmentSettings {
        reports = List.copyOf(reports);
        faults = List.copyOf(faults);
    }

    /**
     * Reads the environment; never fails, so that all problems are seen at once.
     *
     * @param podsMax how many pods the node may have, which no variable says
     */
    static EnvironmentSettings parse(Map<String, String> environment, PodsMax podsMax) {
        var variables = new Variables(environment);
        boolean ipv6 = variables.flagA("ENABLE_IPv6", false);
        refuseOtherAddressing(variables, ipv6);
        reportWhatIsNotDone(variables);
        checkEndpoints(variables);
        KernelSettings kernel = kernel(variables);
        var node =
                new NodeSettings(
                        pool(variables, podsMax),
                        kernel,
                        cloud(variables),
                        networkPolicyMode(variables));
        DaemonSettings daemon = daemon(variables, kernel, ipv6);
        return new EnvironmentSettings(node, daemon, variables.reports(), variables.faults());
    }

    /** Other addresses than those asked for would be worse than none. */
    private static void refuseOtherAddressing(Variables variables, boolean ipv6) {
        if (!variables.flagA("ENABLE_IPv4", true)) {
            variables.fault("ENABLE_IPv4", "leaves no address family: IPv6 is not supported yet");
        }
        refuse(variables, "ENABLE_IPv6", ipv6);
        refuse(
                variables,
                "ENABLE_PREFIX_DELEGATION",
                variables.flagA("ENABLE_PREFIX_DELEGATION", false));
        refuse(
                variables,
                "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG",
                variables.flagB("AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG", false));
        refuse(variables, "ENABLE_POD_ENI", variables.flagA("ENABLE_POD_ENI", false));
        refuse(variables, "ENABLE_MULTI_NIC", variables.flagA("ENABLE_MULTI_NIC", false));
        refuse(variables, "ENABLE_IMDS_ONLY_MODE", variables.flagA("ENABLE_IMDS_ONLY_MODE", false));
    }

    private static void refuse(Variables variables, String name, boolean asked) {
        if (asked) {
            variables.fault(name, "is not supported yet; unset it to start without");
        }
    }

    private static void reportWhatIsNotDone(Variables variables) {
        if (variables.flagA("ANNOTATE_POD_IP", false)) {
            variables.report("ANNOTATE_POD_IP", "is not supported yet", "pods are not annotated");
        }
        if (variables.flagB("AWS_MANAGE_ENIS_NON_SCHEDULABLE", false)) {
            variables.report(
                    "AWS_MANAGE_ENIS_NON_SCHEDULABLE",
                    "needs the Kubernetes API, which is not used yet",
                    "every node counts as schedulable");
        }
    }

    private static void checkEndpoints(Variables variables) {
        for (String name :
                List.of(
                        "AWS_ENDPOINT_URL_EC2",
                        "AWS_EC2_ENDPOINT",
                        "AWS_ENDPOINT_URL_STS",
                        "AWS_ENDPOINT_URL",
                        "AWS_EC2_METADATA_SERVICE_ENDPOINT")) {
            String value = variables.text(name, "");
            if (!value.isEmpty() && !isUrl(value)) {
                variables.fault(name, "is no URL such as http://host:port");
            }
        }
    }

    /** What would fail much later otherwise, and not as a connection does. */
    private static boolean isUrl(String value) {
        try {
            URI uri = URI.create(value);
            String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
            return uri.getHost() != null
                    && List.of("http", "https").contains(scheme)
                    && uri.getPort() <= PORT_MAX;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static PoolSettings pool(Variables variables, PodsMax podsMax) {
        int max = variables.numberB("MAX_ENI", -1, -1);
        return new PoolSettings(
                min(variables.numberB("WARM_IP_TARGET", 0, 0), TARGET_MAX),
                min(variables.numberB("MINIMUM_IP_TARGET", 0, 0), TARGET_MAX),
                min(variables.numberB("WARM_ENI_TARGET", 1, 0), TARGET_MAX),
                max < 1 ? -1 : max,
                podsMax,
                Duration.ofSeconds(
                        variables.numberA("IP_COOLDOWN_PERIOD", 30, 0, Integer.MAX_VALUE)));
    }

    private static KernelSettings kernel(Variables variables) {
        int mtu = variables.numberA("AWS_VPC_ENI_MTU", MTU_MAX, MTU_MIN, MTU_MAX);
        return new KernelSettings(
                mtu,
                variables.numberA("POD_MTU", mtu, MTU_MIN, MTU_MAX),
                vethPrefix(variables),
                blocks(variables, "AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS"),
                blocks(variables, "AWS_EXTERNAL_SERVICE_CIDRS"),
                variables.flagB("AWS_VPC_K8S_CNI_EXTERNALSNAT", false),
                snatPorts(variables),
                variables.flagB("AWS_VPC_CNI_NODE_PORT_SUPPORT", true),
                connectionMark(variables));
    }

    private static String vethPrefix(Variables variables) {
        String name = "AWS_VPC_K8S_CNI_VETHPREFIX";
        String prefix = variables.text(name, "eni");
        if (prefix.isEmpty()) {
            variables.report(name, "is empty", "using eni");
            return "eni";
        }
        if (prefix.length() > VETH_PREFIX_MAX || List.of("eth", "lo", "vlan").contains(prefix)) {
            variables.fault(name, "is longer than 4 characters, or one of eth, lo and vlan");
        } else if (!prefix.matches("[^/:\\s]+")) {
            variables.fault(name, "has characters that no interface's name has");
        }
        return prefix;
    }

    private static List<Ipv4Cidr> blocks(Variables variables, String name) {
        List<Ipv4Cidr> blocks = new ArrayList<>();
        for (String entry : variables.text(name, "").split(",", -1)) {
            String text = entry.trim();
            if (!text.isEmpty()) {
                try {
                    blocks.add(Ipv4Cidr.parse(text));
                } catch (IllegalArgumentException e) {
                    variables.report(
                            name, "has an entry that is no IPv4 CIDR", "leaving out " + text);
                }
            }
        }
        return blocks;
    }

    private static SnatPorts snatPorts(Variables variables) {
        String name = "AWS_VPC_K8S_CNI_RANDOMIZESNAT";
        return switch (variables.textUnlessEmpty(name, "prng")) {
            case "prng" -> SnatPorts.RANDOM_FULLY;
            case "hashrandom" -> SnatPorts.RANDOM;
            case "none" -> SnatPorts.ORIGINAL;
            default -> {
                variables.report(name, "is not prng, hashrandom or none", "using prng");
                yield SnatPorts.RANDOM_FULLY;
            }
        };
    }

    private static long connectionMark(Variables variables) {
        String name = "AWS_VPC_K8S_CNI_CONNMARK";
        long otherwise = KernelSettings.DEFAULT.connectionMark();
        String text = variables.textUnlessEmpty(name, "");
        if (text.isEmpty()) {
            return otherwise;
        }
        long mark = GoNumbers.parse(text);
        if (mark < 1 || mark > MARK_MAX) {
            variables.report(name, "is not a number from 1 to 0xffffffff", "using 0x80");
            return otherwise;
        }
        return mark;
    }

    private static CloudSettings cloud(Variables variables) {
        return new CloudSettings(
                variables.text("CLUSTER_NAME", ""),
                additionalTags(variables),
                !variables.flagA("DISABLE_NETWORK_RESOURCE_PROVISIONING", false),
                variables.flagB("ENABLE_SUBNET_DISCOVERY", true),
                variables.flagA("MANAGE_UNTAGGED_ENI", true),
                !variables.flagA("DISABLE_LEAKED_ENI_CLEANUP", false));
    }

    private static SortedMap<String, String> additionalTags(Variables variables) {
        String name = "ADDITIONAL_ENI_TAGS";
        SortedMap<String, String> tags = new TreeMap<>();
        String text = variables.textUnlessEmpty(name, "{}");
        try {
            if (!(Json.parse(text) instanceof Map<?, ?> members)) {
                throw new JsonException("it is no object");
            }
            for (Map.Entry<?, ?> member : members.entrySet()) {
                String key = String.valueOf(member.getKey());
                if (!(member.getValue() instanceof String value)) {
                    throw new JsonException("\"" + key + "\" is no string");
                }
                if (key.contains(RESERVED_TAG)) {
                    variables.report(name, "has a reserved key", "leaving out " + key);
                } else {
                    tags.put(key, value);
                }
            }
            return tags;
        } catch (JsonException e) {
            variables.report(
                    name,
                    "is no JSON object of strings (" + e.getMessage() + ")",
                    "no additional tags");
            return new TreeMap<>();
        }
    }

    private static String networkPolicyMode(Variables variables) {
        String name = "NETWORK_POLICY_ENFORCING_MODE";
        String mode = variables.raw(name);
        if (mode == null) {
            return "";
        }
        if (!List.of("none", "strict", "standard").contains(mode.toLowerCase(Locale.ROOT))) {
            variables.fault(name, "is not none, strict or standard");
        }
        return mode;
    }

    private static DaemonSettings daemon(Variables variables, KernelSettings kernel, boolean ipv6) {
        Path folder =
                requireNonNullElse(variables.path("VPC_CNI_RUN_FOLDER"), DaemonSettings.FOLDER);
        Path store = variables.path("AWS_VPC_K8S_CNI_BACKING_STORE");
        Path log = variables.path("AWS_VPC_K8S_CNI_LOG_FILE");
        return new DaemonSettings(
                folder,
                requireNonNullElse(store, folder.resolve("ipam.json")),
                new LogSettings(requireNonNullElse(log, LOG).toString(), logLevel(variables)),
                variables.text("VPC_CNI_VERSION", ""),
                conflist(variables, kernel, ipv6),
                variables.path("HOST_CNI_CONFDIR_PATH"));
    }

    private static LogLevel logLevel(Variables variables) {
        String name = "AWS_VPC_K8S_CNI_LOGLEVEL";
        String text = variables.text(name, "Debug").toUpperCase(Locale.ROOT);
        for (LogLevel level : LogLevel.values()) {
            if (level.name().equals(text)) {
                return level;
            }
        }
        variables.report(name, "is not debug, info, warn, error or fatal", "using debug");
        return LogLevel.DEBUG;
    }

    private static Conflist conflist(Variables variables, KernelSettings kernel, boolean ipv6) {
        Conflist otherwise = Conflist.DEFAULT;
        String logFile = variables.text("AWS_VPC_K8S_PLUGIN_LOG_FILE", otherwise.logFile());
        if (logFile.equals("stdout")) {
            variables.fault("AWS_VPC_K8S_PLUGIN_LOG_FILE", "would mix with the plugin's result");
        }
        String mode = "POD_SECURITY_GROUP_ENFORCING_MODE";
        String enforcing = variables.textUnlessEmpty(mode, otherwise.enforcingMode());
        if (!List.of("strict", "standard").contains(enforcing)) {
            variables.report(mode, "is not strict or standard", "using strict");
            enforcing = otherwise.enforcingMode();
        }
        String logLevel = variables.text("AWS_VPC_K8S_PLUGIN_LOG_LEVEL", otherwise.logLevel());
        return new Conflist(
                kernel.vethPrefix(),
                kernel.podMtu(),
                enforcing,
                logFile,
                logLevel,
                variables.flagA("ENABLE_BANDWIDTH_PLUGIN", false),
                variables.flagA("DISABLE_POD_V6", false),
                egress(variables, kernel, ipv6, logLevel));
    }

    /** The family is the one that the cluster does not have. */
    private static EgressPlugin egress(
            Variables variables, KernelSettings kernel, boolean ipv6, String logLevel) {
        EgressFamily family = ipv6 ? EgressFamily.IPV4 : EgressFamily.IPV6;
        boolean overIpv4 = variables.flagA("ENABLE_V4_EGRESS", true);
        boolean overIpv6 = variables.flagB("ENABLE_V6_EGRESS", false);
        String logFile =
                ipv6
                        ? "AWS_VPC_K8S_EGRESS_V4_PLUGIN_LOG_FILE"
                        : "AWS_VPC_K8S_EGRESS_V6_PLUGIN_LOG_FILE";
        return new EgressPlugin(
                family,
                ipv6 ? overIpv4 : overIpv6,
                null,
                kernel.snatPorts(),
                kernel.podMtu(),
                variables.text(logFile, EgressPlugin.defaultLog(family)),
                logLevel);
    }
}
