package dev.vpccni.vpc;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Filters and pages of a Describe call. A page's token holds where the page ended, so entries that
 * come and go meanwhile are neither repeated nor make others be missed.
 *
 * @param key by which entries are sorted
 * @param attribute the values that an entry has for a filter's name; null if there is no such name
 */
record Listing<T>(
        List<Filter> filters,
        Page page,
        Function<T, String> key,
        BiFunction<T, String, @Nullable List<String>> attribute) {

    private static final int LEAST_RESULTS = 5;
    private static final int MOST_RESULTS = 1_000;
    private static final int MOST_FILTER_VALUES = 200;

    /**
     * A page.
     *
     * @param next the token of the page after it; null on the last
     */
    record Part<T>(List<T> entries, @Nullable String next) {}

    /** Refuses pages together with identifiers. */
    void refusePage() {
        if (page.maxResults() != 0 || page.token() != null) {
            throw Refusal.of(
                    "InvalidParameterCombination",
                    "The parameter maxResults cannot be used with identifiers of resources");
        }
    }

    /** Returns those of {@code all} that every filter matches. */
    List<T> matching(List<T> all) {
        if (filters.stream().mapToInt(filter -> filter.values().size()).sum()
                > MOST_FILTER_VALUES) {
            throw Refusal.of(
                    "FilterLimitExceeded",
                    "The maximum number of filter values specified on a single call is 200");
        }
        var kept = new ArrayList<T>();
        for (T entry : all) {
            boolean matches = true;
            for (Filter filter : filters) {
                List<String> actual = attribute.apply(entry, filter.name());
                if (actual == null) {
                    throw Refusal.invalidValue("The filter '" + filter.name() + "' is invalid");
                }
                matches &= filter.matches(actual);
            }
            if (matches) {
                kept.add(entry);
            }
        }
        return kept;
    }

    Part<T> page(List<T> sorted) {
        return pageOfAtMost(MOST_RESULTS, sorted);
    }

    /** Returns the part of {@code sorted} that was asked for. */
    Part<T> pageOfAtMost(int most, List<T> sorted) {
        int wanted = page.maxResults();
        if (wanted != 0 && (wanted < LEAST_RESULTS || wanted > most)) {
            throw Refusal.invalidValue(
                    "Value ( "
                            + wanted
                            + " ) for parameter maxResults is invalid. Expecting a value "
                            + (wanted < LEAST_RESULTS
                                    ? "greater than " + LEAST_RESULTS
                                    : "less than " + most)
                            + ".");
        }
        String last = page.token() == null ? "" : lastKey(page.token());
        List<T> rest =
                matching(sorted).stream()
                        .filter(entry -> key.apply(entry).compareTo(last) > 0)
                        .toList();
        if (wanted == 0 || rest.size() <= wanted) {
            return new Part<>(rest, null);
        }
        List<T> entries = rest.subList(0, wanted);
        return new Part<>(entries, token(key.apply(entries.getLast())));
    }

    /** Binds the place to the filters: with others it would mean something else. */
    private String token(String last) {
        return HexFormat.of().toHexDigits(filters.hashCode()) + "." + last;
    }

    private String lastKey(String token) {
        int dot = token.indexOf('.');
        String last = token.substring(dot + 1);
        if (dot < 0 || !token.equals(token(last))) {
            throw Refusal.of("InvalidNextToken", "The token '" + token + "' is invalid");
        }
        return last;
    }
}
