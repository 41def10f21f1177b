package dev.vpccni.daemon;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.daemon.log.Log;
import dev.vpccni.daemon.log.LogLevel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ProcessEndTest {

    private static final Duration NEVER = Duration.ofDays(1);
    private static final Duration AT_ONCE = Duration.ZERO;

    private final List<Log.Line> lines = new CopyOnWriteArrayList<>();
    private final ByteArrayOutputStream errors = new ByteArrayOutputStream();
    private final BlockingQueue<Integer> halts = new LinkedBlockingQueue<>();
    private final CountDownLatch hang = new CountDownLatch(1);
    private final Log log = new Log(LogLevel.INFO, () -> sink(lines::add));

    @AfterEach
    void letGo() {
        hang.countDown();
        log.close();
    }

    @Test
    void saysWhatAThreadDiedOf() throws Exception {
        ProcessEnd end = end(log, errors, NEVER);
        Thread thread =
                Thread.ofPlatform()
                        .name("cni-accept-0")
                        .uncaughtExceptionHandler(end)
                        .start(() -> {
                            throw new OutOfMemoryError("Cannot reserve 64 bytes");
                        });
        thread.join();
        assertThat(halts.poll()).isEqualTo(1);
        assertThat(lines)
                .singleElement()
                .satisfies(line -> {
                    assertThat(line.level()).isEqualTo(LogLevel.ERROR);
                    assertThat(line.message()).contains("\"cni-accept-0\"", "Cannot reserve");
                    assertThat(line.cause()).isInstanceOf(OutOfMemoryError.class);
                });
        assertThat(errors.toString(UTF_8))
                .startsWith("vpc-cni daemon: ")
                .contains("\"cni-accept-0\"", "OutOfMemoryError", "Cannot reserve")
                .endsWith("\n");
    }

    @Test
    void tellsTheFirstFaultOnly() {
        ProcessEnd end = end(log, errors, NEVER);
        end.broken("one part", new IllegalStateException("first"));
        end.broken("another part", new IllegalStateException("second"));
        assertThat(halts).containsExactly(1);
        assertThat(errors.toString(UTF_8)).contains("first").doesNotContain("second");
    }

    @Test
    void endsWhereThereIsNoMemoryForLastWords() {
        var first = new CountDownLatch(1);
        OutputStream full =
                new OutputStream() {
                    @Override
                    public void write(int b) {
                        throw new AssertionError("a byte at a time");
                    }

                    @Override
                    public void write(byte[] text) throws IOException {
                        if (first.getCount() > 0) {
                            first.countDown();
                            throw new OutOfMemoryError("no memory");
                        }
                        errors.write(text);
                    }
                };
        end(log, full, NEVER).broken("a part", new OutOfMemoryError("no memory"));
        assertThat(halts).containsExactly(1);
        assertThat(errors.toString(UTF_8))
                .isEqualTo("vpc-cni daemon: broken, and unable to say by what\n");
    }

    @Test
    void endsWhereNobodyReadsStandardError() throws Exception {
        OutputStream stuck =
                new OutputStream() {
                    @Override
                    public void write(int b) {
                        waitForEver();
                    }

                    @Override
                    public void write(byte[] text) {
                        waitForEver();
                    }
                };
        ProcessEnd end = end(log, stuck, AT_ONCE);
        Thread.ofPlatform().start(() -> end.broken("a part", new IllegalStateException("a bug")));
        assertThat(halts.poll(1, TimeUnit.MINUTES)).isEqualTo(1);
    }

    @Test
    void endsWhereTheDiskOfTheLogHangs() throws Exception {
        var slow = new Log(LogLevel.INFO, () -> sink(_ -> waitForEver()));
        ProcessEnd end = end(slow, errors, AT_ONCE);
        Thread.ofPlatform().start(() -> end.broken("a part", new IllegalStateException("a bug")));
        assertThat(halts.poll(1, TimeUnit.MINUTES)).isEqualTo(1);
    }

    @Test
    void endsWithItsStatusWhenTold() {
        ProcessEnd end = end(log, errors, NEVER);
        end.stop(
                0,
                () -> {
                    log.info("closing");
                    // Whoever used what is closed now may well fail.
                    end.broken("a part", new IllegalStateException("closed"));
                });
        assertThat(halts).containsExactly(0);
        assertThat(lines)
                .extracting(Log.Line::message)
                .containsExactly(
                        "closing", "a part died of java.lang.IllegalStateException: closed");
        assertThat(errors.toString(UTF_8)).isEmpty();
    }

    @Test
    void endsWhenToldEvenIfClosingHangs() throws Exception {
        ProcessEnd end = end(log, errors, AT_ONCE);
        Thread.ofPlatform().start(() -> end.stop(0, this::waitForEver));
        assertThat(halts.poll(1, TimeUnit.MINUTES)).isZero();
    }

    @Test
    void isNotHeldUpByTheDeathOfTheLogItself() throws Exception {
        var dying = new CountDownLatch(1);
        Log broken =
                new Log(
                        LogLevel.INFO,
                        () -> {
                            dying.countDown();
                            throw new OutOfMemoryError("no buffer for compression");
                        });
        ProcessEnd end = end(broken, errors, NEVER);
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler(end);
        try {
            broken.info("a line");
            assertThat(halts.poll(1, TimeUnit.MINUTES)).isEqualTo(1);
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
        assertThat(errors.toString(UTF_8)).contains("\"log\"", "no buffer for compression");
    }

    private ProcessEnd end(Log told, OutputStream standardError, Duration lastWordsMax) {
        return ProcessEnd.prepare(told, standardError, halts::add, lastWordsMax);
    }

    private void waitForEver() {
        try {
            hang.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private interface Writing {
        void write(Log.Line line);
    }

    private static Log.Sink sink(Writing writing) {
        return new Log.Sink() {
            @Override
            public void write(Log.Line line) {
                writing.write(line);
            }

            @Override
            public void close() {}
        };
    }
}
