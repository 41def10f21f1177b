package dev.vpccni.daemon;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.cni.CniException;
import dev.vpccni.cni.CniRequest;
import dev.vpccni.cni.CniResult;
import dev.vpccni.cni.PodAttachment;
import dev.vpccni.daemon.plugin.CallLog;
import dev.vpccni.daemon.plugin.CniAnswerer;
import dev.vpccni.daemon.plugin.CniSocketServer;
import dev.vpccni.daemon.plugin.CniVerbs;
import dev.vpccni.daemon.plugin.FakeEgressVerbs;
import dev.vpccni.daemon.timing.Latencies;
import dev.vpccni.dataplane.PodLink;
import dev.vpccni.dataplane.PodWiring;
import dev.vpccni.host.LinuxHost;
import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.IpAddress;
import dev.vpccni.node.pod.Failures;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.PodNamespace;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real plugin, the daemon's socket and the kernel make a pod with an IPv6 address. */
final class Ipv6PluginTest {

    private static final String VETH = "eniddeaa362342";
    private static final IpAddress ADDRESS = IpAddress.parse("2001:db8:0:1:1::7");
    private static final PodLink LINK = new PodLink(VETH, "eth0", ADDRESS, 254, 9001);

    private final String node = "vpccni-test-" + ProcessHandle.current().pid() + "-v6node";
    private final String pod = "vpccni-test-" + ProcessHandle.current().pid() + "-v6pod";
    private final Log log = new Log();

    @TempDir Path folder;

    private static final class Log implements CallLog {

        private final List<String> lines = new CopyOnWriteArrayList<>();

        @Override
        public void info(String message) {
            lines.add(message);
        }

        @Override
        public void warn(String message) {
            lines.add(message);
        }

        @Override
        public void error(String message, Throwable cause) {
            lines.add(message + ": " + cause);
        }
    }

    /** Verbs that have the one address to give. */
    private record Verbs(LinuxHost host) implements CniVerbs {

        @Override
        public boolean addWaits() {
            return false;
        }

        @Override
        public CniResult add(CniRequest request, PodNamespace namespace, Duration patience)
                throws CniException, InterruptedException {
            try {
                host.wire(new PodWiring.OneAddress(LINK), namespace);
            } catch (HostException e) {
                throw Failures.of(e);
            }
            var link = new PodAttachment.Link(VETH, "eth0", ADDRESS, 254);
            return new PodAttachment(namespace.path(), List.of(link), 0, 0).toResult();
        }

        @Override
        public void check(CniRequest request, PodNamespace namespace)
                throws CniException, InterruptedException {
            try {
                assertThat(host.verify(new PodWiring.OneAddress(LINK), namespace)).isEmpty();
            } catch (HostException e) {
                throw Failures.of(e);
            }
        }

        @Override
        public void dismiss(AttachmentKey key) {}

        @Override
        public void del(CniRequest request) {}

        @Override
        public void gc(CniRequest request) {}

        @Override
        public void status() {}
    }

    @BeforeEach
    void addNamespaces() throws Exception {
        for (String name : List.of(node, pod)) {
            run("ip", "netns", "add", name);
            run("ip", "-n", name, "link", "set", "lo", "up");
        }
        run("ip", "-n", node, "addr", "add", "2001:db8:0:1::10/128", "dev", "lo");
        inside(node, "sysctl", "-q", "-w", "net.ipv6.conf.all.forwarding=1");
    }

    @AfterEach
    void deleteNamespaces() throws Exception {
        run("ip", "netns", "del", pod);
        run("ip", "netns", "del", node);
    }

    @Test
    void aPodIsReachedAsSoonAsThePluginEndsThoughTheRuntimeSwitchedIpv6Off() throws Exception {
        inside(pod, "sysctl", "-q", "-w", "net.ipv6.conf.all.disable_ipv6=1");
        Path socket = folder.resolve("cni.sock");
        try (LinuxHost host =
                        LinuxHost.inside(Path.of("/run/netns", node), new Random(7), "iptables");
                CniSocketServer _ =
                        CniSocketServer.start(
                                socket,
                                new CniAnswerer(
                                        new Verbs(host),
                                        new FakeEgressVerbs(),
                                        host::adopt,
                                        new Latencies(),
                                        log),
                                log,
                                (thread, e) -> log.error(thread, e))) {
            PluginRun added = plugin("ADD");

            assertThat(added.output()).contains("\"address\": \"" + ADDRESS + "/128\"");
            assertThat(added.status()).isZero();
            inside(node, "ping", "-6", "-q", "-c", "1", "-W", "1", ADDRESS.toString());
            inside(pod, "ping", "-6", "-q", "-c", "1", "-W", "1", "2001:db8:0:1::10");
            assertThat(inside(pod, "ip", "-6", "addr", "show", "tentative")).isEmpty();
            assertThat(inside(pod, "sysctl", "-n", "net.ipv6.conf.eth0.accept_dad").strip())
                    .isEqualTo("0");
            assertThat(plugin("CHECK").status()).isZero();
        }
        assertThat(log.lines).hasSize(2).allMatch(line -> line.contains(" done in "));
    }

    private PluginRun plugin(String command) throws Exception {
        return PluginRun.of(
                Map.of(
                        "CNI_COMMAND",
                        command,
                        "CNI_CONTAINERID",
                        "c1",
                        "CNI_NETNS",
                        "/run/netns/" + pod,
                        "CNI_IFNAME",
                        "eth0",
                        "CNI_PATH",
                        "/opt/cni/bin",
                        "VPC_CNI_SOCKET",
                        folder.resolve("cni.sock").toString(),
                        "VPC_CNI_SPOOL",
                        folder.resolve("spool").toString()));
    }

    private static String inside(String namespace, String... command)
            throws IOException, InterruptedException {
        var whole = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
        whole.addAll(List.of(command));
        return run(whole.toArray(String[]::new));
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as("%s: %s", List.of(command), output).isZero();
        return output;
    }
}
