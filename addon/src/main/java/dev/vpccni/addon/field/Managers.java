package dev.vpccni.addon.field;

import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Who owns which fields of one object. Immutable. */
public final class Managers {

    private static final String APPLY = "Apply";

    private final List<Entry> entries;

    private record Entry(String manager, String operation, String time, FieldSet fields) {}

    private Managers(List<Entry> entries) {
        this.entries = List.copyOf(entries);
    }

    /**
     * Reads those of an object, but for whoever reports its status.
     *
     * @throws JsonException if they are not as the API server writes them
     */
    public static Managers of(JsonObject object) throws JsonException {
        var entries = new ArrayList<Entry>();
        for (JsonObject entry : object.object("metadata").objects("managedFields")) {
            boolean ofAll = entry.string("subresource", "").isEmpty();
            if (ofAll && entry.value("fieldsV1") instanceof Map<?, ?> fields) {
                entries.add(
                        new Entry(
                                entry.string("manager", ""),
                                entry.string("operation", ""),
                                entry.string("time", ""),
                                FieldSet.parse(fields)));
            }
        }
        return new Managers(entries);
    }

    /** Returns what {@code manager} has applied. */
    public FieldSet applied(String manager) {
        return entries.stream()
                .filter(entry -> entry.manager.equals(manager) && entry.operation.equals(APPLY))
                .map(Entry::fields)
                .findFirst()
                .orElse(FieldSet.NONE);
    }

    /**
     * Returns who wrote {@code field}, the latest of several.
     *
     * @param own the manager who is not meant
     */
    public Writer writer(FieldPath field, String own) {
        Writer latest = Writer.NOBODY;
        Writer last = Writer.NOBODY;
        for (Entry entry : entries) {
            boolean other = !(entry.manager.equals(own) && entry.operation.equals(APPLY));
            if (other && entry.time.compareTo(last.time()) >= 0) {
                last = new Writer(entry.manager, entry.time, false);
            }
            if (other && entry.fields.touches(field) && entry.time.compareTo(latest.time()) >= 0) {
                latest = new Writer(entry.manager, entry.time, true);
            }
        }
        return latest.manager().isEmpty() ? last : latest;
    }
}
