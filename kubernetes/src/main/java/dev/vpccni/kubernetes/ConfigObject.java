package dev.vpccni.kubernetes;

import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import dev.vpccni.json.JsonShape;
import dev.vpccni.kubernetes.api.Collected;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.SubnetId;
import dev.vpccni.node.port.Cluster.InterfaceConfig;
import org.jspecify.annotations.Nullable;

/** What one ENIConfig says. Written by one thread, read by any. */
final class ConfigObject implements Collected {

    /** More than an interface can have. */
    private static final int GROUPS_MAX = 100;

    private final String name;
    private final Runnable listener;
    private boolean found;
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

    @Override
    public JsonShape shape() {
        return JsonShape.of()
                .with("metadata", JsonShape.of("name", "resourceVersion"))
                .with("spec", JsonShape.of("subnet", "securityGroups"));
    }

    @Override
    public void begin() {
        found = false;
    }

    @Override
    public void listed(JsonObject object) {
        found = true;
        say(read(object));
    }

    @Override
    public void complete() {
        if (!found) {
            say(missing());
        }
    }

    @Override
    public void changed(JsonObject object) {
        say(read(object));
    }

    @Override
    public void removed(JsonObject object) {
        say(missing());
    }

    /** What was read before still holds, as far as anybody knows. */
    @Override
    public void problem(@Nullable String reason) {
        if (reason != null && said instanceof InterfaceConfig.Unknown) {
            say(unknown("could not be read: " + reason));
        }
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
            if (subnet.isEmpty()) {
                return unknown("names no subnet: set its spec.subnet");
            }
            var groups = spec.strings("securityGroups");
            if (groups.size() > GROUPS_MAX) {
                return unknown("names more than " + GROUPS_MAX + " security groups");
            }
            return new InterfaceConfig.Known(
                    name, new SubnetId(subnet), groups.stream().map(SecurityGroupId::new).toList());
        } catch (JsonException | IllegalArgumentException e) {
            return unknown("cannot be understood: " + e.getMessage());
        }
    }
}
