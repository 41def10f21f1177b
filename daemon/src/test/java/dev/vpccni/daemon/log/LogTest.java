package dev.vpccni.daemon.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.json.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LogTest {

    @TempDir Path folder;

    @Test
    void writesOneObjectForEachLine() throws Exception {
        Path file = folder.resolve("deep/ipamd.log");
        try (Log log = new Log(new LogSettings(file.toString(), LogLevel.INFO))) {
            log.debug("not this");
            log.info("a \"pod\"");
            log.error("broken", new IllegalStateException("a bug"));
        }
        List<String> lines = Files.readAllLines(file);
        assertThat(lines).hasSize(2);
        assertThat((Map<?, ?>) Json.parse(lines.getFirst()))
                .satisfies(line -> {
                    assertThat(line.get("level")).isEqualTo("info");
                    assertThat(line.get("msg")).isEqualTo("a \"pod\"");
                    assertThat((String) line.get("ts")).matches("20..-..-..T..:..:..\\.[0-9]{3}Z");
                    assertThat((String) line.get("caller")).matches("LogTest.java:[0-9]+");
                });
        assertThat(lines.getLast()).contains("\"level\":\"error\"", "IllegalStateException: a bug");
    }

    @Test
    void appendsToWhatIsThere() throws Exception {
        Path file = folder.resolve("log");
        for (int i = 0; i < 2; i++) {
            try (Log log = new Log(new LogSettings(file.toString(), LogLevel.INFO))) {
                log.info("start " + i);
            }
        }
        assertThat(Files.readAllLines(file)).hasSize(2);
    }

    @Test
    void countsWhatItLeavesOutWhenTheDiskIsSlow() throws Exception {
        var began = new CountDownLatch(1);
        var stuck = new CountDownLatch(1);
        List<String> written = new java.util.concurrent.CopyOnWriteArrayList<>();
        Log.Sink slow =
                new Log.Sink() {
                    @Override
                    public void write(Log.Line line) {
                        try {
                            began.countDown();
                            stuck.await();
                        } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                        }
                        written.add(line.message());
                    }

                    @Override
                    public void close() {}
                };
        Log log = new Log(LogLevel.INFO, () -> slow);
        log.info("first");
        began.await();
        for (int i = 0; i < 4096 + 7; i++) {
            log.info("line");
        }
        stuck.countDown();
        log.close();
        assertThat(written)
                .hasSize(1 + 1 + 4096)
                .contains("7 lines were left out, for they came faster than the disk takes");
    }

    @Test
    void alwaysHasThreeDigitsOfMilliseconds() {
        assertThat(LineEncoder.time(Instant.parse("2026-11-21T02:27:33Z")))
                .isEqualTo("2026-11-21T02:27:33.000Z");
        assertThat(LineEncoder.time(Instant.parse("2026-11-21T02:27:33.0129Z")))
                .isEqualTo("2026-11-21T02:27:33.012Z");
    }
}
