package dev.vpccni.kubernetes;

import org.jspecify.annotations.Nullable;

/** Something about the Node that the daemon sees to. Used by one thread. */
interface NodeDuty {

    /**
     * Sees to it, or leaves it for later.
     *
     * @param said what the Node says
     * @param obstacle why no pod can be connected; null where they can
     */
    void attend(NodeObject.Said said, @Nullable String obstacle) throws InterruptedException;
}
