package dev.vpccni.vpc.api;

import java.util.List;

/**
 * Selects what a Describe call shows: what has one of the values. Filters of one call must all
 * match.
 *
 * @param name such as {@code vpc-id} or {@code tag:team}
 * @param values case-sensitive; {@code *} and {@code ?} are wildcards unless {@code \} precedes
 */
public record Filter(String name, List<String> values) {

    public Filter {
        values = List.copyOf(values);
    }

    /** Returns a filter on {@code name}. */
    public static Filter of(String name, String... values) {
        return new Filter(name, List.of(values));
    }

    /** Tells whether one of {@code actual} is one of this filter's values. */
    public boolean matches(List<String> actual) {
        return values.stream()
                .anyMatch(pattern -> actual.stream().anyMatch(text -> like(pattern, 0, text, 0)));
    }

    private static boolean like(String pattern, int p, String text, int t) {
        if (p == pattern.length()) {
            return t == text.length();
        }
        char wanted = pattern.charAt(p);
        if (wanted == '*') {
            return like(pattern, p + 1, text, t)
                    || (t < text.length() && like(pattern, p, text, t + 1));
        }
        boolean escaped = wanted == '\\' && p + 1 < pattern.length();
        int literal = escaped ? p + 1 : p;
        return t < text.length()
                && ((wanted == '?') || pattern.charAt(literal) == text.charAt(t))
                && like(pattern, literal + 1, text, t + 1);
    }
}
