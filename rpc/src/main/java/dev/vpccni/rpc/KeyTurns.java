package dev.vpccni.rpc;

import dev.vpccni.model.AttachmentKey;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/** Lets one request at a time work on an attachment. Safe for use by many threads. */
final class KeyTurns {

    /** How often whoever waits looks whether that is still wanted. */
    private static final Duration LOOK = Duration.ofMillis(100);

    private final Map<AttachmentKey, Turn> turns = new HashMap<>();

    private static final class Turn {
        final ReentrantLock lock = new ReentrantLock(true);
        int users;
    }

    /**
     * Waits for the caller's turn. If it comes, {@link #end} must follow, in the same thread.
     *
     * @param given whether the caller has given up; it is asked from time to time
     * @return whether it came
     */
    boolean begin(AttachmentKey key, BooleanSupplier given) throws InterruptedException {
        Turn turn;
        synchronized (turns) {
            turn = turns.computeIfAbsent(key, _ -> new Turn());
            turn.users++;
        }
        boolean came = false;
        try {
            while (!came && !given.getAsBoolean()) {
                came = turn.lock.tryLock(LOOK.toMillis(), TimeUnit.MILLISECONDS);
            }
            return came;
        } finally {
            if (!came) {
                leave(key, turn);
            }
        }
    }

    /** Lets the next one begin. */
    void end(AttachmentKey key) {
        Turn turn;
        synchronized (turns) {
            turn = turns.get(key);
        }
        if (turn == null) {
            throw new IllegalStateException("nobody has a turn for " + key);
        }
        turn.lock.unlock();
        leave(key, turn);
    }

    private void leave(AttachmentKey key, Turn turn) {
        synchronized (turns) {
            turn.users--;
            if (turn.users == 0) {
                turns.remove(key);
            }
        }
    }
}
