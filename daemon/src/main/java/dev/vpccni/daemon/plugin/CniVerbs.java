package dev.vpccni.daemon.plugin;

import dev.vpccni.cni.CniException;
import dev.vpccni.cni.CniRequest;
import dev.vpccni.cni.CniResult;
import dev.vpccni.model.AttachmentKey;
import dev.vpccni.node.port.PodNamespace;
import java.time.Duration;

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
}
