package dev.vpccni.host;

import dev.vpccni.linux.Descriptor;
import dev.vpccni.linux.route.RouteMonitor;
import dev.vpccni.linux.route.RouteMonitor.Topic;
import dev.vpccni.linux.route.Rtnetlink;
import dev.vpccni.model.MacAddress;
import dev.vpccni.node.port.HostException;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * Waits for a network interface to appear: hears of it from the kernel, so that nobody has to ask
 * again and again. Each wait is a thread of its own; there are no more than interfaces on the way.
 */
final class LinkWatch {

    private static final String STEP = "wait for a link";

    private final @Nullable Descriptor namespace;
    private final String vethPrefix;

    /**
     * @param namespace where the links are, or null if that is the namespace of this process
     */
    LinkWatch(@Nullable Descriptor namespace, String vethPrefix) {
        this.namespace = namespace;
        this.vethPrefix = vethPrefix;
    }

    /** Returns whether a link with the address {@code mac} is there before the time is up. */
    boolean await(MacAddress mac, Duration patience) throws HostException, InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        var stop = new Stop();
        var task = new FutureTask<>(() -> watch(mac, deadline, stop));
        Thread.ofPlatform().name("wait-for-link-" + mac).daemon().start(task);
        try {
            return task.get();
        } catch (InterruptedException e) {
            stop.now();
            throw e;
        } catch (ExecutionException e) {
            throw Thrown.by(STEP, e);
        }
    }

    private boolean watch(MacAddress mac, long deadline, Stop stop)
            throws IOException, HostException {
        KernelThreads.enter(namespace);
        try (RouteMonitor monitor = RouteMonitor.open(EnumSet.of(Topic.LINKS));
                Rtnetlink node = Rtnetlink.open()) {
            stop.of(monitor);
            try {
                while (!isThere(mac, node)) {
                    long left = deadline - System.nanoTime();
                    if (left <= 0 || stop.isAsked()) {
                        return false;
                    }
                    var _ = monitor.receive(Duration.ofNanos(left));
                }
                return true;
            } finally {
                stop.done();
            }
        }
    }

    private boolean isThere(MacAddress mac, Rtnetlink node) throws HostException {
        return Links.read(node, vethPrefix).interfaces().stream()
                .anyMatch(link -> Wire.mac(mac).equals(link.address()));
    }

    /** The wish of one thread that another one stops listening. */
    private static final class Stop {

        private @Nullable RouteMonitor monitor;
        private boolean asked;

        synchronized void of(RouteMonitor listening) {
            monitor = listening;
        }

        synchronized void done() {
            monitor = null;
        }

        synchronized boolean isAsked() {
            return asked;
        }

        synchronized void now() {
            asked = true;
            if (monitor != null) {
                try {
                    monitor.wakeUp();
                } catch (IOException e) {
                    // Then it ends when its time is up.
                }
            }
        }
    }
}
