package dev.vpccni.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.cni.CniCommand;
import dev.vpccni.cni.CniError;
import dev.vpccni.cni.CniException;
import dev.vpccni.cni.CniRequest;
import dev.vpccni.daemon.plugin.FakeVerbs;
import dev.vpccni.daemon.plugin.WorkingForSomebody;
import dev.vpccni.json.JsonObject;
import dev.vpccni.node.port.PodNamespace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PluginLogTest {

    private static final PodNamespace NAMESPACE =
            new PodNamespace() {
                @Override
                public String path() {
                    return "/run/netns/x";
                }

                @Override
                public void close() {}
            };

    @TempDir Path folder;

    private final List<String> problems = Collections.synchronizedList(new ArrayList<>());
    private final FakeVerbs verbs = new FakeVerbs();

    /** The words that operators search for are upstream's. */
    @Test
    void hasTheLinesThatOperatorsLookFor() throws Exception {
        try (PluginLog log = log()) {
            var logged = new LoggedVerbs(verbs, log);
            logged.add(request(CniCommand.ADD, file(), "Debug"), NAMESPACE, Duration.ZERO);
            logged.del(request(CniCommand.DEL, file(), "Debug"));
            verbs.error = new CniError.TryAgainLater("the subnet is full", "free some");
            assertThatThrownBy(() ->
                            logged.add(
                                    request(CniCommand.ADD, file(), "Debug"),
                                    NAMESPACE,
                                    Duration.ZERO))
                    .isInstanceOf(CniException.class);
        }
        List<JsonObject> lines = lines();
        assertThat(messages(lines))
                .satisfiesExactly(
                        line ->
                                assertThat(line)
                                        .isEqualTo(
                                                "Received CNI add request: ContainerID(c1)"
                                                        + " Netns(/run/netns/x) IfName(eth0)"
                                                        + " Args(K8S_POD_NAMESPACE=team;K8S_POD_NAME=web)"
                                                        + " Network(aws-cni)"),
                        line ->
                                assertThat(line)
                                        .startsWith("Received add network response from ipamd")
                                        .contains("container c1", "eth0", "10.0.0.7/32"),
                        line -> assertThat(line).startsWith("Received CNI del request: "),
                        line ->
                                assertThat(line)
                                        .startsWith("Received del network response from ipamd"),
                        line -> assertThat(line).startsWith("Received CNI add request: "),
                        line ->
                                assertThat(line)
                                        .isEqualTo(
                                                "Failed to assign an IP address to container c1:"
                                                        + " the subnet is full; free some"));
        assertThat(lines.getLast().string("level")).isEqualTo("error");
        assertThat(Files.getPosixFilePermissions(Path.of(file())))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(problems).isEmpty();
    }

    /** Nobody waits for a line in a file; and then they are all there, in their order. */
    @Test
    void isWrittenBehindTheAnswer() throws Exception {
        try (PluginLog log = log()) {
            var logged = new LoggedVerbs(verbs, log);
            assertThat(logged.addWaits()).isFalse();
            try (var _ = new WorkingForSomebody()) {
                logged.add(request(CniCommand.ADD, file(), "Debug"), NAMESPACE, Duration.ZERO);
                logged.del(request(CniCommand.DEL, file(), "Debug"));
                verbs.error = new CniError.Failed("no", "");
                assertThatThrownBy(() -> logged.del(request(CniCommand.DEL, file(), "Debug")))
                        .isInstanceOf(CniException.class);
                assertThat(Path.of(file())).doesNotExist();
            }
        }
        assertThat(messages(lines()))
                .extracting(line -> line.substring(0, 20))
                .containsExactly(
                        "Received CNI add req",
                        "Received add network",
                        "Received CNI del req",
                        "Received del network",
                        "Received CNI del req",
                        "Failed to process de");
    }

    @Test
    void keepsToTheLevelOfEachRequest() throws Exception {
        try (PluginLog log = log()) {
            var logged = new LoggedVerbs(verbs, log);
            logged.del(request(CniCommand.DEL, file(), "ERROR"));
            logged.del(request(CniCommand.DEL, "", "Debug"));
            verbs.error = new CniError.Failed("no", "");
            assertThatThrownBy(() -> logged.del(request(CniCommand.DEL, file(), "error")))
                    .isInstanceOf(CniException.class);
        }
        assertThat(messages(lines())).singleElement().asString().contains("c1: no");
    }

    /** Upstream's container has the host's folders under another name. */
    @Test
    void findsTheHostsFolderWhereTheContainerHasIt() {
        Path own = Path.of("/host/var/log/aws-routed-eni/ipamd.log");
        assertThat(PluginLog.onThisSide(own, "/var/log/aws-routed-eni/plugin.log"))
                .isEqualTo(Path.of("/host/var/log/aws-routed-eni/plugin.log"));
        assertThat(PluginLog.onThisSide(own, "/host/var/log/aws-routed-eni/plugin.log")).isNull();
        assertThat(PluginLog.onThisSide(own, "/var/log/plugin.log")).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "stdout",
                "stderr",
                "plugin.log",
                "FOLDER/../plugin.log",
                "FOLDER/deep/plugin.log",
                "FOLDER/ipamd.log",
                "FOLDER/ipamd.log.1.gz",
                "FOLDER/.",
                "FOLDER/..",
                "/etc/passwd",
                "/",
                "FOLDER/a\u0000b",
            })
    void writesNowhereElseAndSaysSoOnce(String name) throws Exception {
        Path own = folder.resolve("ipamd.log");
        Files.writeString(own, "ours\n");
        try (PluginLog log = log()) {
            var logged = new LoggedVerbs(verbs, log);
            String file = name.replace("FOLDER", folder.toString());
            for (int i = 0; i < 3; i++) {
                logged.del(request(CniCommand.DEL, file, "Debug"));
            }
        }
        assertThat(problems).singleElement().asString().contains("pluginLogFile");
        assertThat(folder.toFile().list()).containsExactly("ipamd.log");
        assertThat(own).hasContent("ours");
    }

    @Test
    void writesAFewFilesAndNoMore() throws Exception {
        try (PluginLog log = log()) {
            var logged = new LoggedVerbs(verbs, log);
            for (int i = 0; i < 20; i++) {
                logged.del(request(CniCommand.DEL, folder + "/plugin-" + i + ".log", "Debug"));
            }
        }
        assertThat(folder.toFile().list()).hasSize(4);
        assertThat(problems).singleElement().asString().contains("is the last one");
    }

    @Test
    void saysThatThereIsNoFolderForIt() throws Exception {
        try (var log = new PluginLog(null, problems::add)) {
            new LoggedVerbs(verbs, log).del(request(CniCommand.DEL, file(), "Debug"));
        }
        assertThat(problems).hasSize(1);
    }

    private PluginLog log() {
        return new PluginLog(folder.resolve("ipamd.log"), problems::add);
    }

    private String file() {
        return folder.resolve("plugin.log").toString();
    }

    private List<JsonObject> lines() throws Exception {
        var lines = new ArrayList<JsonObject>();
        for (String line : Files.readAllLines(Path.of(file()))) {
            lines.add(JsonObject.parse(line));
        }
        return lines;
    }

    private static List<String> messages(List<JsonObject> lines) throws Exception {
        var messages = new ArrayList<String>();
        for (JsonObject line : lines) {
            messages.add(line.string("msg"));
        }
        return messages;
    }

    private static CniRequest request(CniCommand command, String file, String level)
            throws CniException {
        return CniRequest.parse(
                Map.of(
                        "CNI_COMMAND", command.name(),
                        "CNI_CONTAINERID", "c1",
                        "CNI_NETNS", "/run/netns/x",
                        "CNI_IFNAME", "eth0",
                        "CNI_PATH", "/opt/cni/bin",
                        "CNI_ARGS", "K8S_POD_NAMESPACE=team;K8S_POD_NAME=web"),
                Map.of(
                        "cniVersion",
                        "1.0.0",
                        "name",
                        "aws-cni",
                        "pluginLogFile",
                        file,
                        "pluginLogLevel",
                        level));
    }
}
