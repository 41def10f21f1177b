package dev.vpccni.daemon;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads environment variables as upstream's different helpers do (ipamd.md 1.2 names them), and
 * notes each value that cannot be followed.
 */
final class Variables {

    private static final String TRUE_OR_FALSE =
            "is not one of 1 t T TRUE true True 0 f F FALSE" + " false False";

    private final Map<String, String> environment;
    private final List<IgnoredSetting> reports = new ArrayList<>();
    private final List<String> faults = new ArrayList<>();

    Variables(Map<String, String> environment) {
        this.environment = environment;
    }

    /** Values that are not followed, in the order in which they were read. */
    List<IgnoredSetting> reports() {
        return List.copyOf(reports);
    }

    /** Values with which the daemon must not start, one sentence each. */
    List<String> faults() {
        return List.copyOf(faults);
    }

    /** Notes that {@code name} is not followed. */
    void report(String name, String reason, String used) {
        reports.add(new IgnoredSetting(name, environment.getOrDefault(name, ""), reason, used));
    }

    /** Notes that the daemon must not start with {@code name} as it is. */
    void fault(String name, String reason) {
        faults.add(name + "=\"" + environment.getOrDefault(name, "") + "\" " + reason);
    }

    /** Returns the value as it is, or null if the variable is not set. */
    @Nullable String raw(String name) {
        return environment.get(name);
    }

    /** A text of which an empty one is an empty one. */
    String text(String name, String otherwise) {
        return environment.getOrDefault(name, otherwise);
    }

    /** A text of which an empty one is an absent one. */
    String textUnlessEmpty(String name, String otherwise) {
        String value = environment.getOrDefault(name, "");
        return value.isEmpty() ? otherwise : value;
    }

    /** A path; null if the variable is empty or not set, or if it is no path. */
    @Nullable Path path(String name) {
        String value = textUnlessEmpty(name, "");
        try {
            return value.isEmpty() ? null : Path.of(value);
        } catch (InvalidPathException e) {
            fault(name, "is no path: " + e.getReason()); // in this locale, at least
            return null;
        }
    }

    /** Helper "bool-A": an empty value is a bad one. */
    boolean flagA(String name, boolean otherwise) {
        String value = environment.get(name);
        return value == null ? otherwise : flag(name, value, otherwise);
    }

    /** Helper "bool-B": an empty value is an absent one. */
    boolean flagB(String name, boolean otherwise) {
        String value = environment.getOrDefault(name, "");
        return value.isEmpty() ? otherwise : flag(name, value, otherwise);
    }

    /** Helper "int-A" with the range that upstream's entrypoint enforces. */
    int numberA(String name, int otherwise, int min, int max) {
        String value = environment.get(name);
        if (value == null) {
            return otherwise;
        }
        Integer number = number(value);
        if (number == null || number < min || number > max) {
            String range = max == Integer.MAX_VALUE ? min + " or more" : min + " to " + max;
            fault(name, "is not a whole number of " + range);
            return otherwise;
        }
        return number;
    }

    /** Helper "int-B": anything below {@code min} and anything else is the default. */
    int numberB(String name, int otherwise, int min) {
        String value = environment.getOrDefault(name, "");
        if (value.isEmpty()) {
            return otherwise;
        }
        Integer number = number(value);
        if (number == null || number < min) {
            report(name, "is not a whole number of " + min + " or more", "using " + otherwise);
            return otherwise;
        }
        return number;
    }

    private boolean flag(String name, String value, boolean otherwise) {
        return switch (value) {
            case "1", "t", "T", "TRUE", "true", "True" -> true;
            case "0", "f", "F", "FALSE", "false", "False" -> false;
            default -> {
                report(name, TRUE_OR_FALSE, "using " + otherwise);
                yield otherwise;
            }
        };
    }

    private static @Nullable Integer number(String value) {
        try {
            return Integer.valueOf(value);
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
