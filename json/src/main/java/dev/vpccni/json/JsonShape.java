package dev.vpccni.json;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which members of a text are kept when it is read; all others pass by without taking memory.
 * Immutable. Of an array, the shape is that of each element.
 */
public final class JsonShape {

    /** Everything is kept. */
    public static final JsonShape ALL = new JsonShape(null);

    private final @Nullable Map<String, JsonShape> members;

    private JsonShape(@Nullable Map<String, JsonShape> members) {
        this.members = members;
    }

    /** Returns the shape of an object of which these members are kept, whole. */
    public static JsonShape of(String... names) {
        Map<String, JsonShape> members = new LinkedHashMap<>();
        for (String name : names) {
            members.put(name, ALL);
        }
        return new JsonShape(members);
    }

    /** Returns this shape with a further member, of which {@code part} is kept. */
    public JsonShape with(String name, JsonShape part) {
        Map<String, JsonShape> more =
                members == null ? new LinkedHashMap<>() : new LinkedHashMap<>(members);
        more.put(name, part);
        return new JsonShape(more);
    }

    /** Returns what is kept of a member; null for nothing. */
    @Nullable JsonShape part(String name) {
        return members == null ? ALL : members.get(name);
    }
}
