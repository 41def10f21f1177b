package dev.vpccni.lab.runtime;

import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A network configuration list ({@code *.conflist}), as a runtime reads it (CNI 1.1.0, section 1).
 *
 * @param name the network's name
 * @param version the highest version that the list offers and this runtime knows
 * @param disableCheck whether CHECK is left out
 * @param disableGc whether GC is left out
 * @param plugins in order, each as it stands in the list
 */
public record NetworkList(
        String name,
        ListVersion version,
        boolean disableCheck,
        boolean disableGc,
        List<Map<String, @Nullable Object>> plugins) {

    public NetworkList {
        plugins = List.copyOf(plugins);
    }

    /**
     * Reads the text of a list.
     *
     * @throws JsonException if it is none
     */
    public static NetworkList parse(String text) throws JsonException {
        JsonObject list = JsonObject.parse(text);
        var plugins = new ArrayList<Map<String, @Nullable Object>>();
        for (JsonObject plugin : list.objects("plugins")) {
            String type = plugin.string("type");
            if (type.isEmpty()) {
                throw new JsonException("plugins[" + plugins.size() + "].type is empty");
            }
            var members = new TreeMap<String, @Nullable Object>();
            for (String member : plugin.names()) {
                members.put(member, plugin.value(member));
            }
            plugins.add(members);
        }
        if (plugins.isEmpty()) {
            throw new JsonException("plugins names no plugin");
        }
        return new NetworkList(
                list.string("name"),
                version(list),
                list.truth("disableCheck", false),
                list.truth("disableGC", false),
                plugins);
    }

    private static ListVersion version(JsonObject list) throws JsonException {
        var offered = new ArrayList<>(list.strings("cniVersions"));
        String single = list.stringOrNull("cniVersion");
        if (single != null || offered.isEmpty()) {
            offered.add(single == null ? ListVersion.OLDEST.text() : single);
        }
        ListVersion best = null;
        for (String text : offered) {
            ListVersion version = ListVersion.parse(text);
            boolean known = version.compareTo(ListVersion.NEWEST) <= 0;
            if (known && (best == null || version.compareTo(best) > 0)) {
                best = version;
            }
        }
        if (best == null) {
            throw new JsonException("no known version among " + offered);
        }
        return best;
    }
}
