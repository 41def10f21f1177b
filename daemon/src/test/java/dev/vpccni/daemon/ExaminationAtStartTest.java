package dev.vpccni.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.daemon.log.Log;
import dev.vpccni.daemon.log.LogLevel;
import dev.vpccni.doctor.Diagnosis;
import dev.vpccni.doctor.check.Finding;
import dev.vpccni.doctor.check.Severity;
import dev.vpccni.node.port.Tempo;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the daemon makes of its look at the host, and what a look that goes wrong does to it. */
@Timeout(60)
final class ExaminationAtStartTest {

    private static final Duration LONG = Duration.ofMinutes(5);
    private static final Duration SHORT = Duration.ofSeconds(1);
    private static final Diagnosis NOTHING = new Diagnosis(List.of(), List.of());

    private final List<Log.Line> lines = new CopyOnWriteArrayList<>();
    private final List<String> faults = new CopyOnWriteArrayList<>();
    private final RealTempo tempo = new RealTempo((task, fault) -> faults.add(task + ": " + fault));
    private final Tempo.Signal serving = tempo.signal();
    private final Log log =
            new Log(
                    LogLevel.DEBUG,
                    () ->
                            new Log.Sink() {
                                @Override
                                public void write(Log.Line line) {
                                    lines.add(line);
                                }

                                @Override
                                public void close() {}
                            });

    @AfterEach
    void nothingOfItEndedTheDaemon() {
        log.close();
        assertThat(faults).isEmpty();
    }

    @Test
    void eachFindingIsALine() throws Exception {
        serving.raise();
        Diagnosis diagnosis =
                new Diagnosis(
                        List.of(
                                finding(Severity.WRONG, "mtu"),
                                finding(Severity.WARNING, "pod-rules")),
                        List.of("nft's rules: too many"));
        start(LONG, () -> diagnosis);

        assertThat(told())
                .containsExactly(
                        "ERROR doctor: mtu: seen; this breaks: broken; remedy: do this",
                        "WARN doctor: pod-rules: seen; this breaks: broken; remedy: do this",
                        "DEBUG doctor: not looked at: nft's rules: too many");
    }

    @Test
    void aHostThatIsWellIsALineToo() throws Exception {
        serving.raise();
        start(LONG, () -> NOTHING);

        assertThat(told()).containsExactly("INFO doctor: nothing wrong with the host");
    }

    @Test
    void aLookThatFailsIsALine() throws Exception {
        serving.raise();
        start(
                LONG,
                () -> {
                    throw new IOException("no such namespace");
                });

        assertThat(told())
                .containsExactly(
                        "WARN doctor: cannot look at the host: java.io.IOException: no such"
                                + " namespace");
    }

    /** A bug is no reason to end the daemon. */
    @Test
    void aFaultOfTheLookIsALine() throws Exception {
        serving.raise();
        start(
                LONG,
                () -> {
                    throw new StackOverflowError("too deep");
                });

        assertThat(told())
                .containsExactly(
                        "WARN doctor: cannot look at the host: java.lang.StackOverflowError: too"
                                + " deep");
    }

    /** It is told to end, and is not waited for: this one does not end. */
    @Test
    void aLookThatHangsIsGivenUp() throws Exception {
        serving.raise();
        var interrupted = new CountDownLatch(1);
        var end = new CountDownLatch(1);
        start(
                SHORT,
                () -> {
                    try {
                        end.await();
                    } catch (InterruptedException e) {
                        interrupted.countDown();
                        end.await();
                    }
                    return NOTHING;
                });

        assertThat(told())
                .containsExactly(
                        "WARN doctor: not done with the host after 1 s; `vpc-cni doctor` says more");
        assertThat(interrupted.await(30, TimeUnit.SECONDS)).isTrue();
        end.countDown();
    }

    /** Whoever starts it goes on; it does not look before the daemon serves. */
    @Test
    void itWaitsUntilTheDaemonServes() throws Exception {
        var looked = new AtomicBoolean();
        var waits = new CountDownLatch(1);
        var serves = new CountDownLatch(1);
        CountDownLatch ended =
                begin(
                        signal(timeout -> {
                            waits.countDown();
                            serves.await();
                            return true;
                        }),
                        LONG,
                        () -> {
                            looked.set(true);
                            return NOTHING;
                        });

        waits.await();
        assertThat(looked).isFalse();
        serves.countDown();
        ended.await();
        assertThat(looked).isTrue();
    }

    /** EC2 may keep silent: what is wrong with the host may be the reason. */
    @Test
    void itLooksThoughTheDaemonNeverServes() throws Exception {
        var patience = new AtomicReference<Duration>();
        begin(
                        signal(timeout -> {
                            patience.set(timeout);
                            return false;
                        }),
                        LONG,
                        () -> NOTHING)
                .await();

        assertThat(told()).containsExactly("INFO doctor: nothing wrong with the host");
        assertThat(patience.get()).isBetween(Duration.ofSeconds(1), Duration.ofMinutes(2));
    }

    @Test
    void toldToEndItEnds() throws Exception {
        var waits = new CountDownLatch(1);
        var end = new CountDownLatch(1);
        Tempo.Signal never =
                signal(timeout -> {
                    waits.countDown();
                    end.await();
                    return true;
                });
        var thread =
                Thread.ofVirtual().start(new ExaminationAtStart(() -> NOTHING, never, LONG, log));
        waits.await();
        thread.interrupt();
        thread.join();

        assertThat(told()).isEmpty();
    }

    private static Finding finding(Severity severity, String check) {
        return new Finding(check, severity, "seen", "broken", "do this");
    }

    private void start(Duration deadline, HostExamination.Looking look) throws Exception {
        begin(serving, deadline, look).await();
    }

    /** Starts it as the daemon does, and returns what is counted down when it ends. */
    private CountDownLatch begin(
            Tempo.Signal signal, Duration deadline, HostExamination.Looking look) {
        var ended = new CountDownLatch(1);
        var examination = new ExaminationAtStart(look, signal, deadline, log);
        tempo.start(
                "doctor",
                () -> {
                    try {
                        examination.run();
                    } finally {
                        ended.countDown();
                    }
                });
        return ended;
    }

    private List<String> told() {
        log.close();
        return lines.stream().map(line -> line.level() + " " + line.message()).toList();
    }

    /** How somebody waits. */
    private interface Waiting {
        boolean await(Duration timeout) throws InterruptedException;
    }

    private static Tempo.Signal signal(Waiting waiting) {
        return new Tempo.Signal() {
            @Override
            public void raise() {}

            @Override
            public boolean await(Duration timeout) throws InterruptedException {
                return waiting.await(timeout);
            }
        };
    }
}
