package dev.vpccni.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The objects that the chart rendered to, as they are kept. */
record Manifests(List<Map<?, ?>> objects) {

    /** The sources of the repository. */
    static final Path HOME = Path.of("..").toAbsolutePath().normalize();

    /** Reads what a file of values of {@code charts/tests} renders to. */
    static Manifests rendered(String name) throws IOException {
        return read(HOME.resolve("charts/tests").resolve(name + ".rendered.yaml"));
    }

    /** Reads a file of manifests. */
    static Manifests read(Path file) throws IOException {
        var settings = LoadSettings.builder().setAllowDuplicateKeys(false).build();
        var objects = new ArrayList<Map<?, ?>>();
        for (Object object : new Load(settings).loadAllFromString(Files.readString(file))) {
            if (object != null) {
                objects.add((Map<?, ?>) object);
            }
        }
        assertThat(objects).isNotEmpty();
        return new Manifests(objects);
    }

    /** Returns the objects of a kind, in the order in which they stand. */
    List<Map<?, ?>> ofKind(String kind) {
        return objects.stream().filter(object -> kind.equals(object.get("kind"))).toList();
    }

    /** Returns the only object of a kind. */
    Map<?, ?> one(String kind) {
        List<Map<?, ?>> found = ofKind(kind);
        assertThat(found).as(kind).hasSize(1);
        return found.getFirst();
    }

    /** Returns the DaemonSet's pod. */
    Map<?, ?> pod() {
        return (Map<?, ?>) at(one("DaemonSet"), "spec", "template", "spec");
    }

    /** Returns a container of the DaemonSet's pod, an initial one or another. */
    Map<?, ?> container(String name) {
        var all = new ArrayList<Object>(list(pod(), "initContainers"));
        all.addAll(list(pod(), "containers"));
        for (Object one : all) {
            if (name.equals(((Map<?, ?>) one).get("name"))) {
                return (Map<?, ?>) one;
            }
        }
        throw new AssertionError("no container " + name);
    }

    /** Returns the values of a container's variables; {@code from elsewhere} of those without. */
    Map<String, String> variables(String container) {
        Map<String, String> variables = new LinkedHashMap<>();
        for (Object entry : list(container(container), "env")) {
            var variable = (Map<?, ?>) entry;
            Object value = variable.get("value");
            String text = value == null ? "from elsewhere" : (String) value;
            Object before = variables.put((String) variable.get("name"), text);
            assertThat(before).as("twice in %s: %s", container, variable).isNull();
        }
        return variables;
    }

    /** Returns the rules of the ClusterRole, as lines of groups, resources and verbs. */
    List<String> rules() {
        return rules(one("ClusterRole"));
    }

    /** Returns the rules of a role, likewise. */
    static List<String> rules(Map<?, ?> role) {
        return list(role, "rules").stream()
                .map(rule -> (Map<?, ?>) rule)
                .map(rule -> {
                    Object what = rule.get("resources");
                    Object of = what == null ? rule.get("nonResourceURLs") : what;
                    Object groups = rule.get("apiGroups");
                    return "%s %s %s".formatted(groups, of, rule.get("verbs"));
                })
                .toList();
    }

    /** Returns the value at a path of members. */
    static Object at(Map<?, ?> object, String... path) {
        Object here = object;
        for (String member : path) {
            Object next = here instanceof Map<?, ?> members ? members.get(member) : null;
            here = Objects.requireNonNull(next, () -> member + " of " + List.of(path));
        }
        return here;
    }

    /** Returns the list at a path of members. */
    static List<?> list(Map<?, ?> object, String... path) {
        return (List<?>) at(object, path);
    }
}
