package dev.vpccni.cni;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads typed fields of a JSON object. An absent field and a null one are the same, as they are for
 * upstream.
 *
 * @param path how errors name this object, empty for the whole configuration
 */
record Fields(String path, Map<?, ?> tree) {

    /**
     * Returns the object that {@code value} must be.
     *
     * @param path how errors name it
     */
    static Fields of(String path, @Nullable Object value) throws CniException {
        if (value instanceof Map<?, ?> map) {
            return new Fields(path, map);
        }
        throw invalid(path, value, "an object");
    }

    /** Returns a text, or null if there is none. */
    @Nullable String text(String name) throws CniException {
        Object value = tree.get(name);
        if (value == null || value instanceof String) {
            return (String) value;
        }
        throw invalid(name(name), value, "a string");
    }

    /** Returns a text, or {@code otherwise} if there is none or it is empty. */
    String text(String name, String otherwise) throws CniException {
        String value = text(name);
        return value == null || value.isEmpty() ? otherwise : value;
    }

    /** Returns a whole number of 32 bits, or null if there is none. */
    @Nullable Integer number(String name) throws CniException {
        Object value = tree.get(name);
        if (value == null) {
            return null;
        }
        if (value instanceof Long number && number == number.intValue()) {
            return number.intValue();
        }
        throw invalid(name(name), value, "a whole number");
    }

    /** Returns an object, or null if there is none. */
    @Nullable Fields object(String name) throws CniException {
        Object value = tree.get(name);
        return value == null ? null : of(name(name), value);
    }

    /** Returns the objects of a list, or null if there is no list. */
    @Nullable List<Fields> objects(String name) throws CniException {
        Object value = tree.get(name);
        if (value == null) {
            return null;
        }
        if (!(value instanceof List<?> list)) {
            throw invalid(name(name), value, "a list");
        }
        List<Fields> objects = new ArrayList<>();
        for (Object element : list) {
            objects.add(of(name(name) + "[" + objects.size() + "]", element));
        }
        return objects;
    }

    /** Returns what of an object are texts, by name; empty if there is no object. */
    Map<String, String> texts(String name) throws CniException {
        Map<String, String> texts = new TreeMap<>();
        Fields object = object(name);
        if (object != null) {
            for (Object key : object.tree.keySet()) {
                String text = object.text(String.valueOf(key));
                texts.put(String.valueOf(key), text == null ? "" : text);
            }
        }
        return texts;
    }

    /** Returns the error that the field {@code name} is not {@code allowed}. */
    CniException invalid(String name, String allowed) {
        return invalid(name(name), tree.get(name), allowed);
    }

    private static CniException invalid(String path, @Nullable Object value, String allowed) {
        String shown =
                switch (value) {
                    case null -> "null";
                    case String text -> "\"" + text + "\"";
                    case Map<?, ?> _ -> "an object";
                    case List<?> _ -> "a list";
                    default -> value.toString();
                };
        return new CniException(new CniError.InvalidConfiguration(path, shown, allowed));
    }

    private String name(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }
}
