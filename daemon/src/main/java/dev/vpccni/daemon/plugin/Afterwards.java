package dev.vpccni.daemon.plugin;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a thread puts off until whoever it works for has the answer. Each has a list of its own. */
public final class Afterwards {

    private static final ThreadLocal<@Nullable List<Runnable>> PUT_OFF = new ThreadLocal<>();

    private Afterwards() {}

    /** Puts {@code action} off, or runs it at once where the thread works for nobody. */
    public static void run(Runnable action) {
        List<Runnable> actions = PUT_OFF.get();
        if (actions == null) {
            action.run();
        } else {
            actions.add(action);
        }
    }

    /** Runs what was put off so far: the answer is on its way, or may take long. */
    public static void catchUp() {
        List<Runnable> actions = PUT_OFF.get();
        if (actions != null && !actions.isEmpty()) {
            List<Runnable> now = List.copyOf(actions);
            actions.clear();
            now.forEach(Runnable::run);
        }
    }

    /** From now on this thread works for somebody. {@link #end} must follow. */
    static void begin() {
        PUT_OFF.set(new ArrayList<>(4));
    }

    /** It does no more; runs what was put off, and what that puts off in turn. */
    static void end() {
        List<Runnable> actions = PUT_OFF.get();
        PUT_OFF.remove();
        if (actions != null) {
            actions.forEach(Runnable::run);
        }
    }
}
