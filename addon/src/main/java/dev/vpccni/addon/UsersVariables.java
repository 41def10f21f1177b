package dev.vpccni.addon;

import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Variables of containers that the installation gives a value to begin with, and users change.
 *
 * @param patterns names, or beginnings of names that end in {@code *}
 */
public record UsersVariables(List<String> patterns) {

    /** What clusters are tuned by. */
    public static final UsersVariables DEFAULT =
            new UsersVariables(List.of("WARM_*", "MINIMUM_IP_TARGET"));

    public UsersVariables {
        patterns = List.copyOf(patterns);
    }

    boolean has(String name) {
        return patterns.stream()
                .anyMatch(pattern ->
                        pattern.endsWith("*")
                                ? name.startsWith(pattern.substring(0, pattern.length() - 1))
                                : name.equals(pattern));
    }

    /** Returns the variables that are not users'. */
    List<@Nullable Object> without(List<JsonObject> variables) throws JsonException {
        var others = new ArrayList<@Nullable Object>();
        for (JsonObject variable : variables) {
            if (!has(variable.string("name"))) {
                others.add(variable.members());
            }
        }
        return others;
    }
}
