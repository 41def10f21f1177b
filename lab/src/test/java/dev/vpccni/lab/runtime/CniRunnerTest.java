package dev.vpccni.lab.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.emulator.fabric.Namespaces;
import dev.vpccni.emulator.fabric.Program;
import dev.vpccni.json.Json;
import dev.vpccni.json.JsonException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The runner with Debian's own plugins in namespaces of its own: needs root. */
final class CniRunnerTest {

    private final String node = "vpccni-test-" + ProcessHandle.current().pid() + "-cni-node";
    private final String pod = "vpccni-test-" + ProcessHandle.current().pid() + "-cni-pod";
    private final SpyingHost host = new SpyingHost(node);

    @TempDir private Path folder;

    @BeforeEach
    void create() throws IOException {
        Namespaces.create(node);
        Namespaces.create(pod);
    }

    @AfterEach
    void delete() throws IOException {
        Namespaces.delete(pod);
        Namespaces.delete(node);
    }

    @Test
    void addConnectsAndDelDisconnects() throws Exception {
        CniRunner runner = runner("1.0.0");
        Map<String, @Nullable Object> result = runner.add(attachment("one"));

        assertThat(Json.compact(result))
                .contains("10.244.7.2/24")
                .contains("\"cniVersion\":\"1.0.0\"");
        assertThat(Namespaces.run(pod, "ip", "-4", "-o", "addr", "show", "eth0"))
                .contains("10.244.7.2/24");
        assertThat(folder.resolve("results/lab-one-eth0")).exists();
        assertThat(host.calls).containsExactly("ADD ptp", "ADD portmap");
        assertThat(host.inputs.get(1)).contains("\"prevResult\":{", "\"hostPort\":8080");
        assertThat(host.inputs.getFirst()).doesNotContain("prevResult", "runtimeConfig");

        host.calls.clear();
        runner.del(attachment("one"));
        assertThat(host.calls).containsExactly("DEL portmap", "DEL ptp");
        assertThat(Namespaces.run(pod, "ip", "-o", "link")).doesNotContain("eth0");
        assertThat(folder.resolve("results/lab-one-eth0")).doesNotExist();
    }

    @Test
    void delIsGivenTheCachedResultOfAddAndSucceedsTwiceAlsoWithoutNamespace() throws Exception {
        CniRunner runner = runner("1.0.0");
        runner.add(attachment("two"));
        host.inputs.clear();
        runner.del(attachment("two"));
        assertThat(host.inputs).allMatch(input -> input.contains("\"prevResult\""));

        host.inputs.clear();
        runner.del(attachment("two").withoutNamespace());
        assertThat(host.inputs).noneMatch(input -> input.contains("\"prevResult\""));
    }

    @Test
    void aRefusalNamesThePluginAndItsReason() throws Exception {
        CniRunner runner = runner("1.0.0");
        ContainerAttachment nowhere =
                new ContainerAttachment("three", "/run/netns/no-such", "eth0", "", new TreeMap<>());
        assertThatThrownBy(() -> runner.add(nowhere))
                .isInstanceOf(PluginException.class)
                .hasMessageContaining("plugin type=\"ptp\" failed (add): ")
                .hasMessageContaining("no-such");
        assertThat(folder.resolve("results")).doesNotExist();
    }

    @Test
    void checkAsksEveryPluginInOrder() throws Exception {
        CniRunner runner =
                new CniRunner(
                        host, NetworkList.parse(list("1.0.0", "")), folder.resolve("results"));
        runner.add(attachment("four"));
        host.calls.clear();
        assertThat(runner.check(attachment("four"))).isTrue();
        assertThat(host.calls).containsExactly("CHECK ptp");

        Namespaces.ip(pod, List.of("link del dev eth0"));
        assertThatThrownBy(() -> runner.check(attachment("four")))
                .isInstanceOf(PluginException.class);
    }

    @Test
    void gcRemovesWhatIsNotValid() throws Exception {
        CniRunner runner =
                new CniRunner(
                        host, NetworkList.parse(list("1.0.0", "")), folder.resolve("results"));
        runner.add(attachment("five"));
        runner.gc(List.of(attachment("five")));
        assertThat(folder.resolve("results/lab-five-eth0")).exists();
        runner.gc(List.of());
        assertThat(folder.resolve("results/lab-five-eth0")).doesNotExist();
        assertThat(Namespaces.run(pod, "ip", "-o", "link")).doesNotContain("eth0");
    }

    @Test
    void verbsOfLaterVersionsAreRefused() throws Exception {
        assertThatThrownBy(() -> runner("1.0.0").status())
                .hasMessageContaining("1.0.0 does not know STATUS");
        assertThatThrownBy(() -> runner("0.3.1").check(attachment("six")))
                .hasMessageContaining("0.3.1 does not know CHECK");
    }

    @Test
    void everyPluginSaysItsVersions() throws Exception {
        assertThat(runner("1.0.0").versions().get("ptp")).contains("0.4.0", "1.0.0");
    }

    @Test
    void theHighestKnownOfSeveralVersionsIsTaken() throws JsonException {
        NetworkList list =
                NetworkList.parse(
                        """
                        {"name":"n","cniVersion":"0.4.0","cniVersions":["1.0.0","2.0.0","0.3.1"],
                         "plugins":[{"type":"x"}]}\
                        """);
        assertThat(list.version().text()).isEqualTo("1.0.0");
    }

    @Test
    void aListWithoutPluginsOrTypesIsRefused() {
        for (String wrong :
                List.of(
                        "{\"name\":\"n\",\"plugins\":[]}",
                        "{\"name\":\"n\",\"plugins\":[{}]}",
                        "{\"plugins\":[{\"type\":\"x\"}]}",
                        "{\"name\":\"n\",\"cniVersion\":\"9.0.0\",\"plugins\":[{\"type\":\"x\"}]}",
                        "[]")) {
            assertThatThrownBy(() -> NetworkList.parse(wrong)).isInstanceOf(JsonException.class);
        }
    }

    private CniRunner runner(String version) throws JsonException {
        String portmap = ",{\"type\":\"portmap\",\"capabilities\":{\"portMappings\":true}}";
        return new CniRunner(
                host, NetworkList.parse(list(version, portmap)), folder.resolve("results"));
    }

    private String list(String version, String more) {
        return """
        {"cniVersion":"%s","name":"lab","plugins":[
          {"type":"ptp","ipam":{"type":"host-local","dataDir":"%s",
            "ranges":[[{"subnet":"10.244.7.0/24"}]]}}%s]}\
        """
                .formatted(version, folder.resolve("ipam"), more);
    }

    private ContainerAttachment attachment(String container) {
        var ports = Map.of("hostPort", 8080L, "containerPort", 80L, "protocol", "tcp");
        var capabilities = new TreeMap<String, Object>();
        capabilities.put("portMappings", List.of(ports));
        return new ContainerAttachment(
                container, "/run/netns/" + pod, "eth0", "IgnoreUnknown=1", capabilities);
    }

    /** Debian's plugins, run inside a namespace, with a record of what they were asked. */
    private static final class SpyingHost implements PluginHost {

        private final String namespace;
        private final List<String> calls = new ArrayList<>();
        private final List<String> inputs = new ArrayList<>();

        SpyingHost(String namespace) {
            this.namespace = namespace;
        }

        @Override
        public String path() {
            return "/usr/lib/cni";
        }

        @Override
        public Program.Ended run(String type, SortedMap<String, String> environment, String input)
                throws IOException {
            calls.add(environment.get("CNI_COMMAND") + " " + type);
            inputs.add(input);
            Path plugin = Path.of(path(), type);
            assertThat(Files.isExecutable(plugin)).isTrue();
            return Program.of("nsenter", "--net=/run/netns/" + namespace, plugin.toString())
                    .with(environment)
                    .reading(input)
                    .end();
        }
    }
}
