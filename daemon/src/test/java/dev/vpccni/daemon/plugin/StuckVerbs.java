package dev.vpccni.daemon.plugin;

import dev.vpccni.cni.CniException;
import dev.vpccni.cni.CniRequest;
import dev.vpccni.cni.CniResult;
import dev.vpccni.model.AttachmentKey;
import dev.vpccni.node.port.PodNamespace;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Verbs that say they take no time, and then some of them do not end: those of the containers whose
 * names begin with {@code stuck}, and a GC.
 */
final class StuckVerbs implements CniVerbs {

    /** Each verb and the thread that carries it out, such as {@code DEL c1 by cni-socket-0}. */
    final List<String> begun = new CopyOnWriteArrayList<>();

    private final FakeVerbs verbs = new FakeVerbs();
    private final AtomicInteger stuck = new AtomicInteger();
    private final CountDownLatch free = new CountDownLatch(1);

    @Override
    public boolean addWaits() {
        return false;
    }

    @Override
    public CniResult add(CniRequest request, PodNamespace namespace, Duration patience)
            throws CniException, InterruptedException {
        begin("ADD " + request.key().containerId());
        return verbs.add(request, namespace, patience);
    }

    @Override
    public void dismiss(AttachmentKey key) {
        // What hangs here does not hear of it.
    }

    @Override
    public void del(CniRequest request) throws CniException, InterruptedException {
        begin("DEL " + request.key().containerId());
    }

    @Override
    public void check(CniRequest request, PodNamespace namespace)
            throws CniException, InterruptedException {
        begin("CHECK " + request.key().containerId());
    }

    @Override
    public void gc(CniRequest request) throws InterruptedException {
        begin("GC stuck");
    }

    @Override
    public void status() {
        begun.add("STATUS by " + Thread.currentThread().getName());
    }

    private void begin(String what) throws InterruptedException {
        begun.add(what + " by " + Thread.currentThread().getName());
        if (what.contains(" stuck")) {
            stuck.incrementAndGet();
            free.await();
        }
    }

    /** Returns how many verbs hang, or hung. */
    int stuck() {
        return stuck.get();
    }

    /** Returns which threads of the socket begin verbs. */
    long begunBySocket() {
        return begun.stream().filter(line -> line.contains(" by cni-socket-")).count();
    }

    /** Lets everything end. */
    void free() {
        free.countDown();
    }
}
