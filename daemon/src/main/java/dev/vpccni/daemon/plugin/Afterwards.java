package dev.vpccni.daemon.plugin;

import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** What a thread puts off until whoever it works for has the answer. Each has a list of its own. */
public final class Afterwards {

    private static final ThreadLocal<@Nullable Queue<Runnable>> PUT_OFF = new ThreadLocal<>();

    private Afterwards() {}

    /** Puts {@code action} off, or runs it at once where the thread works for nobody. */
    public static void run(Runnable action) {
        Queue<Runnable> actions = PUT_OFF.get();
        if (actions == null) {
            action.run();
        } else {
            actions.add(action);
        }
    }

    /**
     * Runs what was put off, and what that puts off: the answer is on its way, or may take long.
     */
    public static void catchUp() {
        Queue<Runnable> actions = PUT_OFF.get();
        for (Runnable next = poll(actions); next != null; next = poll(actions)) {
            next.run();
        }
    }

    /** From now on this thread works for somebody. {@link #end} must follow. */
    static void begin() {
        PUT_OFF.set(new ArrayDeque<>(4));
    }

    /** It does no more; runs what was put off. */
    static void end() {
        try {
            catchUp();
        } finally {
            PUT_OFF.remove();
        }
    }

    private static @Nullable Runnable poll(@Nullable Queue<Runnable> actions) {
        return actions == null ? null : actions.poll();
    }
}
