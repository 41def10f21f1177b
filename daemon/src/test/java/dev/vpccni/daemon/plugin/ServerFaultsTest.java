package dev.vpccni.daemon.plugin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What goes wrong at the daemon's own end. */
@Timeout(60)
final class ServerFaultsTest {

    private static final Path PLUGIN = Path.of("../shim/target/aws-cni").toAbsolutePath();
    private static final String THREADS = "cni-socket-";
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final Limits PATIENT = Limits.of(LONG, LONG, 256, 1024, 512);

    private final FakeVerbs verbs = new FakeVerbs();

    @Test
    void aThreadThatEndsByAnErrorIsReported() throws Exception {
        var fault = new StackOverflowError("injected");
        var log =
                new FakeLog() {
                    @Override
                    public void warn(String message) {
                        throw fault;
                    }
                };
        try (ServerUnderTest server = ServerUnderTest.of(verbs, PATIENT, log);
                Client client = server.connect()) {
            client.send(new byte[100]);
            Await.until("it is reported", () -> server.faults.size() == 1);
            isOfTheSocket(server.faults, fault);
        }
    }

    @Test
    void aVerbThatEndsByAnErrorIsReported() throws Exception {
        var fault = new OutOfMemoryError("injected");
        Answerer answerer =
                _ -> {
                    throw fault;
                };
        try (ServerUnderTest server = ServerUnderTest.of(answerer, PATIENT);
                Client client = server.connect()) {
            client.send(Client.frame("STATUS", "", 0));
            Await.until("it is reported", () -> server.faults.size() == 1);
            isOfTheSocket(server.faults, fault);
            client.isGivenUp();
        }
    }

    @Test
    void aVerbOfAThreadOfItsOwnThatEndsByAnErrorIsReported() throws Exception {
        var fault = new OutOfMemoryError("injected");
        Answerer answerer =
                new Answerer() {
                    @Override
                    public boolean takesLong(Call call) {
                        return true;
                    }

                    @Override
                    public CniAnswer answer(Call call) {
                        throw fault;
                    }
                };
        try (ServerUnderTest server = ServerUnderTest.of(answerer, PATIENT);
                Client client = server.connect()) {
            client.send(Client.frame("STATUS", "", 0));
            Await.until("it is reported", () -> server.faults.size() == 1);
            assertThat(server.faults).containsOnlyKeys("cni").containsValue(fault);
            client.isGivenUp();
        }
    }

    @Test
    void anAddIsServedOfWhichNobodyCanTellWhetherItWaits() throws Exception {
        verbs.faultOfWaiting = new IllegalStateException("injected");
        try (ServerUnderTest server = ServerUnderTest.of(verbs, PATIENT)) {
            for (int i = 0; i < 20; i++) { // more than the socket has threads
                try (Client client = server.connect().add("c" + i)) {
                    assertThat(client.answer()).contains("10.0.0.7/32");
                }
                server.mustServe();
            }
            assertThat(server.faults).isEmpty();
            assertThat(server.log.lines)
                    .filteredOn(line -> line.startsWith("cannot tell whether ADD takes long: "))
                    .hasSize(20)
                    .allMatch(line -> line.endsWith("IllegalStateException: injected"));
        }
    }

    @Test
    void whatIsPutOffAndEndsByAnErrorIsReported() throws Exception {
        var fault = new OutOfMemoryError("injected");
        Answerer answerer =
                _ -> {
                    Afterwards.run(() -> {
                        throw fault;
                    });
                    return new CniAnswer(ShimProtocol.reply(0, new byte[0]), () -> {});
                };
        try (ServerUnderTest server = ServerUnderTest.of(answerer, PATIENT);
                Client client = server.connect()) {
            assertThat(client.send(Client.frame("STATUS", "", 0)).answer()).isEmpty();
            Await.until("it is reported", () -> server.faults.size() == 1);
            isOfTheSocket(server.faults, fault);
        }
    }

    @Test
    void aWaitThatCannotBeEndedIsReported() throws Exception {
        var fault = new IllegalStateException("injected");
        var broken =
                new WaitingVerbs() {
                    @Override
                    public synchronized void dismiss(dev.vpccni.model.AttachmentKey key) {
                        throw fault;
                    }
                };
        try (ServerUnderTest server = ServerUnderTest.of(broken, PATIENT)) {
            server.connect().add("c1").close();
            Await.until(
                    "it waits, or was not begun",
                    () -> broken.waiting() == 1 || !server.log.lines.isEmpty());
            if (broken.waiting() == 1) {
                Await.until("it is reported", () -> server.faults.size() == 1);
                isOfTheSocket(server.faults, fault);
            }
            broken.arrive(1);
        }
    }

    /** Too many open files: calls wait in the backlog, and nobody spins meanwhile. */
    @Test
    void acceptsAgainOnceThereIsRoomForFiles() throws Exception {
        try (ServerUnderTest server = ServerUnderTest.of(verbs, PATIENT)) {
            loadClasses(server);
            List<Process> plugins = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                plugins.add(plugin(server.socket));
            }
            try (var _ = FileLimit.lower()) {
                for (Process plugin : plugins) {
                    plugin.getOutputStream().close(); // now it connects
                }
                Await.until("it is said", () -> said(server, "EMFILE"));
                long began = System.nanoTime();
                long cpu = cpu();
                Thread.sleep(500);
                assertThat(cpu() - cpu).isLessThan((System.nanoTime() - began) / 2);
                assertThat(server.log.lines.size()).isLessThan(20);
            }
            for (Process plugin : plugins) {
                assertThat(plugin.waitFor()).isZero();
            }
            assertThat(verbs.calls).hasSize(4);
            assertThat(server.faults).isEmpty();
            plugins.forEach(Process::destroy);
        }
    }

    /** A class that is needed while no file can be opened has to be there already. */
    private static void loadClasses(ServerUnderTest server) throws IOException {
        try (Client client = server.connect()) {
            client.send(Arrays.copyOf(new byte[0], 100)).isGivenUp();
        }
        assertThat(new dev.vpccni.linux.ErrnoException("accept", 24, ""))
                .hasMessage("accept: EMFILE");
        server.mustServe();
        assertThat(cpu()).isPositive();
        assertThat(said(server, "nothing")).isFalse();
    }

    private static void isOfTheSocket(Map<String, Throwable> faults, Throwable fault) {
        assertThat(faults).hasSize(1).containsValue(fault);
        assertThat(faults.keySet()).allMatch(thread -> thread.startsWith(THREADS));
    }

    private static boolean said(ServerUnderTest server, String word) {
        return server.log.lines.stream().anyMatch(line -> line.contains(word));
    }

    private static long cpu() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith(THREADS))
                .mapToLong(thread -> threads.getThreadCpuTime(thread.threadId()))
                .sum();
    }

    /** Starts the real plugin, which connects once its standard input ends. */
    private static Process plugin(Path socket) throws IOException {
        var builder = new ProcessBuilder(PLUGIN.toString());
        builder.environment().clear();
        builder.environment().put("CNI_COMMAND", "GC");
        builder.environment().put("CNI_PATH", "/opt/cni/bin");
        builder.environment().put("VPC_CNI_SOCKET", socket.toString());
        Process process = builder.start();
        process.getOutputStream().write(Client.CONFIG.getBytes(UTF_8));
        process.getOutputStream().flush();
        return process;
    }

    /** Lets this process open no file, until it is closed. */
    private record FileLimit(Process helper) implements AutoCloseable {

        static FileLimit lower() throws IOException {
            String script =
                    """
                    old=$(prlimit --pid $PPID --nofile --noheadings --raw --output SOFT,HARD)
                    old=$(echo $old | tr ' ' :)
                    prlimit --pid $PPID --nofile=3:${old#*:}
                    echo lowered
                    read line
                    prlimit --pid $PPID --nofile=$old
                    echo raised
                    """;
            Process helper = new ProcessBuilder("sh", "-euc", script).start();
            var limit = new FileLimit(helper);
            assertThat(limit.said()).isEqualTo("lowered");
            return limit;
        }

        private String said() throws IOException {
            var line = new StringBuilder();
            for (int c = helper.getInputStream().read();
                    c > '\n';
                    c = helper.getInputStream().read()) {
                line.append((char) c);
            }
            return line.toString();
        }

        @Override
        public void close() throws IOException {
            try (OutputStream input = helper.getOutputStream()) {
                input.write('\n');
                input.flush();
                assertThat(said()).isEqualTo("raised");
            } finally {
                helper.destroy();
            }
        }
    }
}
