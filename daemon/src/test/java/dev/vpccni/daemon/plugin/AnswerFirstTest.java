package dev.vpccni.daemon.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.cni.CniError;
import dev.vpccni.cni.CniException;
import dev.vpccni.cni.CniRequest;
import dev.vpccni.cni.CniResult;
import dev.vpccni.daemon.timing.Latencies;
import dev.vpccni.host.NamespaceParameters;
import dev.vpccni.linux.Descriptor;
import dev.vpccni.node.port.PodNamespace;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The plugin has its answer before anything is done that it need not wait for. */
@Timeout(60)
final class AnswerFirstTest {

    private static final Duration LONG = Duration.ofMinutes(5);
    private static final Limits PATIENT = Limits.of(LONG, LONG, 256, 1024, 512);

    private final CountDownLatch answered = new CountDownLatch(1);
    private final List<String> done = new CopyOnWriteArrayList<>();

    @Test
    void beforeTheNamespaceIsClosed() throws Exception {
        var answerer =
                new CniAnswerer(
                        new FakeVerbs(),
                        new FakeEgressVerbs(),
                        this::adopt,
                        new Latencies(),
                        new FakeLog());
        try (ServerUnderTest server = ServerUnderTest.of(answerer, PATIENT);
                Client client = server.connect().add("c1")) {
            assertThat(client.answer()).contains("10.0.0.7/32");
            answered.countDown();
            Await.until("it is closed", () -> !done.isEmpty());
            assertThat(done).containsExactly("closed, and answered before: true");
        }
    }

    @Test
    void beforeWhatIsPutOff() throws Exception {
        var verbs = new PuttingOff(null, false);
        try (ServerUnderTest server = ServerUnderTest.of(verbs, PATIENT);
                Client client = server.connect().add("c1")) {
            assertThat(client.answer()).contains("10.0.0.7/32");
            assertThat(done).isEmpty();
            answered.countDown();
            Await.until("it is done", () -> !done.isEmpty());
            assertThat(done).containsExactly("put off, and answered before: true");
        }
    }

    @Test
    void beforeWhatIsPutOffAlsoWhereTheVerbFails() throws Exception {
        var failure = new CniException(new CniError.TryAgainLater("no address", "wait"));
        try (ServerUnderTest server = ServerUnderTest.of(new PuttingOff(failure, false), PATIENT);
                Client client = server.connect().add("c1")) {
            assertThat(client.code()).isEqualTo(11);
            assertThat(done).isEmpty();
            answered.countDown();
            Await.until("it is done", () -> !done.isEmpty());
            assertThat(done).containsExactly("put off, and answered before: true");
        }
    }

    /** What waits may wait for what was put off. */
    @Test
    void unlessTheVerbBeginsToWait() throws Exception {
        answered.countDown();
        try (ServerUnderTest server = ServerUnderTest.of(new PuttingOff(null, true), PATIENT);
                Client client = server.connect().add("c1")) {
            assertThat(client.answer()).contains("10.0.0.7/32");
            assertThat(done).containsExactly("put off, and answered before: true");
        }
    }

    @Test
    void whatIsPutOffIsDoneAlsoWhereTheVerbEndsByAnError() throws Exception {
        var fault = new OutOfMemoryError("injected");
        Answerer answerer =
                _ -> {
                    Afterwards.run(() -> done.add("put off"));
                    throw fault;
                };
        try (ServerUnderTest server = ServerUnderTest.of(answerer, PATIENT);
                Client client = server.connect()) {
            client.send(Client.frame("STATUS", "", 0));
            Await.until("it is reported", () -> !server.faults.isEmpty());
            assertThat(done).containsExactly("put off");
            assertThat(server.faults.values()).containsExactly(fault);
        }
    }

    @Test
    void saysInWhichStagesTheTimeWent() throws Exception {
        try (ServerUnderTest server = ServerUnderTest.of(new FakeVerbs(), PATIENT);
                Client client = server.connect().add("c1")) {
            assertThat(client.answer()).contains("10.0.0.7/32");
            Await.until("it is said", () -> !server.log.lines.isEmpty());
            assertThat(server.log.lines)
                    .singleElement()
                    .asString()
                    .matches(
                            "ADD aws-cni/c1/eth0 .* done in \\d+ us: connect \\d+, read \\d+,"
                                    + " start \\d+, parse \\d+, ledger \\d+, encode \\d+,"
                                    + " answer \\d+");
        }
    }

    /** Does not end before the plugin has its answer, and says so if it had to give up. */
    private void note(String what) {
        try {
            done.add(what + ", and answered before: " + answered.await(20, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private PodNamespace adopt(
            String path,
            Descriptor namespace,
            Descriptor socket,
            @Nullable NamespaceParameters parameters) {
        return new PodNamespace() {
            @Override
            public String path() {
                return path;
            }

            @Override
            public void close() {
                note("closed");
                namespace.close();
                socket.close();
            }
        };
    }

    /** An ADD that puts something off, and then succeeds or fails, or waits first. */
    private final class PuttingOff extends WaitingVerbs {

        private final @Nullable CniException failure;
        private final boolean waits;

        PuttingOff(@Nullable CniException failure, boolean waits) {
            this.failure = failure;
            this.waits = waits;
            arrive(1);
        }

        @Override
        public synchronized CniResult add(
                CniRequest request, PodNamespace namespace, Duration patience)
                throws CniException, InterruptedException {
            Afterwards.run(() -> note("put off"));
            if (waits) {
                Afterwards.catchUp();
                assertThat(done).hasSize(1);
            }
            if (failure != null) {
                throw failure;
            }
            return super.add(request, namespace, patience);
        }
    }
}
