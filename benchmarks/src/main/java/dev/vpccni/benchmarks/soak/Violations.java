package dev.vpccni.benchmarks.soak;

import java.util.ArrayList;
import java.util.List;

/** What was promised and did not hold, a line for each. Thread-safe. */
final class Violations {

    /** More lines than this tell nothing new. */
    private static final int LINES_MAX = 200;

    private final List<String> lines = new ArrayList<>();

    /** Notes {@code line}, said at once, for the log of a run that is interrupted. */
    @SuppressWarnings("SystemOut")
    synchronized void add(String line) {
        if (lines.size() < LINES_MAX) {
            lines.add(line);
            System.err.println(java.time.Instant.now() + " VIOLATED " + line);
        }
    }

    /** Notes {@code line} unless {@code holds}. */
    void require(boolean holds, String line) {
        if (!holds) {
            add(line);
        }
    }

    synchronized List<String> lines() {
        return List.copyOf(lines);
    }
}
