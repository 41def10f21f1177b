package dev.vpccni.daemon.timing;

import org.jspecify.annotations.Nullable;

/** Knows in which stage the call is that a thread carries out. */
public final class StageClock {

    private static final ThreadLocal<@Nullable StageTimes> CURRENT = new ThreadLocal<>();

    private StageClock() {}

    /** A part of a call; closing it goes back to the stage before. */
    public interface Part extends AutoCloseable {
        @Override
        void close();
    }

    /** Begins a part of the thread's call, if it carries one out, that counts for {@code stage}. */
    public static Part during(Stage stage) {
        StageTimes times = CURRENT.get();
        if (times == null) {
            return () -> {};
        }
        Stage before = times.enter(stage, System.nanoTime());
        return () -> times.enter(before, System.nanoTime());
    }

    /** This thread carries out the call of {@code times} from now on. */
    public static void begin(StageTimes times) {
        CURRENT.set(times);
    }

    /** It does no more. */
    public static void end() {
        CURRENT.remove();
    }
}
