package dev.vpccni.daemon;

import dev.vpccni.daemon.log.Log;
import dev.vpccni.node.port.Tempo;
import dev.vpccni.rpc.RpcListener;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** What becomes of the requests of upstream's clients, in the log. Safe for use by many threads. */
final class RpcLog implements RpcListener {

    /** Clients that are refused come again, and may be thousands. */
    private static final Duration PERIOD = Duration.ofMinutes(1);

    private final Log log;
    private final Tempo tempo;
    private final AtomicLong refusals = new AtomicLong();
    private final AtomicLong next = new AtomicLong();

    RpcLog(Log log, Tempo tempo) {
        this.log = log;
        this.tempo = tempo;
        next.set(tempo.nanos());
    }

    @Override
    public void addRequested() {}

    @Override
    public void delRequested(String reason) {}

    @Override
    public void failed(String method, String pod, Exception cause) {
        String message = method + " of " + pod + " failed: " + cause.getMessage();
        if (cause instanceof RuntimeException && !(cause instanceof IllegalArgumentException)) {
            log.error(message, cause);
        } else {
            log.warn(message);
        }
    }

    @Override
    public void refused(String reason) {
        long count = refusals.incrementAndGet();
        long now = tempo.nanos();
        long due = next.get();
        if (now - due >= 0 && next.compareAndSet(due, now + PERIOD.toNanos())) {
            log.warn(
                    "refused a client of ipamd.sock: "
                            + reason
                            + " (refused so far: "
                            + count
                            + ")");
        }
    }
}
