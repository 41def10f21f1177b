package dev.vpccni.host.kernel;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/** What has to be undone if a later step fails. Not thread-safe. */
public final class Undo {

    private final Deque<KernelStep.Change> steps = new ArrayDeque<>();

    /** Remembers how to undo what has just been done. */
    public void push(KernelStep.Change step) {
        steps.push(step);
    }

    /** Undoes everything, last things first; what cannot be undone is told by {@code because}. */
    public void run(Exception because) {
        while (!steps.isEmpty()) {
            try {
                steps.pop().run();
            } catch (IOException e) {
                because.addSuppressed(e);
            }
        }
    }
}
