package dev.vpccni.kubernetes;

import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import dev.vpccni.json.JsonShape;
import dev.vpccni.kubernetes.api.Collected;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.SubnetId;
import dev.vpccni.node.port.Cluster.InterfaceConfig;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What one ENIConfig says. Written by one thread, read by any. */
final class ConfigObject implements Collected {

    /** More than an interface can have. */
    private static final int GROUPS_MAX = 100;

    private static final int SUBNETS_MAX = 100;

    /** A subnet has no more. */
    private static final int TAGS_MAX = 50;

    private final String name;
    private final Runnable listener;
    private boolean found;
    private volatile String trouble = "";
    private volatile InterfaceConfig said;

    /**
     * @param listener is called when something has changed; must not wait
     */
    ConfigObject(String name, Runnable listener) {
        this.name = name;
        this.listener = listener;
        said = unknown("has not been read yet");
    }

    String name() {
        return name;
    }

    InterfaceConfig said() {
        return said;
    }

    /**
     * Returns the reason of an event if it is of no use, by the server's answer; empty if it is
     * known, or nothing was heard of it.
     */
    String trouble() {
        return said instanceof InterfaceConfig.Unknown ? trouble : "";
    }

    @Override
    public JsonShape shape() {
        return JsonShape.of()
                .with("metadata", JsonShape.of("name", "resourceVersion"))
                .with(
                        "spec",
                        JsonShape.of("subnet", "securityGroups", "subnets")
                                .with(
                                        "subnetSelector",
                                        JsonShape.of().with("tags", JsonShape.ALL)));
    }

    @Override
    public void begin() {
        found = false;
    }

    @Override
    public void listed(JsonObject object) {
        found = true;
        hear("UnusableENIConfig", read(object));
    }

    @Override
    public void complete() {
        if (!found) {
            hear("MissingENIConfig", missing());
        }
    }

    @Override
    public void changed(JsonObject object) {
        hear("UnusableENIConfig", read(object));
    }

    @Override
    public void removed(JsonObject object) {
        hear("MissingENIConfig", missing());
    }

    /** What was read before still holds, as far as anybody knows. */
    @Override
    public void problem(@Nullable String reason) {
        if (reason != null && said instanceof InterfaceConfig.Unknown) {
            trouble = "";
            say(unknown("could not be read: " + reason));
        }
    }

    private void hear(String reason, InterfaceConfig now) {
        trouble = reason;
        say(now);
    }

    private void say(InterfaceConfig now) {
        boolean changed = !now.equals(said);
        said = now;
        if (changed) {
            listener.run();
        }
    }

    private InterfaceConfig missing() {
        return unknown("does not exist: create it, or have the Node name another one");
    }

    private InterfaceConfig unknown(String why) {
        return new InterfaceConfig.Unknown("the ENIConfig " + name + " " + why);
    }

    private InterfaceConfig read(JsonObject object) {
        try {
            JsonObject spec = object.object("spec");
            String subnet = spec.string("subnet", "");
            List<String> subnets = spec.strings("subnets");
            SortedMap<String, String> tags = tags(spec);
            String problem = problem(subnet, subnets, tags);
            if (!problem.isEmpty()) {
                return unknown(problem);
            }
            var names = spec.strings("securityGroups");
            if (names.size() > GROUPS_MAX) {
                return unknown("names more than " + GROUPS_MAX + " security groups");
            }
            List<SecurityGroupId> groups = names.stream().map(SecurityGroupId::new).toList();
            return subnet.isEmpty()
                    ? new InterfaceConfig.Several(
                            name, subnets.stream().map(SubnetId::new).toList(), tags, groups)
                    : new InterfaceConfig.Known(name, new SubnetId(subnet), groups);
        } catch (JsonException | IllegalArgumentException e) {
            return unknown("cannot be understood: " + e.getMessage());
        }
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
