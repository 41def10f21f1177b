package dev.vpccni.kubernetes;

import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import dev.vpccni.json.JsonShape;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.SubnetId;
import dev.vpccni.node.port.Cluster.InterfaceConfig;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** How an ENIConfig is read. */
public final class EniConfig {

    /** Where ENIConfigs are. */
    public static final String PATH = "/apis/crd.k8s.amazonaws.com/v1alpha1/eniconfigs";

    /** More than an interface can have. */
    private static final int GROUPS_MAX = 100;

    private static final int SUBNETS_MAX = 100;

    /** A subnet has no more. */
    private static final int TAGS_MAX = 50;

    private EniConfig() {}

    /** Returns which of its members are read. */
    public static JsonShape shape() {
        return JsonShape.of()
                .with("metadata", JsonShape.of("name", "resourceVersion"))
                .with(
                        "spec",
                        JsonShape.of("subnet", "securityGroups", "subnets")
                                .with(
                                        "subnetSelector",
                                        JsonShape.of().with("tags", JsonShape.ALL)));
    }

    /** Returns what it says; that it cannot be understood is said, too. */
    public static InterfaceConfig read(String name, JsonObject object) {
        try {
            JsonObject spec = object.object("spec");
            String subnet = spec.string("subnet", "");
            List<String> subnets = spec.strings("subnets");
            SortedMap<String, String> tags = tags(spec);
            String problem = problem(subnet, subnets, tags);
            if (!problem.isEmpty()) {
                return unknown(name, problem);
            }
            var names = spec.strings("securityGroups");
            if (names.size() > GROUPS_MAX) {
                return unknown(name, "names more than " + GROUPS_MAX + " security groups");
            }
            List<SecurityGroupId> groups = names.stream().map(SecurityGroupId::new).toList();
            return subnet.isEmpty()
                    ? new InterfaceConfig.Several(
                            name, subnets.stream().map(SubnetId::new).toList(), tags, groups)
                    : new InterfaceConfig.Known(name, new SubnetId(subnet), groups);
        } catch (JsonException | IllegalArgumentException e) {
            return unknown(name, "cannot be understood: " + e.getMessage());
        }
    }

    static InterfaceConfig unknown(String name, String why) {
        return new InterfaceConfig.Unknown("the ENIConfig " + name + " " + why);
    }

    private static SortedMap<String, String> tags(JsonObject spec) throws JsonException {
        JsonObject selector = spec.objectOrNull("subnetSelector");
        JsonObject found = selector == null ? null : selector.objectOrNull("tags");
        SortedMap<String, String> tags = new TreeMap<>();
        if (found != null) {
            for (String key : found.names()) {
                tags.put(key, found.string(key, ""));
            }
        }
        return tags;
    }

    /** Of the ways to say where, one is used; to choose among them would be a guess. */
    private static String problem(
            String subnet, List<String> subnets, SortedMap<String, String> tags) {
        int ways = (subnet.isEmpty() ? 0 : 1) + (subnets.isEmpty() ? 0 : 1);
        ways += tags.isEmpty() ? 0 : 1;
        if (ways == 0) {
            return "names no subnet: set its spec.subnet, spec.subnets, or"
                    + " spec.subnetSelector.tags";
        }
        if (ways > 1) {
            return "says in more than one way which subnet it is: keep one of spec.subnet,"
                    + " spec.subnets and spec.subnetSelector.tags";
        }
        return subnets.size() > SUBNETS_MAX || tags.size() > TAGS_MAX
                ? "names more than " + SUBNETS_MAX + " subnets, or " + TAGS_MAX + " tags"
                : "";
    }
}
