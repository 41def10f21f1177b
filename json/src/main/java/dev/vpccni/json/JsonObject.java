package dev.vpccni.json;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A typed view of an object within a parsed text. Every error names the path of the member that is
 * missing or of another type, such as {@code ipam.subnets[2].cidr}. A member that is null counts as
 * absent, as Go reads it. A view: it does not copy.
 */
public final class JsonObject {

    private final Map<?, ?> members;
    private final String path;

    private JsonObject(Map<?, ?> members, String path) {
        this.members = members;
        this.path = path;
    }

    /**
     * The object that a text holds.
     *
     * @throws JsonException if the text is not JSON, or no object
     */
    public static JsonObject parse(String text) throws JsonException {
        return of(Json.parse(text), "");
    }

    /**
     * The object that a text in UTF-8 holds.
     *
     * @throws JsonException if the text is not JSON, or no object
     */
    public static JsonObject parse(byte[] text) throws JsonException {
        return of(Json.parse(text), "");
    }

    /**
     * A view of a parsed value.
     *
     * @param path what errors call it; empty for the whole text
     * @throws JsonException if the value is no object
     */
    public static JsonObject of(@Nullable Object value, String path) throws JsonException {
        if (value instanceof Map<?, ?> members) {
            return new JsonObject(members, path);
        }
        throw wrong(path, "an object", value);
    }

    /** The members' names in the order of the text, those of null members included. */
    public Set<String> names() {
        @SuppressWarnings("unchecked") // a parsed object has only strings for names
        Set<String> names = (Set<String>) members.keySet();
        return names;
    }

    /** The members as {@link Json} parsed them, in the order of the text. */
    public Map<String, @Nullable Object> members() {
        @SuppressWarnings("unchecked") // a parsed object has only strings for names
        Map<String, @Nullable Object> all = (Map<String, @Nullable Object>) members;
        return all;
    }

    /** Whether there is a member of this name that is not null. */
    public boolean has(String name) {
        return members.get(name) != null;
    }

    /** The member as {@link Json} parsed it; null if absent. */
    public @Nullable Object value(String name) {
        return members.get(name);
    }

    /**
     * A string that must be there.
     *
     * @throws JsonException if it is absent, or no string
     */
    public String string(String name) throws JsonException {
        return required(name, stringOrNull(name));
    }

    /**
     * A string, or what to take when it is absent.
     *
     * @throws JsonException if it is no string
     */
    public String string(String name, String otherwise) throws JsonException {
        String value = stringOrNull(name);
        return value == null ? otherwise : value;
    }

    /**
     * A string, or null when it is absent.
     *
     * @throws JsonException if it is no string
     */
    public @Nullable String stringOrNull(String name) throws JsonException {
        return member(name, String.class, "a string");
    }

    /**
     * A whole number that must be there.
     *
     * @throws JsonException if it is absent, or no whole number of 64 bits
     */
    public long integer(String name) throws JsonException {
        return required(name, member(name, Long.class, "a whole number"));
    }

    /**
     * A whole number, or what to take when it is absent.
     *
     * @throws JsonException if it is no whole number of 64 bits
     */
    public long integer(String name, long otherwise) throws JsonException {
        Long value = member(name, Long.class, "a whole number");
        return value == null ? otherwise : value;
    }

    /**
     * A truth value, or what to take when it is absent.
     *
     * @throws JsonException if it is neither true nor false
     */
    public boolean truth(String name, boolean otherwise) throws JsonException {
        Boolean value = member(name, Boolean.class, "true or false");
        return value == null ? otherwise : value;
    }

    /**
     * An object that must be there.
     *
     * @throws JsonException if it is absent, or no object
     */
    public JsonObject object(String name) throws JsonException {
        return required(name, objectOrNull(name));
    }

    /**
     * An object, or null when it is absent.
     *
     * @throws JsonException if it is no object
     */
    public @Nullable JsonObject objectOrNull(String name) throws JsonException {
        Object value = members.get(name);
        return value == null ? null : of(value, pathOf(name));
    }

    /**
     * The items of an array, empty when it is absent.
     *
     * @throws JsonException if it is no array
     */
    public List<@Nullable Object> list(String name) throws JsonException {
        List<?> items = member(name, List.class, "a list");
        List<@Nullable Object> copy = new ArrayList<>();
        if (items != null) {
            copy.addAll(items);
        }
        return copy;
    }

    /**
     * The strings of an array, empty when it is absent.
     *
     * @throws JsonException if it is no array, or holds something else
     */
    public List<String> strings(String name) throws JsonException {
        List<String> strings = new ArrayList<>();
        for (Object item : list(name)) {
            if (!(item instanceof String text)) {
                throw wrong(pathOf(name) + "[" + strings.size() + "]", "a string", item);
            }
            strings.add(text);
        }
        return strings;
    }

    /**
     * The objects of an array, empty when it is absent.
     *
     * @throws JsonException if it is no array, or holds something else
     */
    public List<JsonObject> objects(String name) throws JsonException {
        List<JsonObject> objects = new ArrayList<>();
        for (Object item : list(name)) {
            objects.add(of(item, pathOf(name) + "[" + objects.size() + "]"));
        }
        return objects;
    }

    private <T> @Nullable T member(String name, Class<T> type, String expected)
            throws JsonException {
        Object value = members.get(name);
        if (value == null || type.isInstance(value)) {
            return type.cast(value);
        }
        throw wrong(pathOf(name), expected, value);
    }

    private <T> T required(String name, @Nullable T value) throws JsonException {
        if (value == null) {
            throw new JsonException(pathOf(name) + " is missing");
        }
        return value;
    }

    private String pathOf(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    private static JsonException wrong(String path, String expected, @Nullable Object found) {
        String what =
                switch (found) {
                    case null -> "null";
                    case String _ -> "a string";
                    case Boolean _ -> "a truth value";
                    case Number number -> "the number " + number;
                    case List<?> _ -> "a list";
                    default -> "an object";
                };
        String where = path.isEmpty() ? "the text" : path;
        return new JsonException(where + " must be " + expected + ", and is " + what);
    }
}
