package dev.vpccni.addon.examination;

import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import dev.vpccni.kubernetes.api.LabelSelector;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The daemon's DaemonSet, as far as settings and rights follow from it.
 *
 * @param present whether there is one
 * @param environment the values of its container's variables
 * @param elsewhere variables whose values are in other objects
 * @param account its service account
 * @param podLabels of its pods
 */
public record DaemonFound(
        boolean present,
        Map<String, String> environment,
        List<String> elsewhere,
        String account,
        Map<String, String> podLabels) {

    /** Where there is none, or nobody knows. */
    public static final DaemonFound NONE =
            new DaemonFound(false, Map.of(), List.of(), "aws-node", Map.of("k8s-app", "aws-node"));

    static DaemonFound of(JsonObject set) throws JsonException {
        JsonObject template = set.object("spec").object("template");
        JsonObject pod = template.object("spec");
        JsonObject metadata = template.objectOrNull("metadata");
        JsonObject labels = metadata == null ? null : metadata.objectOrNull("labels");
        Map<String, String> environment = new TreeMap<>();
        var elsewhere = new ArrayList<String>();
        for (JsonObject container : pod.objects("containers")) {
            if (container.string("name").equals("aws-node")) {
                for (JsonObject variable : container.objects("env")) {
                    String name = variable.string("name");
                    JsonObject source = variable.objectOrNull("valueFrom");
                    if (source != null) {
                        // What a pod is called is another value on each node, and no secret.
                        if (!source.has("fieldRef")) {
                            elsewhere.add(name);
                        }
                    } else {
                        environment.put(name, variable.string("value", ""));
                    }
                }
            }
        }
        return new DaemonFound(
                true,
                environment,
                elsewhere,
                pod.string("serviceAccountName", "default"),
                LabelSelector.labels(labels));
    }
}
