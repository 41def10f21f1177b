package dev.vpccni.node.port;

import dev.vpccni.dataplane.egress.EgressRange;
import dev.vpccni.model.IpAddress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Which container has which egress address. What is reserved is reserved for other processes too,
 * and until it is released: nothing expires.
 */
public interface EgressAddresses {

    /**
     * The addresses of one network.
     *
     * @param folder where it is recorded which are in use
     */
    record Pool(Path folder, EgressRange range) {}

    /**
     * Who has an address.
     *
     * @param containerId as in {@code CNI_CONTAINERID}
     * @param interfaceName as in {@code CNI_IFNAME}: the container's first interface
     */
    record Owner(String containerId, String interfaceName) {}

    /**
     * An address that is reserved.
     *
     * @param again whether it was before
     */
    record Reservation(IpAddress address, boolean again) {}

    /**
     * Reserves an address. The same owner gets the same one again.
     *
     * @param busy what is in use though nobody has reserved it
     * @return null if all are in use
     * @throws IOException if it cannot be recorded; then nothing is reserved
     */
    @Nullable Reservation reserve(Pool pool, Owner owner, Set<IpAddress> busy)
            throws IOException, InterruptedException;

    /** Returns what {@code owner} has reserved; null for nothing. */
    @Nullable IpAddress find(Pool pool, Owner owner) throws IOException, InterruptedException;

    /**
     * Returns all that is reserved and by whom. An interface that an old release did not record has
     * an empty name, and so have both parts of a record that does not say anything.
     */
    SortedMap<IpAddress, Owner> all(Pool pool) throws IOException, InterruptedException;

    /** Gives back an address; one that is not reserved is not missed. */
    void release(Pool pool, IpAddress address) throws IOException, InterruptedException;
}
