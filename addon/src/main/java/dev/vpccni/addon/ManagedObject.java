package dev.vpccni.addon;

import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import dev.vpccni.kubernetes.EventSubject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An object as it was installed.
 *
 * @param whole all of it, for the case that there is none
 * @param managed what of it is kept: not those variables of containers that are left to users
 */
record ManagedObject(
        ObjectKind kind,
        String namespace,
        String name,
        Map<String, @Nullable Object> whole,
        Map<String, @Nullable Object> managed) {

    /**
     * Reads one.
     *
     * @param namespace where it is if it does not say so
     * @throws JsonException if it is no object of a kind that an installation has
     */
    static ManagedObject parse(String text, String namespace, UsersVariables users)
            throws JsonException {
        JsonObject object = JsonObject.parse(text);
        JsonObject metadata = object.object("metadata");
        ObjectKind kind = ObjectKind.of(object.string("apiVersion"), object.string("kind"));
        if (kind == null) {
            throw new JsonException(
                    "no object of an installation: "
                            + object.string("apiVersion")
                            + " "
                            + object.string("kind"));
        }
        return new ManagedObject(
                kind,
                kind.namespaced() ? metadata.string("namespace", namespace) : "",
                metadata.string("name"),
                object.members(),
                switch (kind.kind()) {
                    case "DaemonSet" -> withoutVariables(object, users);
                    case "ConfigMap" -> withoutEntries(object, users);
                    default -> object.members();
                });
    }

    /** Nodes with Windows are tuned by entries with the variables' names. */
    private static Map<String, @Nullable Object> withoutEntries(
            JsonObject object, UsersVariables users) throws JsonException {
        JsonObject data = object.objectOrNull("data");
        if (data == null) {
            return object.members();
        }
        Map<String, @Nullable Object> rest = new LinkedHashMap<>(data.members());
        rest.keySet().removeIf(name -> users.has(name.toUpperCase(Locale.ROOT).replace('-', '_')));
        Map<String, @Nullable Object> copy = new LinkedHashMap<>(object.members());
        copy.put("data", rest);
        return copy;
    }

    private static Map<String, @Nullable Object> withoutVariables(
            JsonObject object, UsersVariables users) throws JsonException {
        Map<String, @Nullable Object> copy = new LinkedHashMap<>(object.members());
        JsonObject spec = object.object("spec");
        JsonObject template = spec.object("template");
        JsonObject pod = template.object("spec");
        Map<String, @Nullable Object> podCopy = new LinkedHashMap<>(pod.members());
        for (String list : List.of("initContainers", "containers")) {
            var containers = new ArrayList<@Nullable Object>();
            for (JsonObject container : pod.objects(list)) {
                Map<String, @Nullable Object> one = new LinkedHashMap<>(container.members());
                if (container.has("env")) {
                    one.put("env", users.without(container.objects("env")));
                }
                containers.add(one);
            }
            if (!containers.isEmpty()) {
                podCopy.put(list, containers);
            }
        }
        Map<String, @Nullable Object> templateCopy = new LinkedHashMap<>(template.members());
        templateCopy.put("spec", podCopy);
        Map<String, @Nullable Object> specCopy = new LinkedHashMap<>(spec.members());
        specCopy.put("template", templateCopy);
        copy.put("spec", specCopy);
        return copy;
    }

    String collection() {
        return kind.collection(namespace);
    }

    String path() {
        return collection() + "/" + name;
    }

    /** Returns it for people. */
    String text() {
        return kind.kind() + " " + (namespace.isEmpty() ? "" : namespace + "/") + name;
    }

    /** Returns what events about it are about. */
    EventSubject subject(String uid) {
        return new EventSubject(kind.apiVersion(), kind.kind(), namespace, name, uid);
    }
}
