package dev.vpccni.kubernetes;

import java.util.function.Supplier;

/**
 * A value that is made of parts, each of which is written by a thread of its own. Once the last of
 * them has called {@link #refresh}, the value holds what all of them wrote. Safe for use by many
 * threads.
 */
final class Combined<T> {

    private final Supplier<T> parts;
    private volatile T value;

    /**
     * @param parts returns the value as the parts are now; must not wait
     */
    Combined(Supplier<T> parts) {
        this.parts = parts;
        value = parts.get();
    }

    T value() {
        return value;
    }

    /**
     * Makes the value anew. Reading the parts and setting the value are one step: else a thread
     * that read earlier could set later, and what another one wrote meanwhile would be lost.
     *
     * @return whether it is another one now
     */
    synchronized boolean refresh() {
        T before = value;
        value = parts.get();
        return !value.equals(before);
    }
}
