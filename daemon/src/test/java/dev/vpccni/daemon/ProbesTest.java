package dev.vpccni.daemon;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.InstanceId;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.PodName;
import dev.vpccni.node.pod.AddressService;
import dev.vpccni.node.pod.BranchService;
import dev.vpccni.rpc.NodeFacts;
import dev.vpccni.rpc.RpcListener;
import dev.vpccni.rpc.RpcServer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The probes that a kubelet executes, against the daemon itself. */
final class ProbesTest {

    private static final int NO_CONNECTION = 2;
    private static final int NO_ANSWER = 3;

    @TempDir Path folder;

    /** Health is not about addresses. */
    private static final class NoAddresses implements AddressService {

        @Override
        public List<Lease> assign(
                AttachmentKey key, PodName pod, boolean everyCard, Duration patience)
                throws IOException {
            throw new IOException("there is none");
        }

        @Override
        public void dismiss(AttachmentKey key) {}

        @Override
        public List<Lease> release(AttachmentKey key) {
            return List.of();
        }
    }

    @Test
    void whoServesUpstreamsClientsIsReady() throws Exception {
        var facts =
                new NodeFacts(
                        "v1",
                        "",
                        false,
                        Ipv4Address.parse("10.0.0.10"),
                        new InstanceId("i-0123456789abcdef0"),
                        "us-west-2",
                        false,
                        List.of());
        Path socket = folder.resolve("ipamd.sock");
        assertThat(ready(socket)).isEqualTo(NO_CONNECTION);
        try (RpcServer _ =
                RpcServer.start(
                        socket,
                        facts,
                        new NoAddresses(),
                        BranchService.NONE,
                        List::of,
                        Duration.ofSeconds(1),
                        RpcListener.NONE)) {
            assertThat(ready(socket)).isZero();
            assertThat(ready(socket, "-service=grpc.health.v1.aws-node")).isZero();
            assertThat(ready(socket, "-service=another")).isEqualTo(NO_ANSWER);
        }
        assertThat(ready(socket)).isEqualTo(NO_CONNECTION);
    }

    @Test
    void whoServesItsPluginLivesThoughItHasNoCloudYet() throws Exception {
        try (DaemonJvm daemon = DaemonJvm.start(folder).awaitServing()) {
            assertThat(live(daemon.socket())).isZero();
            assertThat(ready(folder.resolve("ipamd.sock"))).isEqualTo(NO_CONNECTION);
            signal(daemon, "STOP");
            assertThat(live(daemon.socket())).isEqualTo(NO_ANSWER);
            signal(daemon, "CONT");
            assertThat(live(daemon.socket())).isZero();
            daemon.kill();
            assertThat(live(daemon.socket())).isEqualTo(NO_CONNECTION);
        }
    }

    private static int live(Path socket) throws Exception {
        return probe("-live=" + socket, "-connect-timeout=3s");
    }

    private static int ready(Path socket, String... flags) throws Exception {
        var arguments =
                new ArrayList<>(
                        List.of(
                                "-addr=unix://" + socket,
                                "-connect-timeout=5s",
                                "-rpc-timeout=5s"));
        arguments.addAll(List.of(flags));
        return probe(arguments.toArray(String[]::new));
    }

    private static void signal(DaemonJvm daemon, String name) throws Exception {
        Process kill = new ProcessBuilder("kill", "-" + name, "" + daemon.pid()).start();
        assertThat(kill.waitFor()).isZero();
    }

    private static int probe(String... arguments) throws Exception {
        var words =
                new ArrayList<>(
                        List.of(
                                Path.of("../shim/target/grpc-health-probe")
                                        .toAbsolutePath()
                                        .toString()));
        words.addAll(List.of(arguments));
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(said).contains(process.waitFor() == 0 ? "" : "grpc-health-probe: ");
        return process.exitValue();
    }
}
