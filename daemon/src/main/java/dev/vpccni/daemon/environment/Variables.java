package dev.vpccni.daemon.environment;

import static java.lang.Math.clamp;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the environment as the table of variables says, and notes each value that cannot be
 * followed. What a value is replaced by is said once, however often it is read.
 */
public final class Variables {

    private static final String TRUE_OR_FALSE =
            "is not one of 1 t T TRUE true True 0 f F FALSE false False";

    private final Map<String, String> environment;
    private final List<IgnoredSetting> reports = new ArrayList<>();
    private final List<String> faults = new ArrayList<>();

    /**
     * @param environment the process's, by name
     */
    public Variables(Map<String, String> environment) {
        this.environment = environment;
    }

    /** Returns the values that are not followed, in the order in which they were read. */
    public List<IgnoredSetting> reports() {
        return List.copyOf(reports);
    }

    /** Returns with which values the daemon must not start, one sentence each. */
    public List<String> faults() {
        return List.copyOf(faults);
    }

    /** Notes that {@code variable} is not followed. */
    public void report(Variable variable, String reason, String used) {
        var report =
                new IgnoredSetting(
                        variable.name(),
                        environment.getOrDefault(variable.name(), ""),
                        reason,
                        used);
        if (!reports.contains(report)) {
            reports.add(report);
        }
    }

    /** Notes that the daemon must not start with {@code variable} as it is. */
    public void fault(Variable variable, String reason) {
        String value = environment.get(variable.name());
        String fault = variable.name() + (value == null ? "" : "=\"" + value + "\"") + " " + reason;
        if (!faults.contains(fault)) {
            faults.add(fault);
        }
    }

    /** Returns the value as it is, or null if the variable is not set. */
    public @Nullable String raw(Variable variable) {
        return environment.get(variable.name());
    }

    /** Returns the text of {@code variable}, or its default. */
    public String text(Variable variable) {
        String value = environment.getOrDefault(variable.name(), variable.otherwise());
        return value.isEmpty() && variable.type() == Type.TEXT_IF_ANY
                ? variable.otherwise()
                : value;
    }

    /** Returns the path; null if the variable is empty or not set, or if it is no path. */
    public @Nullable Path path(Variable variable) {
        String value = environment.getOrDefault(variable.name(), "");
        try {
            return value.isEmpty() ? null : Path.of(value);
        } catch (InvalidPathException e) {
            fault(variable, "is no path: " + e.getReason()); // in this locale, at least
            return null;
        }
    }

    /** Returns the path; the default if the variable is empty or not set, or if it is no path. */
    public Path pathOrDefault(Variable variable) {
        Path path = path(variable);
        return path == null ? Path.of(variable.otherwise()) : path;
    }

    /** Returns whether it is true. */
    public boolean flag(Variable variable) {
        return flag(variable, Boolean.parseBoolean(variable.otherwise()));
    }

    /** Returns whether it is true, where the default depends on something else. */
    public boolean flag(Variable variable, boolean otherwise) {
        String value = environment.get(variable.name());
        if (value == null || (value.isEmpty() && variable.type() == Type.FLAG_B)) {
            return otherwise;
        }
        Boolean flag = flag(value);
        if (flag == null) {
            report(variable, TRUE_OR_FALSE, "using " + otherwise);
            return otherwise;
        }
        return flag;
    }

    /** Returns the number; one too large for an {@code int} is the largest one. */
    public int number(Variable variable) {
        return number(variable, Integer.parseInt(variable.otherwise()), variable.min());
    }

    /** Returns the number, where default and least value depend on something else. */
    public int number(Variable variable, int otherwise, long min) {
        String value = environment.get(variable.name());
        boolean lenient = variable.type() == Type.NUMBER_B;
        if (value == null || (value.isEmpty() && lenient)) {
            return otherwise;
        }
        Long number = number(value);
        if (number != null && number >= min && number <= variable.max()) {
            return clamp(number, Integer.MIN_VALUE, Integer.MAX_VALUE);
        }
        String range = range(min, variable.max());
        if (lenient) {
            report(variable, "is not a whole number" + range, "using " + otherwise);
        } else {
            fault(variable, "is not a whole number" + range);
        }
        return otherwise;
    }

    /** Tells whether a value is set that asks for something else than the default does. */
    boolean asksForMore(Variable variable) {
        String value = environment.get(variable.name());
        if (value == null || value.equals(variable.otherwise())) {
            return false;
        }
        Object asked =
                switch (variable.type()) {
                    case FLAG_A, FLAG_B -> flag(value);
                    case NUMBER_A, NUMBER_B -> number(value);
                    case TEXT, TEXT_IF_ANY -> value.isEmpty() ? null : value;
                };
        return asked != null && !asked.toString().equals(variable.otherwise());
    }

    private static String range(long min, long max) {
        if (min == Long.MIN_VALUE) {
            return "";
        }
        return max == Long.MAX_VALUE ? " of " + min + " or more" : " of " + min + " to " + max;
    }

    /** Go's {@code strconv.ParseBool}. */
    private static @Nullable Boolean flag(String value) {
        return switch (value) {
            case "1", "t", "T", "TRUE", "true", "True" -> Boolean.TRUE;
            case "0", "f", "F", "FALSE", "false", "False" -> Boolean.FALSE;
            default -> null;
        };
    }

    /** Go's {@code strconv.Atoi}, whose digits are those of ASCII. */
    private static @Nullable Long number(String value) {
        if (!value.matches("[+-]?[0-9]+")) {
            return null;
        }
        try {
            return Long.valueOf(value);
        } catch (NumberFormatException e) {
            return null; // more than 64 bits
        }
    }
}
