package dev.vpccni.daemon.install;

import dev.vpccni.json.Json;
import dev.vpccni.json.JsonException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A configuration for runtimes that somebody has written himself, with upstream's placeholders in
 * it (ipamd.md 9.3): {@code __MTU__}, for instance, wherever it stands. What stands for them is
 * escaped as within a JSON text.
 */
public final class ConflistTemplate {

    private ConflistTemplate() {}

    /**
     * Returns the configuration. What it has besides stays, also where plugins are added.
     *
     * @param values of the placeholders, by names without underscores, such as {@code MTU}
     * @param added further plugins, which come last
     * @throws JsonException if it is no configuration then
     */
    public static String fill(String text, Map<String, String> values, List<Object> added)
            throws JsonException {
        String filled = text;
        for (Map.Entry<String, String> value : values.entrySet()) {
            String quoted = Json.compact(value.getValue());
            filled =
                    filled.replace(
                            "__" + value.getKey() + "__", quoted.substring(1, quoted.length() - 1));
        }
        if (!(Json.parse(filled) instanceof Map<?, ?> conflist)) {
            throw new JsonException("it is no JSON object");
        }
        if (!(conflist.get("plugins") instanceof List<?> plugins) || plugins.isEmpty()) {
            throw new JsonException("it has no plugins, which a runtime needs");
        }
        if (added.isEmpty()) {
            return filled;
        }
        var all = new ArrayList<Object>(plugins);
        all.addAll(added);
        var whole = new LinkedHashMap<String, Object>();
        conflist.forEach((name, member) -> whole.put(String.valueOf(name), member));
        whole.put("plugins", all);
        return Json.indented(whole, 2) + "\n";
    }
}
