package dev.vpccni.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.emulator.fabric.Egress;
import dev.vpccni.emulator.fabric.Namespaces;
import dev.vpccni.emulator.fabric.Program;
import dev.vpccni.json.Json;
import dev.vpccni.json.JsonObject;
import dev.vpccni.lab.node.NodeHost;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A lab without our daemon: its pods are connected by Debian's plugins. Needs root. */
final class LabTest {

    private static final String LIST =
            """
            {"cniVersion":"1.0.0","name":"test","plugins":[
              {"type":"ptp","ipMasq":true,"ipam":{"type":"host-local",
                "ranges":[[{"subnet":"192.168.7.0/24"}]],
                "routes":[{"dst":"0.0.0.0/0"}]}}]}\
            """;

    private final String name = "test-" + ProcessHandle.current().pid();
    private Lab lab;

    @BeforeEach
    void start(@TempDir Path home) throws IOException {
        lab = Lab.start(settings(home));
        for (LabNode machine : lab.machines()) {
            Files.writeString(machine.node().files().list(), LIST);
        }
    }

    @AfterEach
    void close() throws IOException {
        lab.close();
        assertThat(Namespaces.startingWith(LabCloud.namespacePrefix(name))).isEmpty();
        assertThat(new LabFolder(name).path()).doesNotExist();
    }

    @Test
    void theStatusIsWhatEc2Says() throws Exception {
        JsonObject first = JsonObject.parse(Json.compact(lab.status())).objects("nodes").getFirst();
        assertThat(first.names()).containsExactly("name", "instanceType", "zone", "enis");
        assertThat(first.string("name")).isEqualTo("node-1");
        assertThat(first.string("zone")).isEqualTo("us-west-2a");
        JsonObject eni = first.objects("enis").getFirst();
        assertThat(eni.names())
                .containsExactly("id", "card", "device", "primary", "addresses", "prefixes");
        assertThat(eni.truth("primary", false)).isTrue();
        assertThat(eni.objects("addresses")).hasSize(1);
        assertThat(eni.objects("addresses").getFirst().string("state")).isEqualTo("primary");
    }

    /** Else what virtual threads do, such as starting programs, would happen on a router. */
    @Test
    void carriersOfVirtualThreadsStayInTheNamespaceOfThisProcess() throws Exception {
        String own = Files.readSymbolicLink(Path.of("/proc/self/ns/net")).toString();
        for (int i = 0; i < 5; i++) {
            on("node-1", "curl -s --max-time 5 -o /dev/null http://169.254.169.254/");
            assertThat(carriers()).isNotEmpty().containsOnly(own);
        }
    }

    private static List<String> carriers() throws IOException {
        var carriers = new ArrayList<String>();
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
            for (Path task : tasks) {
                try {
                    if (Files.readString(task.resolve("comm")).startsWith("ForkJoinPool")) {
                        carriers.add(Files.readSymbolicLink(task.resolve("ns/net")).toString());
                    }
                } catch (NoSuchFileException e) {
                    // It has ended meanwhile.
                }
            }
        }
        return carriers;
    }

    @Test
    void nodesReachOneAnotherEc2AndTheirMetadata() throws IOException {
        NodeHost node = lab.machine("node-1").node();
        String endpoint = node.environment().get("AWS_ENDPOINT_URL_EC2");
        assertThat(endpoint).isNotNull();
        String token =
                on(
                        "node-1",
                        "curl -s --max-time 5 -X PUT -H"
                                + " X-aws-ec2-metadata-token-ttl-seconds:60"
                                + " http://169.254.169.254/latest/api/token");
        String id =
                on(
                        "node-1",
                        "curl -s --max-time 5 -H X-aws-ec2-metadata-token:"
                                + token
                                + " http://169.254.169.254/latest/meta-data/instance-id");
        assertThat(id).isEqualTo(lab.machine("node-1").instance().id().toString());
        assertThat(on("node-1", "curl -s --max-time 5 -o /dev/null -w %{http_code} " + endpoint))
                .isNotEqualTo("000");
        assertThat(Json.compact(lab.calls())).contains("node-1", "meta-data/instance-id");
    }

    @Test
    void podsComeAndGo() throws Exception {
        List<Pods.Outcome> added = lab.pods().add(lab.machine("node-1"), 5, "default", "pod");
        assertThat(added).allMatch(outcome -> outcome.error() == null);
        assertThat(lab.pods().running())
                .containsOnlyKeys("pod-1", "pod-2", "pod-3", "pod-4", "pod-5");

        Connectivity matrix = Connectivity.measure(lab);
        assertThat(matrix.seen().getFirst()).filteredOn(seen -> seen == null).hasSize(1);

        assertThatThrownBy(() -> lab.pods().remove(List.of("pod-1", "nobody")))
                .hasMessage("no pod \"nobody\"");
        lab.pods().remove(List.copyOf(lab.pods().running().keySet()));
        assertThat(lab.pods().running()).isEmpty();
        try (var left = Files.list(lab.machine("node-1").node().files().namespaces())) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void aPodThatCannotBeConnectedLeavesNothing() throws IOException {
        Files.writeString(
                lab.machine("node-2").node().files().list(), LIST.replace("ptp", "nonesuch"));
        Pods.Outcome outcome =
                lab.pods().add(lab.machine("node-2"), 1, "default", "lost").getFirst();
        assertThat(outcome.error()).contains("failed to find plugin \"nonesuch\"");
        assertThat(lab.pods().running()).isEmpty();
        try (var left = Files.list(lab.machine("node-2").node().files().namespaces())) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void aClientDrivesTheLabThroughItsSocket() throws Exception {
        try (LabServer server = LabServer.start(lab)) {
            assertThat(server).isNotNull();
            var client = new LabClient(name);
            assertThat(client.isServing()).isTrue();
            JsonObject added =
                    client.ask(
                            Map.of(
                                    "verb", "pod-add", "node", "node-2", "count", 1L, "name",
                                    "web"));
            assertThat(added.integer("failed")).isZero();
            var addresses = List.of("ip", "-4", "-o", "addr", "show", "eth0");
            assertThat(Program.of(client.program("web", addresses).command()).run())
                    .contains("192.168.7.");
            assertThat(client.networkNamespace("web")).exists();
            assertThat(client.networkNamespace("node-2")).exists();
            assertThatThrownBy(() -> client.ask(Map.of("verb", "pod-add", "node", "node-9")))
                    .hasMessage("no node \"node-9\"; there is node-1, node-2");
            client.down();
        }
        assertThat(new LabClient(name).isServing()).isFalse();
    }

    @Test
    void whatAnInterruptedLabLeftIsRemovedByTheNextOne(@TempDir Path home) throws Exception {
        lab.pods().add(lab.machine("node-1"), 1, "default", "orphan");
        Process sleeping =
                new ProcessBuilder(lab.machine("node-1").node().enter(List.of("sleep", "600")))
                        .start();
        try {
            // As if its process were gone: nothing was closed.
            lab.cloud().emulator().close();
            lab = Lab.start(settings(home));
            assertThat(lab.pods().running()).isEmpty();
            assertThat(lab.machines()).hasSize(2);
            assertThat(sleeping.isAlive()).isFalse();
        } finally {
            sleeping.destroyForcibly();
        }
    }

    private LabSettings settings(Path home) {
        return new LabSettings(
                name,
                2,
                "c5.large",
                new TreeMap<>(),
                "instant",
                7,
                false,
                Egress.INTERNET_GATEWAY,
                home);
    }

    private String on(String node, String script) throws IOException {
        return Program.of(lab.machine(node).node().enter(List.of("sh", "-c", script))).run();
    }
}
