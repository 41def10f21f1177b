package dev.vpccni.kubernetes.api;

import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which labels are meant: those that meet each condition; all if there is none.
 *
 * @see <a href="https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/">Labels
 *     and Selectors</a>
 */
public record LabelSelector(List<Condition> conditions) {

    /** More than anybody writes. */
    private static final int CONDITIONS_MAX = 1_000;

    public LabelSelector {
        conditions = List.copyOf(conditions);
    }

    /** How a label has to be. */
    public enum Operator {
        IN,
        NOT_IN,
        EXISTS,
        DOES_NOT_EXIST
    }

    /** What one label has to be. */
    public record Condition(String label, Operator operator, List<String> values) {

        boolean isMetBy(SortedMap<String, String> labels) {
            String value = labels.get(label);
            return switch (operator) {
                case IN -> value != null && values.contains(value);
                case NOT_IN -> value == null || !values.contains(value);
                case EXISTS -> value != null;
                case DOES_NOT_EXIST -> value == null;
            };
        }
    }

    /** Tells whether an object with these labels is meant. */
    public boolean selects(SortedMap<String, String> labels) {
        return conditions.stream().allMatch(condition -> condition.isMetBy(labels));
    }

    /**
     * Reads a selector.
     *
     * @throws JsonException if it is none
     */
    public static LabelSelector read(JsonObject selector) throws JsonException {
        List<Condition> conditions = new ArrayList<>();
        labels(selector.objectOrNull("matchLabels"))
                .forEach((label, value) ->
                        conditions.add(new Condition(label, Operator.IN, List.of(value))));
        for (JsonObject expression : selector.objects("matchExpressions")) {
            conditions.add(
                    new Condition(
                            expression.string("key"),
                            operator(expression.string("operator")),
                            expression.strings("values")));
        }
        if (conditions.size() > CONDITIONS_MAX) {
            throw new JsonException("more than " + CONDITIONS_MAX + " conditions");
        }
        return new LabelSelector(conditions);
    }

    private static Operator operator(String name) throws JsonException {
        return switch (name) {
            case "In" -> Operator.IN;
            case "NotIn" -> Operator.NOT_IN;
            case "Exists" -> Operator.EXISTS;
            case "DoesNotExist" -> Operator.DOES_NOT_EXIST;
            default -> throw new JsonException("there is no operator " + name);
        };
    }

    /** Returns the members of an object as texts; none if there is no object. */
    public static SortedMap<String, String> labels(@Nullable JsonObject object)
            throws JsonException {
        SortedMap<String, String> labels = new TreeMap<>();
        if (object != null) {
            for (String name : object.names()) {
                labels.put(name, object.string(name, ""));
            }
        }
        return labels;
    }
}
