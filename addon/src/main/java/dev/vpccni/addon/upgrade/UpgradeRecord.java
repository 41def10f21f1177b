package dev.vpccni.addon.upgrade;

import dev.vpccni.json.Json;
import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An upgrade that was begun, as the DaemonSet carries it until its end: whoever comes next goes on
 * with it or goes back by it.
 *
 * @param from the former image of each container
 * @param to the new one of those that get another
 * @param strategy the former {@code updateStrategy}
 * @param canary the node that has it first
 * @param stage how far it is
 */
record UpgradeRecord(
        SortedMap<String, String> from,
        SortedMap<String, String> to,
        Map<String, @Nullable Object> strategy,
        String canary,
        Stage stage) {

    /** How far an upgrade is. */
    enum Stage {
        /** The canary has not been tried, or did not pass yet. */
        CANARY,
        /** The canary has passed, and the others follow. */
        OTHERS,
        /** The former image is put back. */
        BACK
    }

    UpgradeRecord at(Stage other) {
        return new UpgradeRecord(from, to, strategy, canary, other);
    }

    /** Returns the images that pods are to have. */
    SortedMap<String, String> wanted() {
        var wanted = new TreeMap<>(from);
        if (stage != Stage.BACK) {
            wanted.putAll(to);
        }
        return wanted;
    }

    String text() {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        members.put("stage", stage.name());
        members.put("canary", canary);
        members.put("from", new LinkedHashMap<>(from));
        members.put("to", new LinkedHashMap<>(to));
        members.put("strategy", strategy);
        return Json.compact(members);
    }

    /**
     * Reads one.
     *
     * @throws UpgradeFailure if somebody else has written it
     */
    static UpgradeRecord parse(String text) throws UpgradeFailure {
        try {
            JsonObject members = JsonObject.parse(text);
            return new UpgradeRecord(
                    images(members.object("from")),
                    images(members.object("to")),
                    members.object("strategy").members(),
                    members.string("canary"),
                    Stage.valueOf(members.string("stage")));
        } catch (JsonException | IllegalArgumentException e) {
            throw new UpgradeFailure(
                    "the annotation of an upgrade is not as this program writes it ("
                            + e.getMessage()
                            + "): remove it, and see to image and updateStrategy yourself");
        }
    }

    private static SortedMap<String, String> images(JsonObject members) throws JsonException {
        var images = new TreeMap<String, String>();
        for (String name : members.names()) {
            images.put(name, members.string(name));
        }
        return images;
    }
}
