package dev.vpccni.addon.field;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The way to a field of an object. Immutable. */
public record FieldPath(List<FieldStep> steps) {

    static final FieldPath ROOT = new FieldPath(List.of());

    public FieldPath {
        steps = List.copyOf(steps);
    }

    FieldPath then(FieldStep step) {
        var longer = new ArrayList<>(steps);
        longer.add(step);
        return new FieldPath(longer);
    }

    /** Tells whether this is {@code other}, or on the way to it. */
    boolean leadsTo(FieldPath other) {
        return steps.size() <= other.steps.size()
                && other.steps.subList(0, steps.size()).equals(steps);
    }

    /** Returns the value that it leads to; null where there is none. */
    public @Nullable Object within(Map<?, ?> object) {
        Object here = object;
        for (FieldStep step : steps) {
            here = step.within(here);
        }
        return here;
    }

    /** Returns a copy of {@code object} without these fields. */
    public static Map<String, @Nullable Object> without(Map<?, ?> object, List<FieldPath> fields) {
        Map<String, @Nullable Object> copy = copy(object);
        fields.forEach(field -> field.remove(copy));
        return copy;
    }

    private void remove(Map<String, @Nullable Object> object) {
        if (steps.isEmpty()) {
            return;
        }
        Object parent = new FieldPath(steps.subList(0, steps.size() - 1)).within(object);
        FieldStep last = steps.getLast();
        if (parent instanceof Map<?, ?> members && last instanceof FieldStep.Member(String name)) {
            members.remove(name);
        } else if (parent instanceof List<?> list) {
            int at = last.position(list);
            if (at >= 0) {
                list.remove(at);
            }
        }
    }

    private static Map<String, @Nullable Object> copy(Map<?, ?> members) {
        Map<String, @Nullable Object> copy = new LinkedHashMap<>();
        members.forEach((name, value) -> copy.put((String) name, copyOf(value)));
        return copy;
    }

    private static @Nullable Object copyOf(@Nullable Object value) {
        return switch (value) {
            case Map<?, ?> members -> copy(members);
            case List<?> list -> {
                var copy = new ArrayList<@Nullable Object>();
                list.forEach(each -> copy.add(copyOf(each)));
                yield copy;
            }
            case null, default -> value;
        };
    }

    /** Returns it for people, such as {@code spec.containers[aws-node].image}. */
    public String text() {
        var text = new StringBuilder();
        steps.forEach(step -> text.append(step.text()));
        return text.length() > 0 && text.charAt(0) == '.' ? text.substring(1) : text.toString();
    }
}
