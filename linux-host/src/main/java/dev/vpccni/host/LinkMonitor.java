package dev.vpccni.host;

import dev.vpccni.host.kernel.KernelConversions;
import dev.vpccni.host.kernel.KernelThreads;
import dev.vpccni.host.kernel.Links;
import dev.vpccni.host.kernel.Thrown;
import dev.vpccni.linux.Descriptor;
import dev.vpccni.linux.route.HardwareAddress;
import dev.vpccni.linux.route.KernelLink;
import dev.vpccni.linux.route.RouteChange;
import dev.vpccni.linux.route.RouteMonitor;
import dev.vpccni.linux.route.RouteMonitor.Topic;
import dev.vpccni.linux.route.Rtnetlink;
import dev.vpccni.model.MacAddress;
import dev.vpccni.node.port.HostException;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * Waits for network interfaces to appear or go: hears of it from the kernel, so that nobody has to
 * ask again and again. Each wait is a thread of its own; there are no more than interfaces on the
 * way, and one that waits for any change. Thread-safe.
 */
final class LinkMonitor {

    private static final String STEP = "wait for a link";

    private final @Nullable Descriptor namespace;

    /** The interfaces that somebody was told of last; null before that. */
    private @Nullable Set<HardwareAddress> told;

    /** Something that the links may have come to be. */
    private interface Condition {

        boolean holds(Links links);

        /** Tells whether what happened to a link with this address may have brought it about. */
        boolean concerns(@Nullable HardwareAddress address, boolean gone);
    }

    /** A link has this address. */
    private record Present(HardwareAddress wanted) implements Condition {

        @Override
        public boolean holds(Links links) {
            return links.addresses().contains(wanted);
        }

        @Override
        public boolean concerns(@Nullable HardwareAddress address, boolean gone) {
            return !gone && wanted.equals(address);
        }
    }

    /** There are other interfaces than somebody was told. */
    private final class Changed implements Condition {

        @Override
        public boolean holds(Links links) {
            return differs(links);
        }

        @Override
        public boolean concerns(@Nullable HardwareAddress address, boolean gone) {
            return gone || isNews(address);
        }
    }

    /**
     * @param namespace where the links are, or null if that is the namespace of this process
     */
    LinkMonitor(@Nullable Descriptor namespace) {
        this.namespace = namespace;
    }

    /** Somebody was told that the links are these: a change is one from here on. */
    synchronized void tell(Links links) {
        if (told == null) {
            told = links.addresses();
        }
    }

    /** Returns whether a link with the address {@code mac} is there before the time is up. */
    boolean await(MacAddress mac, Duration patience) throws HostException, InterruptedException {
        return await("wait-for-link-" + mac, new Present(KernelConversions.mac(mac)), patience);
    }

    /** Returns whether an interface comes or goes, or did since this was asked last. */
    boolean awaitChange(Duration patience) throws HostException, InterruptedException {
        return await("wait-for-links", new Changed(), patience);
    }

    private synchronized boolean isNews(@Nullable HardwareAddress address) {
        return told == null || !told.contains(address);
    }

    private synchronized boolean differs(Links links) {
        Set<HardwareAddress> now = links.addresses();
        boolean changed = told != null && !told.equals(now);
        told = now;
        return changed;
    }

    private boolean await(String name, Condition condition, Duration patience)
            throws HostException, InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        var stop = new Stop();
        var task = new FutureTask<>(() -> watch(condition, deadline, stop));
        Thread.ofPlatform().name(name).daemon().start(task);
        try {
            return task.get();
        } catch (InterruptedException e) {
            stop.now();
            throw e;
        } catch (ExecutionException e) {
            throw Thrown.by(STEP, e);
        }
    }

    private boolean watch(Condition condition, long deadline, Stop stop)
            throws IOException, HostException {
        KernelThreads.enter(namespace);
        try (RouteMonitor monitor = RouteMonitor.open(EnumSet.of(Topic.LINKS));
                Rtnetlink node = Rtnetlink.open()) {
            stop.of(monitor);
            try {
                boolean news = true;
                while (true) {
                    if (news && condition.holds(Links.read(node))) {
                        return true;
                    }
                    long left = deadline - System.nanoTime();
                    if (left <= 0 || stop.isAsked()) {
                        return false;
                    }
                    news =
                            monitor.receive(Duration.ofNanos(left)).stream()
                                    .anyMatch(change -> counts(change, condition));
                }
            } finally {
                stop.done();
            }
        }
    }

    /** To list a full node's links whenever anything happens to one would cost more than pods. */
    private boolean counts(RouteChange change, Condition condition) {
        return !(change instanceof RouteChange.LinkChanged(KernelLink link, boolean gone))
                || (!Links.isPods(link)
                        && !Links.isEgress(link)
                        && condition.concerns(link.address(), gone));
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
