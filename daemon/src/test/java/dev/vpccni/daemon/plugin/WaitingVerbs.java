package dev.vpccni.daemon.plugin;

import dev.vpccni.cni.CniError;
import dev.vpccni.cni.CniException;
import dev.vpccni.cni.CniRequest;
import dev.vpccni.cni.CniResult;
import dev.vpccni.cni.PodAttachment;
import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.node.port.PodNamespace;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Verbs of a node without an address: each ADD waits until there is one, or it is dismissed. */
class WaitingVerbs implements CniVerbs {

    private final Set<AttachmentKey> turns = new HashSet<>();
    private final Set<AttachmentKey> waiting = new HashSet<>();
    private final Set<String> dismissed = new HashSet<>();
    private int addresses;
    private int begun;
    private int granted;
    private boolean busy;

    @Override
    public synchronized boolean addWaits() {
        return addresses == 0;
    }

    @Override
    public synchronized CniResult add(CniRequest request, PodNamespace namespace, Duration patience)
            throws CniException, InterruptedException {
        begun++;
        notifyAll();
        while (busy || !turns.add(request.key())) {
            wait();
        }
        try {
            await(request.key(), System.nanoTime() + patience.toNanos());
        } finally {
            turns.remove(request.key());
            notifyAll();
        }
        granted++;
        return new PodAttachment(
                        namespace.path(),
                        List.of(
                                new PodAttachment.Link(
                                        "eni01234567890",
                                        request.interfaceName(),
                                        Ipv4Address.parse("10.0.0.7"),
                                        2)),
                        1,
                        0)
                .toResult();
    }

    @Override
    public synchronized void dismiss(AttachmentKey key) {
        dismissed.add(key.containerId());
        waiting.remove(key);
        notifyAll();
    }

    @Override
    public void del(CniRequest request) {}

    @Override
    public void check(CniRequest request, PodNamespace namespace) {}

    @Override
    public void gc(CniRequest request) {}

    @Override
    public void status() {}

    private synchronized void await(AttachmentKey key, long end)
            throws CniException, InterruptedException {
        waiting.add(key);
        notifyAll();
        long left = end - System.nanoTime();
        while (addresses == 0 && waiting.contains(key) && left > 0) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
            left = end - System.nanoTime();
        }
        if (!waiting.remove(key) || addresses == 0) {
            throw new CniException(new CniError.TryAgainLater("no address", "wait"));
        }
        addresses--;
    }

    /** Lets so many ADDs be served. */
    synchronized void arrive(int more) {
        addresses += more;
        notifyAll();
    }

    /** Says whether ADDs have something to do before they begin to wait. */
    synchronized void setBusy(boolean value) {
        busy = value;
        notifyAll();
    }

    /** Returns how many ADDs wait for an address. */
    synchronized int waiting() {
        return waiting.size();
    }

    /** Returns how many ADDs there were. */
    synchronized int begun() {
        return begun;
    }

    /** Returns the containers whose waits were to end. */
    synchronized Set<String> dismissed() {
        return Set.copyOf(dismissed);
    }

    /** Returns how many ADDs got an address. */
    synchronized int granted() {
        return granted;
    }
}
