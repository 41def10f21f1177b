package dev.vpccni.rpc;

import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.PodName;
import dev.vpccni.node.pod.AddressService;
import dev.vpccni.node.pool.NoAddressException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Has no address at first; those who wait get one when a test says so. */
final class WaitingAddresses implements AddressService {

    private static final long PATIENCE_MILLIS = 60_000;

    private final Map<AttachmentKey, Lease> granted = new TreeMap<>();
    private final Set<AttachmentKey> waiting = new TreeSet<>();
    private int arrived;
    private int taken;
    private boolean stopped;
    private @Nullable RuntimeException fault;

    @Override
    public synchronized List<Lease> assign(
            AttachmentKey key, PodName pod, boolean everyCard, Duration patience)
            throws NoAddressException, InterruptedException {
        checkFault();
        Lease known = granted.get(key);
        if (known != null) {
            return List.of(new Lease(known.address(), known.device(), known.table(), true));
        }
        if (taken == arrived && patience.isZero()) {
            throw new NoAddressException("there is none now", "");
        }
        waiting.add(key);
        notifyAll();
        while (taken == arrived && waiting.contains(key) && !stopped) {
            wait();
        }
        if (!waiting.remove(key) || taken == arrived) {
            notifyAll();
            throw new NoAddressException("nobody waits any more", "");
        }
        taken++;
        var lease = new Lease(new Ipv4Address(taken), 1, 2, false);
        granted.put(key, lease);
        notifyAll();
        return List.of(lease);
    }

    @Override
    public synchronized void dismiss(AttachmentKey key) {
        waiting.remove(key);
        notifyAll();
    }

    @Override
    public synchronized List<Lease> release(AttachmentKey key) {
        checkFault();
        Lease lease = granted.remove(key);
        if (lease != null) {
            arrived++;
        }
        notifyAll();
        return lease == null ? List.of() : List.of(lease);
    }

    /** Lets addresses arrive. */
    synchronized void arrive(int count) {
        arrived += count;
        notifyAll();
    }

    /** Lets every request fail by a fault; null ends that. */
    synchronized void breakBy(@Nullable RuntimeException bug) {
        fault = bug;
    }

    /** Waits until as many wait for an address. */
    synchronized void awaitWaiting(int count) throws InterruptedException {
        await(() -> waiting.size() == count, "that " + count + " wait");
    }

    /** Waits until exactly these have an address. */
    synchronized void awaitGranted(Set<AttachmentKey> keys) throws InterruptedException {
        await(() -> granted.keySet().equals(keys), "grants of " + keys);
    }

    /** Refuses all who wait. */
    synchronized void stop() {
        stopped = true;
        notifyAll();
    }

    private interface Condition {
        boolean holds();
    }

    private void await(Condition condition, String what) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE_MILLIS * 1_000_000;
        while (!condition.holds()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(
                        "waited in vain for " + what + ": " + waiting + " wait, " + granted);
            }
            wait(10);
        }
    }

    private void checkFault() {
        if (fault != null) {
            throw fault;
        }
    }
}
