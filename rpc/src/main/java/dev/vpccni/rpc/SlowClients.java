package dev.vpccni.rpc;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Looks once a second for clients that are too slow, for as long as there are clients. */
final class SlowClients {

    private static final Duration LOOK = Duration.ofSeconds(1);

    private final ScheduledExecutorService timer;
    private final Connections connections;
    private final OpenCalls calls;
    private final AtomicBoolean looking = new AtomicBoolean();

    SlowClients(ScheduledExecutorService timer, Connections connections, OpenCalls calls) {
        this.timer = timer;
        this.connections = connections;
        this.calls = calls;
        connections.onOpened(this::lookSoon);
    }

    private void lookSoon() {
        if (looking.compareAndSet(false, true)) {
            var _ = timer.schedule(this::look, LOOK.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void look() {
        try {
            connections.closeStuck();
            calls.closeOverdue();
        } catch (Throwable e) { // the timer would keep it to itself
            Thread self = Thread.currentThread();
            self.getUncaughtExceptionHandler().uncaughtException(self, e);
        }
        looking.set(false);
        if (!connections.isEmpty()) { // a client that comes later begins it again
            lookSoon();
        }
    }
}
