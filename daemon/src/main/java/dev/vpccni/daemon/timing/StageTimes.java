package dev.vpccni.daemon.timing;

import java.util.EnumMap;
import java.util.Map;

/**
 * How long a call was in each stage. Of one thread at a time, which hands it to the next one by
 * what makes its other writes seen, too.
 */
public final class StageTimes {

    private final Map<Stage, Long> nanos = new EnumMap<>(Stage.class);
    private Stage stage = Stage.CONNECT;
    private long sinceNanos;

    /**
     * @param sinceNanos when the plugin began, by the monotonic clock
     */
    public StageTimes(long sinceNanos) {
        this.sinceNanos = sinceNanos;
    }

    /** Begins with {@code next}, and returns what is left for it. */
    public Stage enter(Stage next, long nowNanos) {
        Stage before = stage;
        nanos.merge(before, Math.max(0, nowNanos - sinceNanos), Long::sum);
        stage = next;
        sinceNanos = nowNanos;
        return before;
    }

    /** Returns the microseconds of each stage, such as {@code connect 210, read 31}. */
    @Override
    public String toString() {
        var text = new StringBuilder();
        nanos.forEach((each, duration) ->
                text.append(text.isEmpty() ? "" : ", ")
                        .append(each)
                        .append(' ')
                        .append(duration / 1_000));
        return text.toString();
    }
}
