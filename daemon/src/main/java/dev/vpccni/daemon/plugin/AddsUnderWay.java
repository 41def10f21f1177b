package dev.vpccni.daemon.plugin;

import dev.vpccni.model.AttachmentKey;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The ADDs that are being carried out, of each attachment in the order in which they came, which is
 * the order in which they take turns. Safe for use by many threads.
 */
final class AddsUnderWay {

    private final SortedMap<AttachmentKey, Deque<Call>> calls = new TreeMap<>();

    synchronized void begin(AttachmentKey key, Call call) {
        calls.computeIfAbsent(key, _ -> new ArrayDeque<>()).add(call);
    }

    synchronized void end(AttachmentKey key, Call call) {
        Deque<Call> sameKey = calls.getOrDefault(key, new ArrayDeque<>());
        sameKey.remove(call);
        if (sameKey.isEmpty()) {
            calls.remove(key);
        }
    }

    /** Tells whether it is {@code call} that has its turn, and so may wait for an address. */
    synchronized boolean hasTurn(AttachmentKey key, Call call) {
        Deque<Call> sameKey = calls.get(key);
        return sameKey != null && call.equals(sameKey.peek());
    }
}
