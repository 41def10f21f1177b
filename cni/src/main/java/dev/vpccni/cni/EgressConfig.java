package dev.vpccni.cni;

import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv6Address;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the configuration of {@code egress-cni} says beyond that of every plugin.
 *
 * @param nodeAddress {@code nodeIP}, what traffic leaves the node with; null where it is switched
 *     off, which is when {@code enabled} is anything but {@code "true"}
 * @param pool where containers' addresses are from; null where it is switched off and does not say
 * @param sourcePorts {@code randomizeSNAT}
 * @param previous the result of the plugin before, as it came; null if there is none
 */
public record EgressConfig(
        @Nullable IpAddress nodeAddress,
        @Nullable Pool pool,
        SourcePorts sourcePorts,
        @Nullable Map<String, @Nullable Object> previous) {

    /** The name of the plugin. */
    static final String TYPE = "egress-cni";

    private static final String ON = "true";

    /** What {@code host-local} takes where it is not told. */
    private static final String DATA_FOLDER = "/var/lib/cni/networks";

    /** How source ports are chosen. */
    public enum SourcePorts {
        /** {@code prng}, and whatever is none of the others. */
        RANDOM_FULLY,
        /** {@code hashrandom}. */
        RANDOM,
        /** {@code none}. */
        ORIGINAL
    }

    /**
     * What {@code ipam} says.
     *
     * @param block all addresses, among them the node's
     * @param dataFolder {@code dataDir}, where {@code host-local} records what is in use; a path
     */
    public record Pool(Cidr block, String dataFolder) {}

    /** Tells whether it is switched on. */
    public boolean isEnabled() {
        return nodeAddress != null;
    }

    /**
     * Returns what an ADD answers: the result of the plugin before with everything that it says,
     * and two interfaces more.
     *
     * @param version of the answer; before 0.3.0 there are no interfaces in results
     * @param more the interfaces, none to pass the result on as it came
     * @throws CniException if there is no result: nothing else gives the container its own address
     */
    public Map<String, @Nullable Object> answer(CniVersion version, List<CniResult.Interface> more)
            throws CniException {
        if (previous == null) {
            throw new CniException(
                    new CniError.InvalidConfiguration(
                            "prevResult",
                            "absent: must be called as a chained plugin",
                            "the result of the plugin before, which aws-cni is"));
        }
        Map<String, @Nullable Object> answer = new LinkedHashMap<>(previous);
        answer.put("cniVersion", version.text());
        if (!more.isEmpty() && version.isAtLeast(CniVersion.V0_3_0)) {
            List<@Nullable Object> interfaces = new ArrayList<>();
            if (previous.get("interfaces") instanceof List<?> known) {
                interfaces.addAll(known);
            }
            interfaces.addAll(
                    new CniResult(more, List.of())
                            .interfaceTrees(version.isAtLeast(CniVersion.V1_0_0)));
            answer.put("interfaces", interfaces);
        }
        return answer;
    }

    /** Reads a configuration; null if it is another plugin's. */
    static @Nullable EgressConfig read(Fields fields) throws CniException {
        if (!TYPE.equals(fields.text("type"))) {
            return null;
        }
        boolean on = ON.equals(fields.text("enabled"));
        Pool pool = on ? pool(fields) : poolIfAny(fields);
        IpAddress node = on && pool != null ? nodeAddress(fields, pool.block()) : null;
        return new EgressConfig(node, pool, sourcePorts(fields), previous(fields));
    }

    /** What is switched off is not found fault with; a DEL may still want to know. */
    private static @Nullable Pool poolIfAny(Fields fields) {
        try {
            return pool(fields);
        } catch (CniException e) {
            return null;
        }
    }

    private static IpAddress nodeAddress(Fields fields, Cidr block) throws CniException {
        String name = "nodeIP";
        try {
            IpAddress address = IpAddress.parse(fields.text(name, ""));
            boolean usable =
                    switch (address) {
                        case Ipv4Address four -> four.bits() != 0;
                        case Ipv6Address six -> isGlobalUnicast(six);
                    };
            if (usable && address.family() == block.family()) {
                return address;
            }
        } catch (IllegalArgumentException e) {
            // Said below.
        }
        throw fields.invalid(
                name, "the node's " + block.family() + " address, for ipam has " + block);
    }

    /** As Go's net.IP.IsGlobalUnicast, which private addresses pass too. */
    private static boolean isGlobalUnicast(Ipv6Address address) {
        boolean multicast = address.high() >>> 56 == 0xff;
        boolean linkLocal = address.high() >>> 54 == 0xfe80 >>> 6;
        boolean unspecifiedOrLoopback = address.high() == 0 && address.low() >>> 1 == 0;
        return !multicast && !linkLocal && !unspecifiedOrLoopback;
    }

    private static Pool pool(Fields fields) throws CniException {
        Fields ipam = fields.object("ipam");
        if (ipam == null) {
            throw fields.invalid("ipam", "an object");
        }
        if (!"host-local".equals(ipam.text("type"))) {
            throw ipam.invalid("type", "\"host-local\"");
        }
        String folder = ipam.text("dataDir", DATA_FOLDER);
        if (!folder.startsWith("/") || folder.length() > Identifiers.PATH_MAX) {
            throw ipam.invalid("dataDir", "the path of a folder, from the root on");
        }
        return new Pool(block(ipam), folder);
    }

    private static Cidr block(Fields ipam) throws CniException {
        String allowed = "one range, of which only \"subnet\" is said: [[{\"subnet\": …}]]";
        if (!(ipam.tree().get("ranges") instanceof List<?> sets
                && sets.size() == 1
                && sets.getFirst() instanceof List<?> ranges
                && ranges.size() == 1
                && ranges.getFirst() instanceof Map<?, ?> range
                && range.size() == 1
                && range.get("subnet") instanceof String text)) {
            throw ipam.invalid("ranges", allowed);
        }
        try {
            Cidr block = Cidr.parse(text);
            if (block.size() >= 4) {
                return block;
            }
        } catch (IllegalArgumentException e) {
            // Said below.
        }
        throw new CniException(
                new CniError.InvalidConfiguration(
                        ipam.path() + ".ranges[0][0].subnet",
                        "\"" + text + "\"",
                        "a CIDR of at least four addresses"));
    }

    private static SourcePorts sourcePorts(Fields fields) throws CniException {
        return switch (fields.text("randomizeSNAT", "prng")) {
            case "none" -> SourcePorts.ORIGINAL;
            case "hashrandom" -> SourcePorts.RANDOM;
            default -> SourcePorts.RANDOM_FULLY;
        };
    }

    private static @Nullable Map<String, @Nullable Object> previous(Fields fields)
            throws CniException {
        Fields result = fields.object("prevResult");
        if (result == null) {
            return null;
        }
        Map<String, @Nullable Object> tree = new LinkedHashMap<>();
        result.tree().forEach((key, value) -> tree.put(String.valueOf(key), value));
        return tree;
    }
}
