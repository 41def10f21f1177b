package dev.vpccni.emulator.state;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/** Counts who called what. Thread-safe. */
public final class CallLog {

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
     * @param failed those among them that were answered with an error, or not at all
     */
    public record Count(long calls, long failed) {

        private static final Count NONE = new Count(0, 0);

        private Count plusOne(boolean success) {
            return new Count(calls + 1, success ? failed : failed + 1);
        }

        private Count plus(Count other) {
            return new Count(calls + other.calls, failed + other.failed);
        }
    }

    private final SortedMap<Service, SortedMap<String, SortedMap<String, Count>>> counts =
            new TreeMap<>();

    /**
     * Counts one call.
     *
     * @param caller the instance's id, or else the access key id that the request was signed with
     * @param action EC2's name of the action, or a path below {@code /latest}
     */
    public synchronized void add(Service service, String caller, String action, boolean success) {
        counts.computeIfAbsent(service, _ -> new TreeMap<>())
                .computeIfAbsent(caller, _ -> new TreeMap<>())
                .merge(action, Count.NONE.plusOne(success), (before, _) -> before.plusOne(success));
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
