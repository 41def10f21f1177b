package dev.vpccni.daemon.cluster;

import dev.vpccni.cni.CniException;
import dev.vpccni.node.Node;
import org.jspecify.annotations.Nullable;

/** What the cluster is told of the node. Safe for use by many threads; nobody waits. */
public interface NodeReadiness {

    /** Returns why no pod can be connected now, and what would help; null where they can. */
    @Nullable String obstacle();

    /** Returns how many pods there are addresses for; negative while that is not known. */
    long addressesMax();

    /** Returns that of {@code node}. */
    static NodeReadiness of(Node node) {
        return new NodeReadiness() {
            @Override
            public @Nullable String obstacle() {
                try {
                    node.status();
                    return null;
                } catch (CniException e) {
                    return e.error().message() + "; " + e.error().details();
                }
            }

            @Override
            public long addressesMax() {
                return node.addressesMax();
            }
        };
    }
}
