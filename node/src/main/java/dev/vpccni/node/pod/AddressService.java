package dev.vpccni.node.pod;

import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.PodName;
import dev.vpccni.node.pool.NoAddressException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * Addresses for pods, as both the CNI verbs and upstream's gRPC services ask for them. Safe for use
 * by many threads.
 */
public interface AddressService {

    /**
     * Grants an address, or one on each network card. The same key gets the same addresses again;
     * grants that this returns are durable.
     *
     * @param everyCard whether the pod wants an address on each card: all of them, or none
     * @param patience how long to wait in all when there is none
     * @return one of each card, in the order of the cards; otherwise one
     * @throws NoAddressException if waiting cannot help, or did not within {@code patience}
     * @throws IOException if a grant could not be made durable; then there is none
     */
    List<Lease> assign(AttachmentKey key, PodName pod, boolean everyCard, Duration patience)
            throws NoAddressException, IOException, InterruptedException;

    /**
     * Ends the wait of whoever waits for an address for {@code key}, as if patience had run out.
     * What has been granted stays granted.
     */
    void dismiss(AttachmentKey key);

    /**
     * Takes back what {@code key} was granted; its addresses begin to cool down.
     *
     * @return what was granted, in the order of the cards; none if {@code key} has no address
     * @throws IOException if that could not be made durable; then the last grant of them stands
     */
    List<Lease> release(AttachmentKey key) throws IOException, InterruptedException;

    /**
     * An address in use.
     *
     * @param device the device index of the interface that it lies on
     * @param table the route table of that interface
     * @param again whether the key had it before it was asked for
     */
    record Lease(IpAddress address, int device, int table, boolean again) {}
}
