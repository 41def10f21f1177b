package dev.vpccni.node.pod;

import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.PodName;
import dev.vpccni.node.pool.NoAddressException;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Addresses for pods, as both the CNI verbs and upstream's gRPC services ask for them. Safe for use
 * by many threads.
 */
public interface AddressService {

    /**
     * Grants an address. The same key gets the same address again; a grant that this returns is
     * durable.
     *
     * @param patience how long to wait for an address when there is none
     * @throws NoAddressException if waiting cannot help, or did not within {@code patience}
     * @throws IOException if the grant could not be made durable; then there is none
     */
    Lease assign(AttachmentKey key, PodName pod, Duration patience)
            throws NoAddressException, IOException, InterruptedException;

    /**
     * Ends the wait of whoever waits for an address for {@code key}, as if patience had run out.
     * What has been granted stays granted.
     */
    void dismiss(AttachmentKey key);

    /**
     * Takes a grant back; its address begins to cool down.
     *
     * @return what was granted, or null if {@code key} has no address
     * @throws IOException if that could not be made durable; then the grant stands
     */
    @Nullable Lease release(AttachmentKey key) throws IOException, InterruptedException;

    /**
     * An address in use.
     *
     * @param device the device index of the interface that it lies on
     * @param table the route table of that interface
     * @param again whether the key had it before it was asked for
     */
    record Lease(IpAddress address, int device, int table, boolean again) {}
}
