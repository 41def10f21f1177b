package dev.vpccni.daemon.install;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.linux.namespace.NamespaceThread;
import dev.vpccni.linux.sysctl.Sysctl;
import dev.vpccni.model.MacAddress;
import dev.vpccni.node.port.MetadataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In a network namespace that stands for the node's. */
final class NodeInitTest {

    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:0a:01");
    private static final String LOOSE = "net/ipv4/conf/ens5/rp_filter";
    private static final String EARLY = "net/ipv4/tcp_early_demux";

    private final String node = "vpccni-test-" + ProcessHandle.current().pid() + "-init";
    private final List<String> said = new ArrayList<>();

    @TempDir Path folder;

    private Path source;
    private Path target;

    @BeforeEach
    void makeNode() throws Exception {
        source = Files.createDirectory(folder.resolve("init"));
        target = Files.createDirectory(folder.resolve("bin"));
        Files.writeString(source.resolve("portmap"), "a plugin");
        Files.writeString(source.resolve("LICENSE"), "a licence");
        var _ = Files.createDirectory(source.resolve("folder"));
        command("ip", "netns", "add", node);
        command(
                "ip",
                "-n",
                node,
                "link",
                "add",
                "ens5",
                "address",
                MAC.toString(),
                "type",
                "veth",
                "peer",
                "name",
                "wire");
    }

    @AfterEach
    void removeNode() throws Exception {
        command("ip", "netns", "del", node);
    }

    @Test
    void copiesFilesAndLoosensThePrimaryInterface() throws Exception {
        set(Map.of(LOOSE, "1", EARLY, "0"));
        init(Map.of());
        assertThat(target.resolve("portmap")).hasContent("a plugin");
        assertThat(target.resolve("LICENSE")).hasContent("a licence");
        assertThat(target.resolve("folder")).doesNotExist();
        assertThat(get(LOOSE)).isEqualTo("2");
        assertThat(get(EARLY)).as("nobody has said anything about it").isEqualTo("0");
        assertThat(get("net/ipv6/conf/all/forwarding")).isEqualTo("0");
        assertThat(said)
                .containsExactly(
                        "2 of 2 files copied from %s to %s; the others were there"
                                .formatted(source, target),
                        "the primary interface is ens5",
                        LOOSE + " is 2, and was 1");
    }

    @Test
    void aSecondRunChangesNothing() throws Exception {
        init(Map.of("ENABLE_IPv6", "true"));
        said.clear();
        init(Map.of("ENABLE_IPv6", "true"));
        assertThat(said).hasSize(2).first().asString().startsWith("0 of 2 files copied");
    }

    @Test
    void setsEarlyDemultiplexingWhereSomebodySays() throws Exception {
        init(Map.of("DISABLE_TCP_EARLY_DEMUX", "true"));
        assertThat(get(EARLY)).isEqualTo("0");
        init(Map.of("DISABLE_TCP_EARLY_DEMUX", "false"));
        assertThat(get(EARLY)).isEqualTo("1");
    }

    @Test
    void anIpv6NodeForwards() throws Exception {
        set(Map.of("net/ipv6/conf/all/disable_ipv6", "1"));
        init(Map.of("ENABLE_IPv6", "true"));
        assertThat(get("net/ipv6/conf/all/disable_ipv6")).isEqualTo("0");
        assertThat(get("net/ipv6/conf/all/forwarding")).isEqualTo("1");
        assertThat(get("net/ipv6/conf/ens5/accept_ra")).isEqualTo("2");
    }

    @Test
    void egressOverIpv6TakesForwardingOnly() throws Exception {
        set(Map.of("net/ipv6/conf/all/disable_ipv6", "1"));
        init(Map.of("ENABLE_V6_EGRESS", "true"));
        assertThat(get("net/ipv6/conf/all/disable_ipv6")).isEqualTo("1");
        assertThat(get("net/ipv6/conf/all/forwarding")).isEqualTo("1");
        assertThat(get("net/ipv6/conf/ens5/accept_ra")).isEqualTo("2");
    }

    @Test
    void saysWhatIsMissing() throws Exception {
        assertThatThrownBy(() -> init(Map.of(), MacAddress.parse("02:00:00:00:0a:09")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no link has the address 02:00:00:00:0a:09")
                .hasMessageContaining("the pod has to be on the host's network");
        assertThatThrownBy(() -> init(Map.of("VPC_CNI_INIT_FOLDER", "/none")))
                .hasMessageContaining("cannot list what is to be installed from /none");
        assertThatThrownBy(() -> init(Map.of("HOST_CNI_BIN_PATH", "/none")))
                .hasMessageContaining("HOST_CNI_BIN_PATH has to name a folder of the host");
    }

    @Test
    void saysThatMetadataIsSilent() throws Exception {
        try (var thread = NamespaceThread.start("init")) {
            NodeInit init = NodeInit.of(environment(Map.of()), said::add);
            assertThatThrownBy(() ->
                            thread.inside(
                                    path(),
                                    () ->
                                            run(
                                                    init,
                                                    () -> {
                                                        throw new MetadataException(
                                                                "metadata mac: status 403", null);
                                                    })))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("metadata mac: status 403")
                    .hasMessageContaining("the instance's metadata switched on");
        }
        assertThat(target.resolve("portmap")).as("copied first").exists();
    }

    private void init(Map<String, String> changes) throws IOException {
        init(changes, MAC);
    }

    private void init(Map<String, String> changes, MacAddress mac) throws IOException {
        NodeInit init = NodeInit.of(environment(changes), said::add);
        try (var thread = NamespaceThread.start("init")) {
            var _ = thread.inside(path(), () -> run(init, () -> mac));
        }
    }

    private boolean run(NodeInit init, NodeInit.Primary primary) throws IOException {
        try {
            init.run(primary, InstantSource.fixed(Instant.EPOCH), new Random(1), said::add);
            return true;
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private Map<String, String> environment(Map<String, String> changes) {
        Map<String, String> environment = new TreeMap<>();
        environment.put("VPC_CNI_INIT_FOLDER", source.toString());
        environment.put("HOST_CNI_BIN_PATH", target.toString());
        environment.putAll(changes);
        return environment;
    }

    private Path path() {
        return Path.of("/run/netns", node);
    }

    private void set(Map<String, String> values) throws IOException {
        try (var thread = NamespaceThread.start("set")) {
            for (var value : values.entrySet()) {
                var _ = thread.inside(path(), () -> Sysctl.write(value.getKey(), value.getValue()));
            }
        }
    }

    private String get(String name) throws IOException {
        try (var thread = NamespaceThread.start("get")) {
            return thread.inside(path(), () -> Sysctl.read(name));
        }
    }

    private static void command(String... words) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as("%s: %s", List.of(words), output).isZero();
    }
}
