package dev.vpccni.kubernetes.fake;

import dev.vpccni.node.port.Tempo;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Time that passes only when a test says so, and real tasks. */
public final class HeldTempo implements Tempo {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition passed = lock.newCondition();
    private final Set<Held> asleep = new HashSet<>();
    private long nanos;

    /** Lets time pass. */
    public void pass(Duration duration) {
        lock.lock();
        try {
            nanos += duration.toNanos();
            asleep.removeIf(Held::isDue);
            passed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Returns how many tasks wait for time to pass, or for a signal. One for which that has
     * happened is no more among them, whether it has gone on already or not.
     */
    public int waiting() {
        lock.lock();
        try {
            return asleep.size();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long nanos() {
        lock.lock();
        try {
            return nanos;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Instant instant() {
        return Instant.EPOCH.plusNanos(nanos());
    }

    @Override
    public Instant wall() {
        return instant();
    }

    @Override
    public void pause(Duration duration) throws InterruptedException {
        var _ = signal().await(duration);
    }

    @Override
    public Signal signal() {
        return new Held();
    }

    @Override
    public void start(String name, Runnable task) {
        var _ = Thread.ofVirtual().name(name).start(task);
    }

    @Override
    public void afterwards(Runnable action) {
        action.run();
    }

    private final class Held implements Signal {

        private boolean raised;
        private long end;

        private boolean isDue() {
            return raised || nanos >= end;
        }

        @Override
        public void raise() {
            lock.lock();
            try {
                raised = true;
                asleep.remove(this);
                passed.signalAll();
            } finally {
                lock.unlock();
            }
        }

        @Override
        public boolean await(Duration timeout) throws InterruptedException {
            lock.lock();
            try {
                end = nanos + timeout.toNanos();
                while (!isDue()) {
                    asleep.add(this);
                    passed.await();
                }
                boolean early = raised;
                raised = false;
                return early;
            } finally {
                asleep.remove(this);
                lock.unlock();
            }
        }
    }
}
