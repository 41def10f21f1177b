package dev.vpccni.conformance;

import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import dev.vpccni.lab.runtime.NetworkList;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The configuration that a plugin reads. */
final class PluginConfig {

    /** What a GC removes is said by the network's name: it must not be that of real containers. */
    private static final String SUFFIX = "-conformance";

    private PluginConfig() {}

    /**
     * Returns what a runtime makes of {@code text} for the plugin called {@code type}, for a
     * network of another name.
     *
     * @throws JsonException if it is neither a configuration nor a list with such a plugin
     */
    static SortedMap<String, @Nullable Object> of(String text, String type) throws JsonException {
        JsonObject file = JsonObject.parse(text);
        if (!file.has("plugins")) {
            return named(members(file), file.string("name"));
        }
        NetworkList list = NetworkList.parse(text);
        for (Map<String, @Nullable Object> plugin : list.plugins()) {
            if (type.equals(plugin.get("type"))) {
                var config = new TreeMap<String, @Nullable Object>(plugin);
                config.put("cniVersion", list.version().text());
                return named(config, list.name());
            }
        }
        throw new JsonException("plugins has none of type \"" + type + "\"");
    }

    private static SortedMap<String, @Nullable Object> members(JsonObject file) {
        var members = new TreeMap<String, @Nullable Object>();
        file.names().forEach(name -> members.put(name, file.value(name)));
        return members;
    }

    private static SortedMap<String, @Nullable Object> named(
            SortedMap<String, @Nullable Object> config, String name) {
        config.put("name", name + SUFFIX);
        return config;
    }
}
