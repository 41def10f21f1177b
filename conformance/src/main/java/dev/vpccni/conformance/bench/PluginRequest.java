package dev.vpccni.conformance.bench;

import dev.vpccni.json.Json;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A call of a plugin that is to be made.
 *
 * @param environment all of its variables
 * @param config its configuration
 * @param raw what it reads instead of the configuration, null for none
 */
public record PluginRequest(
        SortedMap<String, String> environment,
        SortedMap<String, @Nullable Object> config,
        @Nullable String raw) {

    private static final String VERSION = "cniVersion";

    public PluginRequest {
        environment = Collections.unmodifiableSortedMap(new TreeMap<>(environment));
        config = Collections.unmodifiableSortedMap(new TreeMap<String, @Nullable Object>(config));
    }

    /** Returns this with a variable, set or replaced. */
    public PluginRequest with(String variable, String value) {
        var changed = new TreeMap<>(environment);
        changed.put(variable, value);
        return new PluginRequest(changed, config, raw);
    }

    /** Returns this without a variable. */
    public PluginRequest without(String variable) {
        var changed = new TreeMap<>(environment);
        changed.remove(variable);
        return new PluginRequest(changed, config, raw);
    }

    /** Returns this with a key of the configuration, set or replaced; null takes it away. */
    public PluginRequest key(String name, @Nullable Object value) {
        var changed = new TreeMap<String, @Nullable Object>(config);
        if (value == null) {
            changed.remove(name);
        } else {
            changed.put(name, value);
        }
        return new PluginRequest(environment, changed, raw);
    }

    /** Returns this with another {@code cniVersion}. */
    public PluginRequest version(String version) {
        return key(VERSION, version);
    }

    /** Returns this with {@code text} on standard input. */
    public PluginRequest reading(String text) {
        return new PluginRequest(environment, config, text);
    }

    String verb() {
        return environment.getOrDefault("CNI_COMMAND", "");
    }

    String version() {
        return raw == null && config.get(VERSION) instanceof String text ? text : "";
    }

    String input() {
        return raw == null ? Json.compact(config) : raw;
    }
}
