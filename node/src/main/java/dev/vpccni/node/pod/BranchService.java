package dev.vpccni.node.pod;

import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.MacAddress;
import dev.vpccni.model.PodName;
import dev.vpccni.node.pool.NoAddressException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Pods' own network interfaces, for whoever wires pods by itself, as upstream's plugin does. Safe
 * for use by many threads.
 */
public interface BranchService {

    /** Knows of none. */
    BranchService NONE =
            new BranchService() {
                @Override
                public @Nullable Lease assign(AttachmentKey key, PodName pod, Duration patience) {
                    return null;
                }

                @Override
                public void dismiss(AttachmentKey key) {}

                @Override
                public @Nullable Lease of(PodName pod, String uid) {
                    return null;
                }
            };

    /**
     * Returns the interface that a pod has for itself, or null if it asks for none.
     *
     * @param patience how long to wait for one that is on its way
     * @throws NoAddressException if the pod asks for one that cannot be had
     */
    @Nullable Lease assign(AttachmentKey key, PodName pod, Duration patience)
            throws NoAddressException, InterruptedException;

    /** Ends the wait for an interface, as if patience had run out. */
    void dismiss(AttachmentKey key);

    /**
     * Returns the interface that a pod has for itself, as far as anybody knows now; null where it
     * has none, or nobody knows.
     *
     * @param uid of the pod in Kubernetes; empty where the caller did not say
     */
    @Nullable Lease of(PodName pod, String uid);

    /**
     * A pod's own interface, with what it takes to wire it.
     *
     * @param gateway the router of its subnet
     * @param vlan the tag that its packets have on the trunk
     * @param parent the index of the trunk's link; 0 where it was not looked up
     */
    record Lease(IpAddress address, IpAddress gateway, MacAddress mac, int vlan, int parent) {}
}
