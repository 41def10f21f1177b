package dev.vpccni.addon.field;

import dev.vpccni.json.JsonException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Fields of an object that somebody owns. Immutable.
 *
 * @param leaves those that are owned with all that is in them
 * @param items objects and elements of lists that are owned as such, and in which others may own
 *     something, too; each before what is in it
 * @see <a href="https://kubernetes.io/docs/reference/using-api/server-side-apply/">Server-Side
 *     Apply: field management; FieldsV1</a>
 */
public record FieldSet(List<FieldPath> leaves, List<FieldPath> items) {

    /** Nothing. */
    public static final FieldSet NONE = new FieldSet(List.of(), List.of());

    private static final String ITSELF = ".";

    public FieldSet {
        leaves = List.copyOf(leaves);
        items = List.copyOf(items);
    }

    /**
     * Reads one.
     *
     * @param fields as an object has them
     * @throws JsonException if it is none
     */
    public static FieldSet parse(Map<?, ?> fields) throws JsonException {
        var leaves = new ArrayList<FieldPath>();
        var items = new ArrayList<FieldPath>();
        collect(fields, FieldPath.ROOT, leaves, items);
        return new FieldSet(leaves, items);
    }

    private static void collect(
            Map<?, ?> fields, FieldPath at, List<FieldPath> leaves, List<FieldPath> items)
            throws JsonException {
        if (fields.isEmpty()) {
            leaves.add(at);
        }
        if (fields.containsKey(ITSELF)) {
            items.add(at);
        }
        for (Map.Entry<?, ?> part : fields.entrySet()) {
            if (!part.getKey().equals(ITSELF)) {
                if (!(part.getValue() instanceof Map<?, ?> inner)) {
                    throw new JsonException("no set of fields at " + at.text());
                }
                collect(inner, at.then(FieldStep.parse((String) part.getKey())), leaves, items);
            }
        }
    }

    /** Tells whether {@code field}, all of it or a part, is in it. */
    boolean touches(FieldPath field) {
        return leaves.stream().anyMatch(leaf -> leaf.leadsTo(field) || field.leadsTo(leaf))
                || items.contains(field);
    }
}
