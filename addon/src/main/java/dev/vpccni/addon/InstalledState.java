package dev.vpccni.addon;

import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/**
 * What was installed, as the chart has written it into a ConfigMap: an object in JSON for each key.
 *
 * @param version of the ConfigMap, which changes with it
 * @param release what wrote it, for people
 */
record InstalledState(String version, String release, List<ManagedObject> objects) {

    /** More than the chart has. */
    private static final int OBJECTS_MAX = 50;

    InstalledState {
        objects = List.copyOf(objects);
    }

    /**
     * Reads it.
     *
     * @throws JsonException if a key's value is no object of an installation, which is named; then
     *     none is looked after, for nobody knows what the others were to be together with it
     */
    static InstalledState parse(JsonObject configMap, String namespace, UsersVariables users)
            throws JsonException {
        JsonObject metadata = configMap.object("metadata");
        JsonObject labels = metadata.objectOrNull("labels");
        JsonObject data = configMap.objectOrNull("data");
        var objects = new ArrayList<ManagedObject>();
        if (data == null || data.names().isEmpty() || data.names().size() > OBJECTS_MAX) {
            throw new JsonException("it has no objects, or more than " + OBJECTS_MAX);
        }
        for (String key : data.names()) {
            try {
                objects.add(ManagedObject.parse(data.string(key), namespace, users));
            } catch (JsonException e) {
                throw new JsonException(key + ": " + e.getMessage());
            }
        }
        String chart = labels == null ? "" : labels.string("helm.sh/chart", "");
        return new InstalledState(metadata.string("resourceVersion"), chart, objects);
    }
}
