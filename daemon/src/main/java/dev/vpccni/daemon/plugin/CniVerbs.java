package dev.vpccni.daemon.plugin;

import dev.vpccni.cni.CniException;
import dev.vpccni.cni.CniRequest;
import dev.vpccni.cni.CniResult;
import dev.vpccni.model.AttachmentKey;
import dev.vpccni.node.port.PodNamespace;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the plugin's socket serves. Safe for use by many threads. */
public interface CniVerbs {

    /** Tells whether an ADD that comes now would have to wait for an address. */
    boolean addWaits();

    /**
     * Connects a container.
     *
     * @param patience how long the caller waits for an address
     */
    CniResult add(CniRequest request, PodNamespace namespace, Duration patience)
            throws CniException, InterruptedException;

    /**
     * Ends the wait of an ADD for an address, if it waits just now: it fails then, and has no
     * address. Does not wait.
     */
    void dismiss(AttachmentKey key);

    /** Disconnects a container, whether it is connected or not. */
    void del(CniRequest request) throws CniException, InterruptedException;

    /** Returns if the container is connected as its result says. */
    void check(CniRequest request, PodNamespace namespace)
            throws CniException, InterruptedException;

    /** Lets go of what the runtime does not list. */
    void gc(CniRequest request) throws CniException, InterruptedException;

    /** Returns if an ADD would be served now, or soon enough. */
    void status() throws CniException;

    /** The same for the plugin that is chained behind, whose requests say what is to be done. */
    interface Egress {

        /** Takes a container out in the other family, and returns what is to be answered. */
        Map<String, @Nullable Object> add(CniRequest request, PodNamespace namespace)
                throws CniException, InterruptedException;

        /** Undoes it, whether it was done or not. */
        void del(CniRequest request) throws CniException, InterruptedException;

        /** Returns if it is as the container's result says. */
        void check(CniRequest request, PodNamespace namespace)
                throws CniException, InterruptedException;

        /** Undoes it for what the runtime does not list. */
        void gc(CniRequest request) throws CniException, InterruptedException;

        /** Returns if an ADD would be served now. */
        void status(CniRequest request) throws CniException, InterruptedException;
    }
}
