package dev.vpccni.node.kernel;

import dev.vpccni.dataplane.NodeSetup;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostNetwork;
import org.jspecify.annotations.Nullable;

/**
 * Prepares the node's part of the kernel, and remembers whether that worked: without its rules a
 * pod would be connected, and not reach far. Safe for use by many threads.
 */
public final class NodePreparation {

    private final HostNetwork host;
    private volatile @Nullable String problem;

    /** Creates it with nothing prepared, and no problem known. */
    public NodePreparation(HostNetwork host) {
        this.host = host;
    }

    /**
     * Makes the node's part of the kernel what {@code setup} says.
     *
     * @throws HostException if the kernel refuses; {@link #problem} says so until it is done
     */
    public void apply(NodeSetup setup) throws HostException, InterruptedException {
        try {
            host.setUpNode(setup);
            problem = null;
        } catch (HostException e) {
            problem = String.valueOf(e.getMessage());
            throw e;
        }
    }

    /** Returns what the kernel refused when it was asked last, or null. */
    public @Nullable String problem() {
        return problem;
    }
}
