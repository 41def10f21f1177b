package dev.vpccni.kubernetes;

import dev.vpccni.json.Json;
import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import dev.vpccni.json.JsonShape;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.Ipv6Address;
import dev.vpccni.model.Ipv6Cidr;
import dev.vpccni.model.MacAddress;
import dev.vpccni.node.port.BranchSource.Branch;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a pod's object says of an interface of its own: whether it asks for one, and which one a
 * controller has given it.
 *
 * @see <a href="https://github.com/aws/amazon-vpc-resource-controller-k8s">the controller that
 *     writes the annotation</a>
 */
sealed interface PodBranch {

    /** The resource that a pod asks for one by, and the annotation that tells of it. */
    String NAME = "vpc.amazonaws.com/pod-eni";

    /** Characters; a controller writes some 300. */
    int TEXT_MAX = 16 << 10;

    /** Characters of what is wrong with it, which may quote it. */
    int REASON_MAX = 300;

    /** The pod asks for none. */
    record None() implements PodBranch {}

    /** The pod asks for one, and has none yet. */
    record Awaited() implements PodBranch {}

    /** The pod has one. */
    record Given(Branch branch) implements PodBranch {}

    /**
     * The pod's annotation cannot be understood.
     *
     * @param reason what is wrong with it, cut where it is long
     */
    record Unreadable(String reason) implements PodBranch {
        public Unreadable {
            reason = reason.length() <= REASON_MAX ? reason : reason.substring(0, REASON_MAX);
        }
    }

    /** Returns what is to be kept of a pod's metadata, beside {@code metadata} itself. */
    static JsonShape metadata(JsonShape metadata) {
        return metadata.with("annotations", JsonShape.of(NAME));
    }

    /** Returns what is to be kept of a pod's specification, beside {@code spec} itself. */
    static JsonShape spec(JsonShape spec) {
        JsonShape resources = JsonShape.of().with("resources", JsonShape.of("limits"));
        return spec.with("containers", resources);
    }

    /** Reads a pod's object. Upstream looks at the limits of its first container only. */
    static PodBranch read(JsonObject pod) throws JsonException {
        if (!asks(pod)) {
            return new None();
        }
        JsonObject annotations = pod.object("metadata").objectOrNull("annotations");
        String text = annotations == null ? null : annotations.stringOrNull(NAME);
        if (text == null) {
            return new Awaited();
        }
        if (text.length() > TEXT_MAX) {
            return new Unreadable("it has more than " + TEXT_MAX + " characters");
        }
        try {
            if (!(Json.parse(text) instanceof List<?> all) || all.isEmpty()) {
                return new Unreadable("it is no list with an interface");
            }
            return new Given(branch(JsonObject.of(all.getFirst(), "[0]")));
        } catch (JsonException | IllegalArgumentException e) {
            return new Unreadable(String.valueOf(e.getMessage()));
        }
    }

    private static boolean asks(JsonObject pod) throws JsonException {
        JsonObject spec = pod.objectOrNull("spec");
        List<JsonObject> containers = spec == null ? List.of() : spec.objects("containers");
        JsonObject resources =
                containers.isEmpty() ? null : containers.getFirst().objectOrNull("resources");
        JsonObject limits = resources == null ? null : resources.objectOrNull("limits");
        return limits != null && limits.names().stream().anyMatch(name -> name.startsWith(NAME));
    }

    private static Branch branch(JsonObject text) throws JsonException {
        long vlan = text.integer("vlanID");
        if (vlan < 1 || vlan > 4094) {
            throw new JsonException("[0].vlanID is " + vlan + ", and VLANs are 1 to 4094");
        }
        return new Branch(
                text.string("eniId"),
                MacAddress.parse(text.string("ifAddress")),
                orNull(text, "privateIp", Ipv4Address::parse),
                orNull(text, "ipv6Addr", Ipv6Address::parse),
                (int) vlan,
                orNull(text, "subnetCidr", Ipv4Cidr::parse),
                orNull(text, "subnetV6Cidr", Ipv6Cidr::parse));
    }

    private static <T> @Nullable T orNull(JsonObject text, String name, Function<String, T> parse)
            throws JsonException {
        String value = text.string(name, "");
        try {
            return value.isEmpty() ? null : parse.apply(value);
        } catch (IllegalArgumentException e) {
            throw new JsonException("[0]." + name + ": " + e.getMessage());
        }
    }
}
