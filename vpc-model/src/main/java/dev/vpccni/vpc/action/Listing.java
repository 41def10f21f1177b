package dev.vpccni.vpc.action;

import dev.vpccni.vpc.api.Filter;
import dev.vpccni.vpc.api.Page;
import dev.vpccni.vpc.state.Chance;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Filters and pages of a Describe call. A page's token holds where the page ended, so entries that
 * come and go meanwhile are neither repeated nor make others be missed.
 *
 * @param scope what a token is good for besides its filters: the call, in this cloud
 * @param key by which entries are sorted
 */
record Listing<T>(
        String scope,
        List<Filter> filters,
        Page page,
        Function<T, String> key,
        FilterNames<T> names) {

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
            throw RequestRefused.of(
                    "InvalidParameterCombination",
                    "The parameter maxResults cannot be used with identifiers of resources");
        }
    }

    /** Returns those of {@code all} that every filter matches. */
    List<T> matching(List<T> all) {
        if (filters.stream().mapToInt(filter -> filter.values().size()).sum()
                > MOST_FILTER_VALUES) {
            throw RequestRefused.of(
                    "FilterLimitExceeded",
                    "The maximum number of filter values specified on a single call is 200");
        }
        for (Filter filter : filters) {
            if (!names.has(filter.name())) {
                throw RequestRefused.invalidValue("The filter '" + filter.name() + "' is invalid");
            }
        }
        return all.stream()
                .filter(entry ->
                        filters.stream()
                                .allMatch(filter ->
                                        filter.matches(names.values(entry, filter.name()))))
                .toList();
    }

    Part<T> page(List<T> sorted) {
        return pageOfAtMost(MOST_RESULTS, sorted);
    }

    /** Returns the part of {@code sorted} that was asked for. */
    Part<T> pageOfAtMost(int most, List<T> sorted) {
        int wanted = page.maxResults();
        if (wanted != 0 && (wanted < LEAST_RESULTS || wanted > most)) {
            throw RequestRefused.invalidValue(
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

    /** Binds the place to the call and its filters: with others it would mean something else. */
    private String token(String last) {
        long scoped = scope.hashCode() * 31L + filters.hashCode();
        long seal = new Chance(scoped << Integer.SIZE ^ last.hashCode()).next();
        return HexFormat.of().toHexDigits(seal) + "." + last;
    }

    private String lastKey(String token) {
        String last = token.substring(token.indexOf('.') + 1);
        if (!token.equals(token(last))) {
            throw RequestRefused.of("InvalidNextToken", "The token '" + token + "' is invalid");
        }
        return last;
    }
}
