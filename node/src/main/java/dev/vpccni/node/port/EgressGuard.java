package dev.vpccni.node.port;

import java.time.Duration;
import java.util.List;
import java.util.SortedMap;

/**
 * What the node has for containers that get out in the other family, as far as somebody else may
 * remove it. What is not known to be a living container's is nothing that is missing.
 */
public interface EgressGuard {

    /**
     * Waits until somebody may have removed something.
     *
     * @return false if {@code patience} passed first; true the first time, and after a failure
     * @throws InterruptedException also once nobody listens any more
     */
    boolean awaitDisturbance(Duration patience) throws HostException, InterruptedException;

    /** Returns what is missing, a phrase for each, by what it is missing for. */
    SortedMap<String, List<String>> missing() throws HostException, InterruptedException;

    /**
     * Brings back what is missing for one of those that {@link #missing} names.
     *
     * @return what that was; nothing if it was not missing any more
     */
    List<String> restore(String thing) throws HostException, InterruptedException;
}
