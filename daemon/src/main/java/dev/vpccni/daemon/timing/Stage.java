package dev.vpccni.daemon.timing;

import java.util.Locale;

/** What a verb goes through, in this order; the plugin waits for all of it. */
public enum Stage {
    /** From the start of the plugin until the daemon has its connection. */
    CONNECT,
    /** Until the request is there whole. */
    READ,
    /** Until a thread begins with it. */
    START,
    /** Understanding it, and proving its descriptors. */
    PARSE,
    /** Turns, and the ledger: an address is granted, released or waited for. */
    LEDGER,
    /** Making that durable. */
    CHECKPOINT,
    /** The kernel: a pod is connected, verified or taken off. */
    KERNEL,
    /** The text of the answer. */
    ENCODE,
    /** Handing it to the plugin. */
    ANSWER;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
