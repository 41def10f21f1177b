package dev.vpccni.emulator.state;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Counts who called what: by name up to a limit, for names are the callers' own. Thread-safe. */
public final class CallCounts {

    /** Which interface a call came in by. */
    public enum Service {
        /** EC2's API. */
        EC2,

        /** The instance metadata service. */
        METADATA
    }

    /**
     * What was called and how often.
     *
     * @param calls all of them
     * @param failures how many of them were answered with which error, or not at all
     */
    public record Count(long calls, SortedMap<String, Long> failures) {

        private static final Count NONE = new Count(0, new TreeMap<>());

        public Count {
            failures = Collections.unmodifiableSortedMap(new TreeMap<>(failures));
        }

        /** Returns how many failed. */
        public long failed() {
            return failures.values().stream().mapToLong(Long::longValue).sum();
        }

        private Count plusOne(@Nullable String error) {
            if (error == null) {
                return new Count(calls + 1, failures);
            }
            var more = new TreeMap<>(failures);
            more.merge(error, 1L, Long::sum);
            return new Count(calls + 1, more);
        }

        private Count plus(Count other) {
            var both = new TreeMap<>(failures);
            other.failures.forEach((error, count) -> both.merge(error, count, Long::sum));
            return new Count(calls + other.calls, both);
        }
    }

    /** What a call failed with whose connection was closed instead. */
    public static final String NO_ANSWER = "no answer";

    /** More nodes than one computer carries, and more actions than EC2's clients use. */
    private static final int NAMES_MAX = 1_000;

    private static final String OTHERS = "others";

    private final SortedMap<Service, SortedMap<String, SortedMap<String, Count>>> counts =
            new TreeMap<>();

    /**
     * Counts one call.
     *
     * @param caller the instance's id, or else the access key id that the request was signed with
     * @param action EC2's name of the action, or a path below {@code /latest}
     * @param error EC2's code, metadata's status, or {@link #NO_ANSWER}; null for success
     */
    public synchronized void add(
            Service service, String caller, String action, @Nullable String error) {
        var callers = counts.computeIfAbsent(service, _ -> new TreeMap<>());
        var actions = callers.computeIfAbsent(name(callers, caller), _ -> new TreeMap<>());
        actions.merge(
                name(actions, action),
                Count.NONE.plusOne(error),
                (before, _) -> before.plusOne(error));
    }

    private static String name(SortedMap<String, ?> known, String name) {
        return known.containsKey(name) || known.size() < NAMES_MAX ? name : OTHERS;
    }

    /** Returns the counts of {@code service} so far, by caller and action. */
    public synchronized SortedMap<String, SortedMap<String, Count>> of(Service service) {
        var copy = new TreeMap<String, SortedMap<String, Count>>();
        counts.getOrDefault(service, new TreeMap<>())
                .forEach((caller, actions) ->
                        copy.put(
                                caller, Collections.unmodifiableSortedMap(new TreeMap<>(actions))));
        return Collections.unmodifiableSortedMap(copy);
    }

    /** Returns the counts of {@code service} so far by action, of all callers together. */
    public synchronized SortedMap<String, Count> total(Service service) {
        var total = new TreeMap<String, Count>();
        of(service)
                .values()
                .forEach(actions ->
                        actions.forEach(
                                (action, count) -> total.merge(action, count, Count::plus)));
        return Collections.unmodifiableSortedMap(total);
    }

    /** Forgets every call. */
    public synchronized void clear() {
        counts.clear();
    }
}
