package dev.vpccni.daemon.plugin;

/** Told of a thread that ended by a fault, which nothing else would notice. */
@FunctionalInterface
public interface ThreadFaults {

    /**
     * Hears of it.
     *
     * @param thread what it is called
     */
    void ended(String thread, Throwable fault);
}
