package dev.vpccni.cni;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The configuration that a runtime passes on standard input.
 *
 * @param version its {@code cniVersion}; 0.1.0 where it has none
 * @param name of the network, such as {@code aws-cni}
 * @param vethPrefix how names of pods' host interfaces begin; 1 to 4 characters
 * @param mtu bytes, of both ends of a pod's veth pair; 576 to 9001
 * @param enforcingMode how security groups for pods are enforced
 * @param log where upstream's plugin would log
 * @param egress what {@code egress-cni} is asked for; null in the configuration of another plugin
 * @param everyCard whether the pod's annotations ask for an address on each network card
 * @param previous the result of the plugin before, or the one that an ADD had; null if there is
 *     none
 * @param validAttachments what a GC must leave alone; null if the runtime sent no list, which says
 *     nothing, whereas an empty one says that nothing is in use
 */
public record NetworkConfig(
        CniVersion version,
        String name,
        String vethPrefix,
        int mtu,
        EnforcingMode enforcingMode,
        PluginLog log,
        @Nullable EgressConfig egress,
        boolean everyCard,
        @Nullable CniResult previous,
        @Nullable List<GcAttachment> validAttachments) {

    /** The least MTU that IPv4 allows for, in bytes (RFC 791 has hosts accept 576). */
    public static final int MTU_MIN = 576;

    /** The greatest MTU that EC2 carries, in bytes. */
    public static final int MTU_MAX = 9001;

    /** The longest prefix that leaves room for 11 characters in an interface's name. */
    public static final int VETH_PREFIX_MAX = 4;

    /** The kernel's, which counts the end of the text too. */
    private static final int PATH_MAX = 4095;

    private static final int LEVEL_MAX = 16;

    private static final String ANNOTATIONS = "io.kubernetes.cri.pod-annotations";
    private static final String CARD_ANNOTATION = "k8s.amazonaws.com/nicConfig";
    private static final String EVERY_CARD = "multi-nic-attachment";

    /** How security groups for pods are enforced. */
    public enum EnforcingMode {
        STRICT,
        STANDARD
    }

    /**
     * Where a plugin is to log.
     *
     * @param file {@code pluginLogFile}, a path on the host; empty where there is none
     * @param level {@code pluginLogLevel}, such as {@code Debug}; empty where there is none
     */
    public record PluginLog(String file, String level) {

        /** Nowhere. */
        public static final PluginLog NONE = new PluginLog("", "");
    }

    /** A configuration of {@code aws-cni} that says nothing of a log. */
    public NetworkConfig(
            CniVersion version,
            String name,
            String vethPrefix,
            int mtu,
            EnforcingMode enforcingMode,
            boolean everyCard,
            @Nullable CniResult previous,
            @Nullable List<GcAttachment> validAttachments) {
        this(
                version,
                name,
                vethPrefix,
                mtu,
                enforcingMode,
                PluginLog.NONE,
                null,
                everyCard,
                previous,
                validAttachments);
    }

    public NetworkConfig {
        validAttachments = validAttachments == null ? null : List.copyOf(validAttachments);
    }

    /**
     * Reads a configuration.
     *
     * @param tree what the JSON on standard input says
     * @throws CniException naming the first field that is wrong
     */
    public static NetworkConfig parse(@Nullable Object tree) throws CniException {
        if (!(tree instanceof Map<?, ?> map)) {
            throw new CniException(new CniError.MalformedInput("it is not an object"));
        }
        Fields fields = new Fields("", map);
        CniVersion version = version(fields, "0.1.0");
        return new NetworkConfig(
                version,
                name(fields),
                vethPrefix(fields),
                mtu(fields),
                enforcingMode(fields),
                new PluginLog(
                        brief(fields, "pluginLogFile", PATH_MAX),
                        brief(fields, "pluginLogLevel", LEVEL_MAX)),
                EgressConfig.read(fields),
                everyCard(fields),
                previous(fields, version),
                validAttachments(fields));
    }

    /** Returns this without what may be of any length, unless it is what is to be passed on. */
    NetworkConfig withoutResults() {
        return new NetworkConfig(
                version, name, vethPrefix, mtu, enforcingMode, log, egress, everyCard, null, null);
    }

    private static CniVersion version(Fields fields, String otherwise) throws CniException {
        String text = fields.text("cniVersion", otherwise);
        CniVersion version = CniVersion.named(text);
        if (version == null) {
            throw new CniException(new CniError.UnknownVersion(text));
        }
        return version;
    }

    private static String name(Fields fields) throws CniException {
        String name = fields.text("name");
        if (name == null || name.isEmpty()) {
            throw fields.invalid("name", "the network's name");
        }
        if (!Identifiers.isName(name)) {
            throw fields.invalid("name", Identifiers.NAME_FORM);
        }
        return name;
    }

    private static String vethPrefix(Fields fields) throws CniException {
        String prefix = fields.text("vethPrefix", "eni");
        if (prefix.length() > VETH_PREFIX_MAX || !Identifiers.isInterfaceName(prefix)) {
            throw fields.invalid("vethPrefix", "1 to 4 characters of an interface's name");
        }
        return prefix;
    }

    private static String brief(Fields fields, String key, int max) throws CniException {
        String text = fields.text(key, "");
        if (text.length() > max) {
            throw fields.invalid(key, "at most " + max + " characters");
        }
        return text;
    }

    private static int mtu(Fields fields) throws CniException {
        String text = fields.text("mtu", "9001");
        if (text.matches("[0-9]{1,5}")) {
            int mtu = Integer.parseInt(text);
            if (MTU_MIN <= mtu && mtu <= MTU_MAX) {
                return mtu;
            }
        }
        throw fields.invalid("mtu", "a string with a number from 576 to 9001");
    }

    private static EnforcingMode enforcingMode(Fields fields) throws CniException {
        return switch (fields.text("podSGEnforcingMode", "strict")) {
            case "strict" -> EnforcingMode.STRICT;
            case "standard" -> EnforcingMode.STANDARD;
            default -> throw fields.invalid("podSGEnforcingMode", "\"strict\" or \"standard\"");
        };
    }

    private static boolean everyCard(Fields fields) throws CniException {
        Fields runtime = fields.object("runtimeConfig");
        return runtime != null
                && EVERY_CARD.equals(runtime.texts(ANNOTATIONS).get(CARD_ANNOTATION));
    }

    private static @Nullable CniResult previous(Fields fields, CniVersion version)
            throws CniException {
        Fields result = fields.object("prevResult");
        return result == null ? null : CniResult.read(result, version(result, version.text()));
    }

    private static @Nullable List<GcAttachment> validAttachments(Fields fields)
            throws CniException {
        // The specification's name, and the one that libcni 1.2 sent before it was settled.
        List<Fields> objects = fields.objects("cni.dev/valid-attachments");
        if (objects == null) {
            objects = fields.objects("cni.dev/attachments");
        }
        if (objects == null) {
            return null;
        }
        List<GcAttachment> attachments = new ArrayList<>();
        for (Fields object : objects) {
            String container = object.text("containerID", "");
            String interfaceName = object.text("ifname", "");
            if (container.isEmpty()) {
                throw object.invalid("containerID", "the container's identifier");
            }
            if (interfaceName.isEmpty()) {
                throw object.invalid("ifname", "the interface's name");
            }
            attachments.add(new GcAttachment(container, interfaceName));
        }
        return attachments;
    }
}
