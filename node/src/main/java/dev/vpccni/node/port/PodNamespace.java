package dev.vpccni.node.port;

/**
 * A pod's network namespace, as whoever asks for the wiring handed it over. Only the {@link
 * HostNetwork} that belongs to it looks inside.
 */
public interface PodNamespace extends AutoCloseable {

    /** Returns the path that the runtime gave it, for messages. */
    String path();

    /** Lets go of what the namespace was handed over with. */
    @Override
    void close();
}
