package dev.vpccni.node.pod;

import dev.vpccni.node.ledger.LedgerKeeper;
import dev.vpccni.node.port.Tempo;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Lets one task at a time work on each of many things, in the order in which they came. On an
 * attachment: a runtime that lost patience with an ADD sends a DEL while the ADD is still at work.
 * On an address: what is left of one pod is taken away before the next one is connected.
 *
 * @param <K> what names them
 */
public final class KeyedLock<K extends Comparable<? super K>> {

    private final Tempo tempo;
    private final SortedMap<K, Deque<Tempo.Signal>> queues = new TreeMap<>();

    /** Creates it with nobody at work. */
    public KeyedLock(Tempo tempo) {
        this.tempo = tempo;
    }

    /** Waits for the caller's turn. {@link #unlock} must follow. */
    public void lock(K key) throws InterruptedException {
        Tempo.Signal mine = tempo.signal();
        boolean alone;
        synchronized (queues) {
            Deque<Tempo.Signal> queue = queues.computeIfAbsent(key, _ -> new ArrayDeque<>());
            alone = queue.isEmpty();
            queue.add(mine);
        }
        if (!alone) {
            await(key, mine);
        }
    }

    /** Lets the next one begin. */
    public void unlock(K key) {
        Tempo.Signal next;
        synchronized (queues) {
            Deque<Tempo.Signal> queue = queues.get(key);
            if (queue == null) {
                throw new IllegalStateException("nobody has a turn for " + key);
            }
            queue.remove();
            if (queue.isEmpty()) {
                queues.remove(key);
            }
            next = queue.peek();
        }
        if (next != null) {
            next.raise();
        }
    }

    /** Locks several, one after the other, or none if it is interrupted. */
    void lockAll(List<K> keys) throws InterruptedException {
        int locked = 0;
        try {
            for (K key : keys) {
                lock(key);
                locked++;
            }
        } finally {
            if (locked < keys.size()) {
                keys.subList(0, locked).forEach(this::unlock);
            }
        }
    }

    /** Tells whether anybody works on {@code key} now, or waits to. */
    public boolean isLocked(K key) {
        synchronized (queues) {
            return queues.containsKey(key);
        }
    }

    private void await(K key, Tempo.Signal mine) throws InterruptedException {
        boolean began = false;
        try {
            while (!began) {
                began = mine.await(LedgerKeeper.A_LONG_TIME);
            }
        } finally {
            if (!began) {
                leave(key, mine);
            }
        }
    }

    private void leave(K key, Tempo.Signal mine) {
        boolean first;
        synchronized (queues) {
            Deque<Tempo.Signal> queue = queues.getOrDefault(key, new ArrayDeque<>());
            first = mine.equals(queue.peek());
            if (!first) {
                queue.remove(mine);
            }
        }
        if (first) {
            unlock(key);
        }
    }
}
