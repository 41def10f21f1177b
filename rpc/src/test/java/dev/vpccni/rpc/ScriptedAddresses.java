package dev.vpccni.rpc;

import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.PodName;
import dev.vpccni.node.pod.AddressService;
import dev.vpccni.node.pool.NoAddressException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Grants from a short list of addresses, and can be told that its disk is broken. */
final class ScriptedAddresses implements AddressService {

    /** As many cards as the node has. */
    private static final int CARDS = 2;

    private final Deque<IpAddress> free = new ArrayDeque<>();
    private final Map<AttachmentKey, List<Lease>> granted = new TreeMap<>();
    private boolean diskBroken;
    private @Nullable PodName lastPod;
    private Duration lastPatience = Duration.ZERO;

    ScriptedAddresses(String... addresses) {
        for (String each : addresses) {
            free.add(IpAddress.parse(each));
        }
    }

    @Override
    public synchronized List<Lease> assign(
            AttachmentKey key, PodName pod, boolean everyCard, Duration patience)
            throws NoAddressException, IOException {
        lastPod = pod;
        lastPatience = patience;
        checkDisk();
        List<Lease> known = granted.get(key);
        if (known != null) {
            return known.stream()
                    .map(one -> new Lease(one.address(), one.device(), one.table(), true))
                    .toList();
        }
        var leases = new ArrayList<Lease>();
        for (int card = 0; card < (everyCard ? CARDS : 1); card++) {
            IpAddress address = free.poll();
            if (address == null) {
                throw new NoAddressException("all addresses are in use", "a larger instance");
            }
            leases.add(new Lease(address, 1, card == 0 ? 2 : 10_001 + 100 * card, false));
        }
        granted.put(key, leases);
        return leases;
    }

    @Override
    public void dismiss(AttachmentKey key) {
        // Nobody waits here.
    }

    @Override
    public synchronized List<Lease> release(AttachmentKey key) throws IOException {
        checkDisk();
        List<Lease> released = granted.remove(key);
        return released == null ? List.of() : released;
    }

    synchronized void breakDisk() {
        diskBroken = true;
    }

    synchronized @Nullable PodName lastPod() {
        return lastPod;
    }

    synchronized Duration lastPatience() {
        return lastPatience;
    }

    private void checkDisk() throws IOException {
        if (diskBroken) {
            throw new IOException("no space left");
        }
    }
}
