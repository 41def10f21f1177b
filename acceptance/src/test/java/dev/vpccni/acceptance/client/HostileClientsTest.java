package dev.vpccni.acceptance.client;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.acceptance.lab.LabUnderTest;
import dev.vpccni.acceptance.lab.NetConf;
import dev.vpccni.acceptance.lab.Plugin;
import dev.vpccni.acceptance.lab.Plugin.Container;
import dev.vpccni.acceptance.lab.WantedLab;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Clients of the gRPC socket that mean no good, while pods come and go. */
class HostileClientsTest {

    private static final String NODE = "node-1";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int SILENT = 1_000;
    private static final byte[] HALF_A_GREETING = "PRI * HTT".getBytes(US_ASCII);

    @Test
    void noPodWaitsForThemAndNothingOfThemIsLeft() throws Exception {
        try (var lab = LabUnderTest.up(WantedLab.nodes(1, "c5.large"))) {
            var plugin = new Plugin(lab, NODE);
            Container pod = plugin.container("pod");
            comeAndGo(plugin, pod);
            // Pods are served before upstream's clients are.
            lab.await("the gRPC socket", PATIENCE, () -> Files.exists(socket()));
            long files = count(lab, "fd");
            long threads = count(lab, "task");
            List<SocketChannel> hostile = new ArrayList<>();
            try {
                for (int i = 0; i < SILENT; i++) {
                    hostile.add(connect());
                    if (i % 2 == 0) {
                        say(hostile.getLast(), HALF_A_GREETING);
                    }
                    if (i % 100 == 0) {
                        comeAndGo(plugin, pod);
                    }
                }
                assertThat(count(lab, "fd")).isLessThan(files + 100);
                assertThat(count(lab, "task")).isLessThan(threads + 200);
                comeAndGo(plugin, pod);
            } finally {
                for (SocketChannel each : hostile) {
                    each.close();
                }
            }
            lab.await("no more files", PATIENCE, () -> count(lab, "fd") <= files + 5);
            lab.await("no more threads", PATIENCE, () -> count(lab, "task") <= threads + 10);
            plugin.remove(pod);
        }
    }

    private static void comeAndGo(Plugin plugin, Container pod) throws Exception {
        String result = plugin.must("ADD", pod, NetConf.of("1.0.0"));
        plugin.must("DEL", pod, NetConf.after("1.0.0", result));
    }

    private static SocketChannel connect() throws IOException {
        return SocketChannel.open(UnixDomainSocketAddress.of(socket()));
    }

    private static Path socket() {
        return Path.of(
                "/run/vpc-cni-lab", LabUnderTest.name(), "nodes", NODE, "run/aws-node/ipamd.sock");
    }

    private static void say(SocketChannel client, byte[] words) {
        try {
            client.write(ByteBuffer.wrap(words));
        } catch (IOException e) {
            // It has been closed for another one already.
        }
    }

    /**
     * Returns how many files or threads the daemon has; a child that it just begins has no more.
     */
    private static long count(LabUnderTest lab, String what) throws Exception {
        String script =
                "own=$(readlink /proc/self/ns/net); for p in /proc/[0-9]*; do"
                        + " [ \"$(readlink $p/ns/net 2>/dev/null)\" = \"$own\" ] || continue;"
                        + " tr '\\0' ' ' <$p/cmdline | grep -q 'java .*vpccni[.]daemon[.]Main'"
                        + " && ls $p/"
                        + what
                        + " | wc -l; done | sort -n | tail -n 1";
        return Long.parseLong(lab.exec(NODE, "sh", "-c", script).out().strip());
    }
}
