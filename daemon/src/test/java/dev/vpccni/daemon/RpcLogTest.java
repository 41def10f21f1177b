package dev.vpccni.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.daemon.log.Log;
import dev.vpccni.daemon.log.LogLevel;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

final class RpcLogTest {

    private final List<Log.Line> lines = new CopyOnWriteArrayList<>();
    private final SetTempo tempo = new SetTempo(Instant.EPOCH, -5);

    @Test
    void tellsOfRefusalsOnceAMinute() {
        try (Log log = log()) {
            var listener = new RpcLog(log, tempo);
            for (int i = 0; i < 1_000; i++) {
                listener.refused("no room");
            }
            tempo.elapse(Duration.ofMinutes(1).minusNanos(1));
            listener.refused("no room");
            tempo.elapse(Duration.ofNanos(1));
            listener.refused("no room");
        }
        assertThat(lines)
                .extracting(Log.Line::message)
                .containsExactly(
                        "refused a client of ipamd.sock: no room (refused so far: 1)",
                        "refused a client of ipamd.sock: no room (refused so far: 1002)");
    }

    @Test
    void tellsABugFromAFailure() {
        try (Log log = log()) {
            var listener = new RpcLog(log, tempo);
            listener.failed("AddNetwork", "team/web", new IOException("disk full"));
            listener.failed("DelNetwork", "team/web", new IllegalStateException("a bug"));
        }
        assertThat(lines)
                .extracting(Log.Line::message)
                .containsExactly(
                        "AddNetwork of team/web failed: disk full",
                        "DelNetwork of team/web failed: a bug");
        assertThat(lines.getFirst().cause()).isNull();
        assertThat(lines.getLast().cause()).isInstanceOf(IllegalStateException.class);
    }

    private Log log() {
        return new Log(
                LogLevel.INFO,
                () ->
                        new Log.Sink() {
                            @Override
                            public void write(Log.Line line) {
                                lines.add(line);
                            }

                            @Override
                            public void close() {}
                        });
    }
}
