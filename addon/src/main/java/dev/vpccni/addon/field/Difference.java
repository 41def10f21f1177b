package dev.vpccni.addon.field;

import dev.vpccni.json.Json;
import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A field that is not as a manager has applied it.
 *
 * @param former as it is, as JSON; {@code nothing} where it is not there
 * @param wanted as it should be, likewise
 */
public record Difference(FieldPath field, String former, String wanted, Writer writer) {

    private static final int SHOWN_MAX = 200;
    private static final Pattern CONTROL = Pattern.compile("\\p{C}");

    /** What may differ without anybody having meant it. */
    private static final List<String> OF_THE_SERVER =
            List.of("managedFields", "resourceVersion", "generation", "creationTimestamp", "uid");

    /**
     * Returns the fields of {@code manager} that applying changes, and those that it gives up.
     *
     * @param live the object as it is
     * @param applied the object as the server says that it is after applying
     * @throws JsonException if either is not as the API server writes objects
     */
    public static List<Difference> between(JsonObject live, JsonObject applied, String manager)
            throws JsonException {
        Managers managers = Managers.of(live);
        FieldSet before = managers.applied(manager);
        FieldSet after = Managers.of(applied).applied(manager);
        Map<?, ?> from = live.members();
        Map<?, ?> to = applied.members();
        var differences = new ArrayList<Difference>();
        var whole = new ArrayList<FieldPath>();
        for (FieldPath item : joined(after.items(), before.items())) {
            boolean missing = item.within(from) == null;
            if (missing != (item.within(to) == null) && isNew(whole, item)) {
                whole.add(item);
                differences.add(of(item, from, to, managers, manager));
            }
        }
        for (FieldPath leaf : joined(after.leaves(), before.leaves())) {
            boolean same = Objects.equals(leaf.within(from), leaf.within(to));
            if (!same && isNew(whole, leaf) && !isOfTheServer(leaf)) {
                differences.add(of(leaf, from, to, managers, manager));
            }
        }
        return differences;
    }

    /** Tells whether {@code manager} owns other fields after applying than before. */
    public static boolean changesOwner(JsonObject live, JsonObject applied, String manager)
            throws JsonException {
        FieldSet before = Managers.of(live).applied(manager);
        FieldSet after = Managers.of(applied).applied(manager);
        return !new LinkedHashSet<>(before.leaves()).equals(new LinkedHashSet<>(after.leaves()));
    }

    private static LinkedHashSet<FieldPath> joined(List<FieldPath> some, List<FieldPath> others) {
        var all = new LinkedHashSet<>(some);
        all.addAll(others);
        return all;
    }

    private static boolean isNew(List<FieldPath> told, FieldPath field) {
        return told.stream().noneMatch(item -> item.leadsTo(field));
    }

    private static boolean isOfTheServer(FieldPath field) {
        return OF_THE_SERVER.stream().anyMatch(name -> field.text().equals("metadata." + name));
    }

    private static Difference of(
            FieldPath field, Map<?, ?> from, Map<?, ?> to, Managers managers, String manager) {
        return new Difference(
                field,
                shown(field.within(from)),
                shown(field.within(to)),
                managers.writer(field, manager));
    }

    private static String shown(@Nullable Object value) {
        if (value == null) {
            return "nothing";
        }
        String text = CONTROL.matcher(Json.compact(value)).replaceAll("?");
        return text.length() <= SHOWN_MAX ? text : text.substring(0, SHOWN_MAX) + "…";
    }
}
