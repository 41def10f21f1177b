package dev.vpccni.emulator.state;

import dev.vpccni.model.InterfaceId;
import dev.vpccni.vpc.Cloud;
import dev.vpccni.vpc.CloudStep;
import dev.vpccni.vpc.Port;
import dev.vpccni.vpc.api.Answer;
import dev.vpccni.vpc.api.Ec2Reply;
import dev.vpccni.vpc.api.Ec2Request;
import dev.vpccni.vpc.settings.Latency;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Owns the cloud: requests change it one after the other, and listeners follow. Thread-safe. */
public final class CloudKeeper implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(CloudKeeper.class);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

    private final InstantSource clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Condition told = lock.newCondition();
    private final List<PortListener> listeners = new ArrayList<>();
    private final Thread teller;

    private Cloud cloud;
    private Instant latest;
    private SortedMap<InterfaceId, Port> toldPorts = new TreeMap<>();
    private long toldVersion;
    private @Nullable Instant toldUntil;
    private boolean telling;
    private boolean closed;

    /** Takes {@code cloud} over. */
    public CloudKeeper(Cloud cloud, InstantSource clock) {
        this.cloud = cloud;
        this.clock = clock;
        this.latest = clock.instant();
        this.teller = Thread.ofVirtual().name("emulator-ports").start(this::tell);
    }

    /** Carries out {@code request} at once: without its latency, and without being counted. */
    public <R extends Ec2Reply> Answer<R> apply(Ec2Request<R> request) {
        lock.lock();
        try {
            CloudStep<R> step = cloud.apply(request, now());
            cloud = step.cloud();
            if (cloud.devicesVersion() != toldVersion) {
                changed.signalAll();
            }
            return step.answer();
        } finally {
            lock.unlock();
        }
    }

    /** Returns the cloud as it is; it does not change afterwards. */
    public Cloud cloud() {
        lock.lock();
        try {
            return cloud;
        } finally {
            lock.unlock();
        }
    }

    /** Returns the time, which never runs backwards. */
    public Instant now() {
        lock.lock();
        try {
            Instant read = clock.instant();
            if (read.isAfter(latest)) {
                latest = read;
            }
            return latest;
        } finally {
            lock.unlock();
        }
    }

    /** Changes the delays of everything that happens from now on. */
    public void latency(Latency latency) {
        lock.lock();
        try {
            cloud = cloud.with(latency);
        } finally {
            lock.unlock();
        }
    }

    /** Tells {@code listener} of every port that is there, and of every change from now on. */
    public void listen(PortListener listener) {
        lock.lock();
        try {
            settle();
            toldPorts.values().forEach(port -> tell(() -> listener.plugged(port)));
            listeners.add(listener);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until listeners have been told of everything that has happened so far. */
    public void settle() throws InterruptedException {
        lock.lock();
        try {
            while (!closed && (telling || !isTold())) {
                changed.signalAll();
                told.await(LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Ends the telling; a listener's call that is under way is waited for. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
            told.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            teller.join(LONGEST_WAIT);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void tell() {
        lock.lock();
        try {
            while (!closed) {
                tellOnce();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    private void tellOnce() throws InterruptedException {
        while (!closed && isTold()) {
            told.signalAll();
            Duration wait = toldUntil == null ? LONGEST_WAIT : Duration.between(latest, toldUntil);
            changed.awaitNanos(Math.min(wait.toNanos(), LONGEST_WAIT.toNanos()));
        }
        SortedMap<InterfaceId, Port> before = toldPorts;
        SortedMap<InterfaceId, Port> after = cloud.ports(latest);
        long version = cloud.devicesVersion();
        Instant until = cloud.nextPortChange(latest);
        List<PortListener> present = List.copyOf(listeners);
        telling = true;
        lock.unlock();
        try {
            present.forEach(listener -> tellDifference(listener, before, after));
        } finally {
            lock.lock();
            telling = false;
        }
        toldPorts = after;
        toldVersion = version;
        toldUntil = until;
    }

    /** Whether listeners know the ports of now, without a look at each of these. */
    private boolean isTold() {
        return cloud.devicesVersion() == toldVersion
                && (toldUntil == null || now().isBefore(toldUntil));
    }

    private static void tellDifference(
            PortListener listener,
            SortedMap<InterfaceId, Port> before,
            SortedMap<InterfaceId, Port> after) {
        for (Port port : before.values()) {
            Port successor = after.get(port.eni());
            if (successor == null || !isSameDevice(port, successor)) {
                tell(() -> listener.unplugged(port));
            }
        }
        for (Port port : after.values()) {
            Port predecessor = before.get(port.eni());
            if (predecessor == null || !isSameDevice(predecessor, port)) {
                tell(() -> listener.plugged(port));
            } else if (!predecessor.equals(port)) {
                tell(() -> listener.changed(predecessor, port));
            }
        }
    }

    private static boolean isSameDevice(Port one, Port other) {
        return one.instance().equals(other.instance())
                && one.card() == other.card()
                && one.device() == other.device();
    }

    private static void tell(Runnable message) {
        try {
            message.run();
        } catch (RuntimeException e) {
            LOG.error("A listener failed to follow a port", e);
        }
    }
}
