package dev.vpccni.addon.examination;

import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which labels somebody asks for.
 *
 * @see <a
 *     href="https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/label-selector/">
 *     LabelSelector</a>
 */
final class LabelSelector {

    private LabelSelector() {}

    /**
     * Tells whether {@code labels} are asked for; without a selector all are.
     *
     * @throws JsonException if it is none
     */
    static boolean matches(@Nullable JsonObject selector, Map<String, @Nullable Object> labels)
            throws JsonException {
        if (selector == null) {
            return true;
        }
        JsonObject wanted = selector.objectOrNull("matchLabels");
        if (wanted != null) {
            for (String name : wanted.names()) {
                if (!wanted.string(name).equals(labels.get(name))) {
                    return false;
                }
            }
        }
        for (JsonObject expression : selector.objects("matchExpressions")) {
            Object value = labels.get(expression.string("key"));
            List<String> values = expression.strings("values");
            boolean holds =
                    switch (expression.string("operator")) {
                        case "In" -> value instanceof String text && values.contains(text);
                        case "NotIn" -> !(value instanceof String text && values.contains(text));
                        case "Exists" -> value != null;
                        case "DoesNotExist" -> value == null;
                        default -> throw new JsonException("an operator that there is not");
                    };
            if (!holds) {
                return false;
            }
        }
        return true;
    }
}
