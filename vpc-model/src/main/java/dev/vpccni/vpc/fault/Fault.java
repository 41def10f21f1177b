package dev.vpccni.vpc.fault;

import org.jspecify.annotations.Nullable;

/**
 * Something that goes wrong on purpose.
 *
 * @param action EC2's name of the action; null for every one
 * @param caller an instance's id, or else an access key id; null for everyone
 * @param skip how many matching requests are left alone first
 * @param times how many matching requests are hit after that
 */
public record Fault(
        @Nullable String action, @Nullable String caller, int skip, int times, Effect effect) {

    /** A number of times that no test reaches. */
    public static final int ALWAYS = Integer.MAX_VALUE;

    /** Returns a fault that hits the next {@code times} requests of {@code action}. */
    public static Fault next(String action, int times, Effect effect) {
        return new Fault(action, null, 0, times, effect);
    }

    /** Returns a fault that hits every request of {@code action}. */
    public static Fault always(String action, Effect effect) {
        return new Fault(action, null, 0, ALWAYS, effect);
    }

    boolean matches(String requested, String by) {
        return times > 0
                && (action == null || action.equals(requested))
                && (caller == null || caller.equals(by));
    }

    Fault passed() {
        return skip > 0
                ? new Fault(action, caller, skip - 1, times, effect)
                : new Fault(action, caller, 0, times == ALWAYS ? ALWAYS : times - 1, effect);
    }
}
