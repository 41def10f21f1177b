package dev.vpccni.node.explanation;

import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.function.Consumer;

/**
 * The latest decisions with their reasons, for whoever asks why. Safe for use by many threads.
 *
 * <p>A decision that is the same as the latest one is not noted again: a pool that is full says so
 * once.
 */
public final class Explanations {

    /** Enough for the last minutes of a busy node, in about 100 KiB. */
    static final int KEPT = 256;

    private final InstantSource clock;
    private final Consumer<Explanation> listener;
    private final ArrayDeque<Explanation> latest = new ArrayDeque<>();

    /**
     * @param listener is told each one too, such as a logger; it must not block
     */
    public Explanations(InstantSource clock, Consumer<Explanation> listener) {
        this.clock = clock;
        this.listener = listener;
    }

    /** Notes a decision that was made without numbers. */
    public void add(String what, String why) {
        add(what, why, Collections.emptySortedMap());
    }

    /** Notes a decision. */
    public void add(String what, String why, SortedMap<String, Long> numbers) {
        var added = new Explanation(clock.instant(), what, why, numbers);
        synchronized (latest) {
            Explanation last = latest.peekLast();
            if (last != null && last.what().equals(what) && last.why().equals(why)) {
                return;
            }
            if (latest.size() == KEPT) {
                latest.removeFirst();
            }
            latest.add(added);
        }
        listener.accept(added);
    }

    /** Returns what is kept, oldest first. */
    public List<Explanation> latest() {
        synchronized (latest) {
            return List.copyOf(latest);
        }
    }
}
