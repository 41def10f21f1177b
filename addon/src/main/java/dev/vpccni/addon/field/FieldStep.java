package dev.vpccni.addon.field;

import dev.vpccni.json.Json;
import dev.vpccni.json.JsonException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One step of the way to a field, as FieldsV1 writes it. */
sealed interface FieldStep {

    /** The member of an object. */
    record Member(String name) implements FieldStep {}

    /** The element of a list whose members have these values. */
    record Keyed(Map<?, ?> key) implements FieldStep {}

    /** The element of a list that is this. */
    record Value(Object value) implements FieldStep {}

    /** The element of a list at this place. */
    record Index(int at) implements FieldStep {}

    /**
     * Reads one, such as {@code f:name} or <code>k:{"name":"a"}</code>.
     *
     * @throws JsonException if it is none that there is
     */
    static FieldStep parse(String text) throws JsonException {
        String rest = text.length() < 2 ? "" : text.substring(2);
        if (text.startsWith("f:")) {
            return new Member(rest);
        }
        if (text.startsWith("k:") && Json.parse(rest) instanceof Map<?, ?> key) {
            return new Keyed(key);
        }
        if (text.startsWith("v:")) {
            return new Value(Objects.requireNonNullElse(Json.parse(rest), ""));
        }
        if (text.startsWith("i:") && rest.matches("\\d{1,6}")) {
            return new Index(Integer.parseInt(rest));
        }
        throw new JsonException("no step of a field: " + text);
    }

    /** Returns what it leads to within {@code from}; null where there is nothing. */
    default @Nullable Object within(@Nullable Object from) {
        return switch (this) {
            case Member(String name) -> from instanceof Map<?, ?> map ? map.get(name) : null;
            case Keyed _, Value _, Index _ -> {
                if (!(from instanceof List<?> list)) {
                    yield null;
                }
                int at = position(list);
                yield at < 0 ? null : list.get(at);
            }
        };
    }

    /** Returns where in a list it leads to; -1 for nowhere. */
    default int position(List<?> list) {
        for (int i = 0; i < list.size(); i++) {
            Object element = list.get(i);
            boolean here =
                    switch (this) {
                        case Member _ -> false;
                        case Keyed(Map<?, ?> key) ->
                                element instanceof Map<?, ?> members && has(members, key);
                        case Value(Object value) -> value.equals(element);
                        case Index(int at) -> at == i;
                    };
            if (here) {
                return i;
            }
        }
        return -1;
    }

    /** Who writes an object may leave out a part of the key that has a default. */
    private static boolean has(Map<?, ?> members, Map<?, ?> key) {
        return key.entrySet().stream()
                .allMatch(part -> {
                    Object value = members.get(part.getKey());
                    return value == null || value.equals(part.getValue());
                });
    }

    /** Returns it for people, as it follows what came before. */
    default String text() {
        return switch (this) {
            case Member(String name) ->
                    name.matches("[A-Za-z0-9_-]+") ? "." + name : "[" + Json.compact(name) + "]";
            case Keyed(Map<?, ?> key) -> {
                var parts = new ArrayList<String>();
                key.values().forEach(part -> parts.add(String.valueOf(part)));
                yield "[" + String.join("/", parts) + "]";
            }
            case Value(Object value) -> "[=" + value + "]";
            case Index(int at) -> "[" + at + "]";
        };
    }
}
