package dev.vpccni.kubernetes;

import dev.vpccni.json.JsonObject;
import dev.vpccni.json.JsonShape;
import dev.vpccni.kubernetes.api.Collected;
import dev.vpccni.node.port.Cluster.InterfaceConfig;
import org.jspecify.annotations.Nullable;

/** What one ENIConfig says. Written by one thread, read by any. */
final class ConfigObject implements Collected {

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
        return EniConfig.shape();
    }

    @Override
    public void begin() {
        found = false;
    }

    @Override
    public void listed(JsonObject object) {
        found = true;
        hear("UnusableENIConfig", EniConfig.read(name, object));
    }

    @Override
    public void complete() {
        if (!found) {
            hear("MissingENIConfig", missing());
        }
    }

    @Override
    public void changed(JsonObject object) {
        hear("UnusableENIConfig", EniConfig.read(name, object));
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
        return EniConfig.unknown(name, why);
    }
}
