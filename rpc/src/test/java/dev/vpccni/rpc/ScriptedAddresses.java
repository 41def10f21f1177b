package dev.vpccni.rpc;

import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.PodName;
import dev.vpccni.node.pod.AddressService;
import dev.vpccni.node.pool.NoAddressException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Grants from a short list of addresses, and can be told that its disk is broken. */
final class ScriptedAddresses implements AddressService {

    private final Deque<IpAddress> free = new ArrayDeque<>();
    private final Map<AttachmentKey, Lease> granted = new TreeMap<>();
    private boolean diskBroken;
    private @Nullable PodName lastPod;
    private Duration lastPatience = Duration.ZERO;

    ScriptedAddresses(String... addresses) {
        for (String each : addresses) {
            free.add(IpAddress.parse(each));
        }
    }

    @Override
    public synchronized Lease assign(AttachmentKey key, PodName pod, Duration patience)
            throws NoAddressException, IOException {
        lastPod = pod;
        lastPatience = patience;
        checkDisk();
        Lease known = granted.get(key);
        if (known != null) {
            return new Lease(known.address(), known.device(), known.table(), true);
        }
        IpAddress address = free.poll();
        if (address == null) {
            throw new NoAddressException("all addresses are in use", "a larger instance");
        }
        var lease = new Lease(address, 1, 2, false);
        granted.put(key, lease);
        return lease;
    }

    @Override
    public void dismiss(AttachmentKey key) {
        // Nobody waits here.
    }

    @Override
    public synchronized @Nullable Lease release(AttachmentKey key) throws IOException {
        checkDisk();
        return granted.remove(key);
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
