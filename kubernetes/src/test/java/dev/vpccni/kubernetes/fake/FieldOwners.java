package dev.vpccni.kubernetes.fake;

import dev.vpccni.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Who owns which fields of one object, as an API server counts it: of objects as far as they have
 * maps, values, lists of which each element has a name or a port, and lists that are one value. It
 * knows no schema, defaults nothing but a port's protocol, and converts no versions.
 */
final class FieldOwners {

    /** Lists whose elements are told apart by members. */
    private static final Map<String, List<String>> KEYS =
            Map.of(
                    "containers", List.of("name"),
                    "initContainers", List.of("name"),
                    "env", List.of("name"),
                    "volumes", List.of("name"),
                    "volumeMounts", List.of("mountPath"),
                    "ports", List.of("containerPort", "protocol"));

    private static final List<String> OF_THE_SERVER =
            List.of("managedFields", "resourceVersion", "uid", "creationTimestamp", "generation");

    private final Map<String, Entry> entries = new TreeMap<>();

    private static final class Entry {
        private String time = "";
        private Set<List<String>> fields = new LinkedHashSet<>();
    }

    /** Notes that somebody has written the object: what changed is his alone. */
    void updated(Map<?, ?> before, Map<?, ?> after, String manager, String time) {
        Map<List<String>, Object> old = leaves(before);
        Map<List<String>, Object> now = leaves(after);
        var changed = new LinkedHashSet<List<String>>();
        now.forEach((field, value) -> {
            if (!value.equals(old.get(field))) {
                changed.add(field);
            }
        });
        for (Entry entry : entries.values()) {
            entry.fields.removeAll(changed);
            entry.fields.removeIf(field -> !now.containsKey(field));
        }
        Entry own = entries.computeIfAbsent(manager + " Update", _ -> new Entry());
        own.time = time;
        own.fields.addAll(changed);
    }

    /**
     * Returns the object as it is once somebody has applied a part of it by force, and notes it.
     */
    Map<String, Object> applied(
            Map<String, Object> live, Map<?, ?> part, String manager, String time) {
        Map<List<String>, Object> old = leaves(live);
        Map<List<String>, Object> wanted = leaves(part);
        Entry own = entries.computeIfAbsent(manager + " Apply", _ -> new Entry());
        var given = new LinkedHashSet<>(own.fields);
        given.removeAll(wanted.keySet());
        for (Entry other : entries.values()) {
            if (other != own) {
                given.removeAll(other.fields);
                other.fields.removeIf(field ->
                        wanted.containsKey(field) && !wanted.get(field).equals(old.get(field)));
            }
        }
        if (!own.fields.equals(wanted.keySet())) {
            own.time = time;
        }
        own.fields = new LinkedHashSet<>(wanted.keySet());
        Map<String, Object> merged = merged("", live, part);
        given.forEach(field -> remove(merged, field));
        return merged;
    }

    /** Returns what {@code managedFields} says. */
    List<Object> managedFields() {
        var all = new ArrayList<Object>();
        entries.forEach((who, entry) -> {
            if (!entry.fields.isEmpty()) {
                String[] words = who.split(" ", -1);
                Map<String, Object> one = new LinkedHashMap<>();
                one.put("manager", words[0]);
                one.put("operation", words[1]);
                one.put("time", entry.time);
                one.put("fieldsType", "FieldsV1");
                one.put("fieldsV1", tree(entry.fields));
                all.add(one);
            }
        });
        return all;
    }

    /** Returns a copy that changes by itself. */
    FieldOwners copy() {
        var copy = new FieldOwners();
        entries.forEach((who, entry) -> {
            var one = new Entry();
            one.time = entry.time;
            one.fields = new LinkedHashSet<>(entry.fields);
            copy.entries.put(who, one);
        });
        return copy;
    }

    @SuppressWarnings("unchecked") // made here
    private static Map<String, Object> tree(Set<List<String>> fields) {
        Map<String, Object> root = new LinkedHashMap<>();
        for (List<String> field : fields) {
            Map<String, Object> here = root;
            for (String step : field) {
                here = (Map<String, Object>) here.computeIfAbsent(step, _ -> new LinkedHashMap<>());
            }
        }
        return root;
    }

    private static Map<List<String>, Object> leaves(Map<?, ?> object) {
        Map<List<String>, Object> leaves = new LinkedHashMap<>();
        object.forEach((name, value) -> {
            if (!List.of("apiVersion", "kind", "status").contains(name)) {
                collect((String) name, value, List.of("f:" + name), leaves);
            }
        });
        for (String name : OF_THE_SERVER) {
            leaves.keySet()
                    .removeIf(field ->
                            field.size() > 1
                                    && field.getFirst().equals("f:metadata")
                                    && field.get(1).equals("f:" + name));
        }
        leaves.remove(List.of("f:metadata", "f:name"));
        leaves.remove(List.of("f:metadata", "f:namespace"));
        return leaves;
    }

    private static void collect(
            String name, Object value, List<String> at, Map<List<String>, Object> leaves) {
        List<String> keys = KEYS.get(name);
        if (value instanceof Map<?, ?> members && !members.isEmpty()) {
            members.forEach((member, inner) ->
                    collect((String) member, inner, then(at, "f:" + member), leaves));
        } else if (keys != null && value instanceof List<?> list) {
            for (Object each : list) {
                Map<?, ?> element = (Map<?, ?>) each;
                List<String> here = then(at, step(element, keys));
                leaves.put(then(here, "."), "there");
                element.forEach((member, inner) ->
                        collect((String) member, inner, then(here, "f:" + member), leaves));
            }
        } else {
            leaves.put(at, value);
        }
    }

    private static List<String> then(List<String> at, String step) {
        var longer = new ArrayList<>(at);
        longer.add(step);
        return List.copyOf(longer);
    }

    private static String step(Map<?, ?> element, List<String> keys) {
        Map<String, Object> key = new LinkedHashMap<>();
        for (String name : keys) {
            Object value = element.get(name);
            key.put(name, value == null ? "TCP" : value);
        }
        return "k:" + Json.compact(key);
    }

    @SuppressWarnings("unchecked") // texts are parsed into these
    private static Map<String, Object> merged(String name, Map<?, ?> live, Map<?, ?> part) {
        Map<String, Object> result = new LinkedHashMap<>((Map<String, Object>) live);
        part.forEach((member, value) -> {
            Object old = live.get(member);
            String inner = (String) member;
            boolean ofServer = name.equals("metadata") && OF_THE_SERVER.contains(inner);
            if (!ofServer) {
                result.put(inner, merged(inner, old, value));
            }
        });
        return result;
    }

    private static Object merged(String name, Object live, Object part) {
        List<String> keys = KEYS.get(name);
        if (part instanceof Map<?, ?> members) {
            return merged(name, live instanceof Map<?, ?> old ? old : Map.of(), members);
        }
        if (keys == null || !(part instanceof List<?> wanted)) {
            return part;
        }
        Map<String, Object> elements = new LinkedHashMap<>();
        List<?> old = live instanceof List<?> list ? list : List.of();
        old.forEach(each -> elements.put(step((Map<?, ?>) each, keys), each));
        for (Object each : wanted) {
            String step = step((Map<?, ?>) each, keys);
            Object before = elements.getOrDefault(step, Map.of());
            elements.put(step, merged("", (Map<?, ?>) before, (Map<?, ?>) each));
        }
        return new ArrayList<>(elements.values());
    }

    private static void remove(Map<String, Object> object, List<String> field) {
        boolean item = field.getLast().equals(".");
        List<String> way = item ? field.subList(0, field.size() - 1) : field;
        Object here = object;
        for (String step : way.subList(0, way.size() - 1)) {
            here = step.startsWith("f:") ? member(here, step) : element(here, step);
        }
        if (here instanceof Map<?, ?> members) {
            members.remove(way.getLast().substring(2));
        } else if (here instanceof List<?> list) {
            list.remove(element(list, way.getLast()));
        }
    }

    private static Object member(Object of, String step) {
        return of instanceof Map<?, ?> members ? members.get(step.substring(2)) : null;
    }

    private static Object element(Object of, String step) {
        for (Object each : of instanceof List<?> list ? list : List.of()) {
            for (List<String> keys : KEYS.values()) {
                if (step((Map<?, ?>) each, keys).equals(step)) {
                    return each;
                }
            }
        }
        return null;
    }
}
