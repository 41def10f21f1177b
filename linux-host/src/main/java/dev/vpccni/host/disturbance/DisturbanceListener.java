package dev.vpccni.host.disturbance;

import dev.vpccni.dataplane.firewall.Backend;
import dev.vpccni.host.kernel.KernelThreads;
import dev.vpccni.host.kernel.Thrown;
import dev.vpccni.linux.Descriptor;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostNetwork.Part;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Listens for disturbances on behalf of one task at a time, on a platform thread for each wait. The
 * sockets stay open from one wait to the next, so that nothing is missed in between. Thread-safe.
 */
public final class DisturbanceListener implements AutoCloseable {

    private static final String STEP = "listen to the kernel";

    private final @Nullable Descriptor namespace;
    private final Concern.Source concern;
    private final Set<Integer> ownPorts;
    private final ReentrantLock turn = new ReentrantLock();
    private volatile @Nullable DisturbanceMonitor monitor;
    private volatile boolean closed;

    /**
     * @param namespace where to listen, or null if that is the namespace of this process
     * @param concern what counts as a disturbance
     * @param ownPorts of the sockets whose changes are ours
     */
    public DisturbanceListener(
            @Nullable Descriptor namespace, Concern.Source concern, Set<Integer> ownPorts) {
        this.namespace = namespace;
        this.concern = concern;
        this.ownPorts = Set.copyOf(ownPorts);
    }

    /**
     * Waits for a disturbance. The first time, and after a failure, all parts are told at once:
     * nobody has listened before.
     *
     * @param backend what iptables(8) speaks to
     * @return none if {@code patience} passed first
     * @throws InterruptedException also if this is closed, which tells whoever listens to end
     */
    public Set<Part> await(Duration patience, Backend backend)
            throws HostException, InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        var task = new FutureTask<>(() -> listen(deadline, backend));
        Thread.ofPlatform().name("wait-for-disturbance").daemon().start(task);
        try {
            return task.get();
        } catch (InterruptedException e) {
            wakeUp();
            throw e;
        } catch (ExecutionException e) {
            throw Thrown.by(STEP, e);
        }
    }

    private Set<Part> listen(long deadline, Backend backend)
            throws IOException, InterruptedException {
        turn.lock();
        try {
            DisturbanceMonitor listening = monitor;
            if (closed) {
                throw new InterruptedException("nobody listens to the kernel any more");
            }
            if (listening == null) {
                KernelThreads.enter(namespace);
                monitor = DisturbanceMonitor.open(concern, ownPorts, backend);
                return EnumSet.allOf(Part.class);
            }
            return listening.hear(deadline);
        } catch (IOException | RuntimeException e) {
            closeMonitor();
            throw e;
        } finally {
            turn.unlock();
        }
    }

    /** Ends a wait under way. */
    @Override
    public void close() {
        closed = true;
        wakeUp();
        turn.lock();
        try {
            closeMonitor();
        } finally {
            turn.unlock();
        }
    }

    private void wakeUp() {
        DisturbanceMonitor listening = monitor;
        if (listening != null) {
            listening.wakeUp();
        }
    }

    private void closeMonitor() {
        DisturbanceMonitor open = monitor;
        monitor = null;
        if (open != null) {
            open.close();
        }
    }
}
