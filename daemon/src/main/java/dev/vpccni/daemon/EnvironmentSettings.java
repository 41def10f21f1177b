package dev.vpccni.daemon;

import static java.lang.Math.min;
import static java.util.Objects.requireNonNullElse;

import dev.vpccni.daemon.cluster.ClusterDuties;
import dev.vpccni.daemon.egress.EgressPlugin;
import dev.vpccni.daemon.environment.AddressingVariables;
import dev.vpccni.daemon.environment.CloudVariables;
import dev.vpccni.daemon.environment.Combinations;
import dev.vpccni.daemon.environment.EnvironmentTable;
import dev.vpccni.daemon.environment.GoNumbers;
import dev.vpccni.daemon.environment.IgnoredSetting;
import dev.vpccni.daemon.environment.KernelVariables;
import dev.vpccni.daemon.environment.PluginVariables;
import dev.vpccni.daemon.environment.ProcessVariables;
import dev.vpccni.daemon.environment.Variable;
import dev.vpccni.daemon.environment.Variables;
import dev.vpccni.daemon.install.Installation;
import dev.vpccni.daemon.log.LogLevel;
import dev.vpccni.daemon.log.LogSettings;
import dev.vpccni.dataplane.NodeSetup.EarlyDemux;
import dev.vpccni.dataplane.NodeSetup.SnatPorts;
import dev.vpccni.dataplane.egress.EgressFamily;
import dev.vpccni.json.Json;
import dev.vpccni.json.JsonException;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.node.settings.AddressingSettings;
import dev.vpccni.node.settings.CloudSettings;
import dev.vpccni.node.settings.ClusterSettings;
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

    private static final int PORT_MAX = 0xffff;

    /** More than any instance has addresses, and so little that no sum of them overflows. */
    private static final int TARGET_MAX = 100_000;

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
        EnvironmentTable.noteWhatIsNotFollowed(variables);
        Combinations.check(variables);
        checkEndpoints(variables);
        var _ = variables.number(CloudVariables.HTTP_TIMEOUT); // read by its adapter
        KernelSettings kernel = kernel(variables);
        var node =
                new NodeSettings(
                        pool(variables, podsMax),
                        kernel,
                        cloud(variables),
                        addressing(variables),
                        cluster(variables),
                        networkPolicyMode(variables));
        DaemonSettings daemon = daemon(variables, kernel);
        return new EnvironmentSettings(node, daemon, variables.reports(), variables.faults());
    }

    private static void checkEndpoints(Variables variables) {
        for (Variable endpoint :
                List.of(
                        CloudVariables.AWS_ENDPOINT_URL_EC2,
                        CloudVariables.AWS_EC2_ENDPOINT,
                        CloudVariables.AWS_ENDPOINT_URL_STS,
                        CloudVariables.AWS_ENDPOINT_URL,
                        CloudVariables.METADATA_ENDPOINT)) {
            String value = variables.text(endpoint);
            if (!value.isEmpty() && !isUrl(value)) {
                variables.fault(endpoint, "is no URL such as http://host:port");
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
        int max = variables.number(AddressingVariables.MAX_ENI);
        return new PoolSettings(
                target(variables, AddressingVariables.WARM_IP_TARGET),
                target(variables, AddressingVariables.MINIMUM_IP_TARGET),
                target(variables, AddressingVariables.WARM_ENI_TARGET),
                max < 1 ? -1 : max,
                variables.flag(ProcessVariables.ENABLE_POD_ENI),
                podsMax,
                Duration.ofSeconds(variables.number(AddressingVariables.IP_COOLDOWN_PERIOD)));
    }

    private static int target(Variables variables, Variable variable) {
        return min(variables.number(variable), TARGET_MAX);
    }

    /** What does not go together ends the start, and is put together otherwise until then. */
    private static AddressingSettings addressing(Variables variables) {
        boolean ipv6 = Combinations.isIpv6(variables);
        return new AddressingSettings(
                ipv6 ? IpFamily.IPV6 : IpFamily.IPV4,
                ipv6 || variables.flag(AddressingVariables.ENABLE_PREFIX_DELEGATION),
                target(variables, AddressingVariables.WARM_PREFIX_TARGET),
                !ipv6 && variables.flag(AddressingVariables.CUSTOM_NETWORKING_ENABLED),
                variables.flag(AddressingVariables.ENABLE_MULTI_NIC));
    }

    private static ClusterSettings cluster(Variables variables) {
        return new ClusterSettings(
                variables.flag(CloudVariables.AWS_MANAGE_ENIS_NON_SCHEDULABLE),
                variables.text(AddressingVariables.ENI_CONFIG_ANNOTATION_DEF),
                variables.text(AddressingVariables.ENI_CONFIG_LABEL_DEF));
    }

    private static KernelSettings kernel(Variables variables) {
        int mtu = mtu(variables, KernelVariables.AWS_VPC_ENI_MTU, KernelSettings.DEFAULT.podMtu());
        return new KernelSettings(
                mtu,
                mtu(variables, KernelVariables.POD_MTU, mtu),
                vethPrefix(variables),
                blocks(variables, KernelVariables.EXCLUDE_SNAT_CIDRS),
                blocks(variables, KernelVariables.EXTERNAL_SERVICE_CIDRS),
                variables.flag(KernelVariables.EXTERNAL_SNAT),
                snatPorts(variables),
                variables.flag(KernelVariables.NODE_PORT_SUPPORT),
                connectionMark(variables),
                variables.flag(KernelVariables.FAST_RULES),
                variables.flag(KernelVariables.ENABLE_V6_EGRESS),
                variables.flag(ProcessVariables.ENABLE_POD_ENI)
                        && !variables.text(PluginVariables.ENFORCING_MODE).equals("standard"),
                earlyDemux(variables));
    }

    /** What is not said here may have been said to somebody else, and stays. */
    private static EarlyDemux earlyDemux(Variables variables) {
        Variable name = KernelVariables.DISABLE_TCP_EARLY_DEMUX;
        boolean disabled = variables.flag(name);
        if (variables.raw(name) == null) {
            return EarlyDemux.AS_IT_IS;
        }
        return disabled ? EarlyDemux.OFF : EarlyDemux.ON;
    }

    private static int mtu(Variables variables, Variable variable, int otherwise) {
        long least = Combinations.isIpv6(variables) ? KernelVariables.MTU_MIN_IPV6 : variable.min();
        return variables.number(variable, otherwise, least);
    }

    private static String vethPrefix(Variables variables) {
        Variable name = KernelVariables.VETH_PREFIX;
        String prefix = variables.text(name);
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

    private static List<Ipv4Cidr> blocks(Variables variables, Variable name) {
        List<Ipv4Cidr> blocks = new ArrayList<>();
        for (String entry : variables.text(name).split(",", -1)) {
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
        Variable name = KernelVariables.RANDOMIZE_SNAT;
        return switch (variables.text(name)) {
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
        Variable name = KernelVariables.CONNMARK;
        long mark = GoNumbers.parse(variables.text(name));
        if (mark < 1 || mark > MARK_MAX) {
            variables.report(name, "is not a number from 1 to 0xffffffff", "using 0x80");
            return KernelSettings.DEFAULT.connectionMark();
        }
        return mark;
    }

    private static CloudSettings cloud(Variables variables) {
        // Metadata has no tags, and nothing is changed in an EC2 that is not asked.
        boolean metadataOnly = variables.flag(CloudVariables.ENABLE_IMDS_ONLY_MODE);
        return new CloudSettings(
                variables.text(CloudVariables.CLUSTER_NAME),
                additionalTags(variables),
                !variables.flag(CloudVariables.DISABLE_NETWORK_RESOURCE_PROVISIONING)
                        && !metadataOnly,
                variables.flag(CloudVariables.ENABLE_SUBNET_DISCOVERY) && !metadataOnly,
                variables.flag(CloudVariables.MANAGE_UNTAGGED_ENI) || metadataOnly,
                !variables.flag(CloudVariables.DISABLE_LEAKED_ENI_CLEANUP) && !metadataOnly);
    }

    private static SortedMap<String, String> additionalTags(Variables variables) {
        Variable name = CloudVariables.ADDITIONAL_ENI_TAGS;
        SortedMap<String, String> tags = new TreeMap<>();
        String text = variables.text(name);
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
        Variable name = ProcessVariables.NETWORK_POLICY_MODE;
        String mode = variables.raw(name);
        if (mode == null) {
            return "";
        }
        if (!List.of("none", "strict", "standard").contains(mode.toLowerCase(Locale.ROOT))) {
            variables.fault(name, "is not none, strict or standard");
        }
        return mode;
    }

    private static DaemonSettings daemon(Variables variables, KernelSettings kernel) {
        Path folder =
                requireNonNullElse(
                        variables.path(ProcessVariables.RUN_FOLDER), DaemonSettings.FOLDER);
        Path store = variables.path(ProcessVariables.BACKING_STORE);
        Path log = variables.path(ProcessVariables.LOG_FILE);
        return new DaemonSettings(
                folder,
                requireNonNullElse(store, folder.resolve("ipam.json")),
                new LogSettings(
                        (log == null ? ProcessVariables.LOG_FILE.otherwise() : log.toString()),
                        logLevel(variables)),
                variables.flag(CloudVariables.ENABLE_IMDS_ONLY_MODE),
                variables.text(ProcessVariables.VERSION),
                conflist(variables, kernel),
                Installation.parse(variables),
                variables.path(ProcessVariables.CLUSTER_FILE),
                variables.text(ProcessVariables.NODE_NAME),
                ClusterDuties.parse(variables));
    }

    private static LogLevel logLevel(Variables variables) {
        Variable name = ProcessVariables.LOG_LEVEL;
        String text = variables.text(name).toUpperCase(Locale.ROOT);
        for (LogLevel level : LogLevel.values()) {
            if (level.name().equals(text)) {
                return level;
            }
        }
        variables.report(name, "is not debug, info, warn, error or fatal", "using debug");
        return LogLevel.DEBUG;
    }

    private static Conflist conflist(Variables variables, KernelSettings kernel) {
        String logFile = variables.text(PluginVariables.LOG_FILE);
        if (logFile.equals("stdout")) {
            variables.fault(PluginVariables.LOG_FILE, "would mix with the plugin's result");
        }
        Variable mode = PluginVariables.ENFORCING_MODE;
        String enforcing = variables.text(mode);
        if (!List.of("strict", "standard").contains(enforcing)) {
            variables.report(mode, "is not strict or standard", "using strict");
            enforcing = mode.otherwise();
        }
        String logLevel = variables.text(PluginVariables.LOG_LEVEL);
        String version = variables.text(PluginVariables.CONFLIST_VERSION);
        if (!Conflist.VERSIONS.contains(version)) {
            variables.fault(PluginVariables.CONFLIST_VERSION, "is not 0.4.0, 1.0.0 or 1.1.0");
        }
        return new Conflist(
                version,
                kernel.vethPrefix(),
                kernel.podMtu(),
                enforcing,
                logFile,
                logLevel,
                variables.flag(PluginVariables.ENABLE_BANDWIDTH_PLUGIN),
                variables.flag(PluginVariables.DISABLE_POD_V6),
                egress(variables, kernel, logLevel));
    }

    /** The family is the one that the cluster does not have. */
    private static EgressPlugin egress(
            Variables variables, KernelSettings kernel, String logLevel) {
        boolean ipv6 = Combinations.isIpv6(variables);
        boolean overIpv4 = variables.flag(KernelVariables.ENABLE_V4_EGRESS);
        boolean overIpv6 = variables.flag(KernelVariables.ENABLE_V6_EGRESS);
        return new EgressPlugin(
                ipv6 ? EgressFamily.IPV4 : EgressFamily.IPV6,
                ipv6 ? overIpv4 : overIpv6,
                null,
                kernel.snatPorts(),
                kernel.podMtu(),
                variables.text(
                        ipv6
                                ? PluginVariables.EGRESS_V4_LOG_FILE
                                : PluginVariables.EGRESS_V6_LOG_FILE),
                logLevel);
    }
}
