package dev.vpccni.daemon;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.cni.CniError;
import dev.vpccni.daemon.log.Log;
import dev.vpccni.daemon.log.LogLevel;
import dev.vpccni.daemon.log.LogSettings;
import dev.vpccni.node.port.Spool;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FileSpoolTest {

    private static final String CONFIG = "{\"cniVersion\":\"0.4.0\",\"name\":\"aws-cni\"}";

    private final List<String> problems = new ArrayList<>();

    @TempDir Path folder;

    @Test
    void isEmptyWhereThereIsNoFolder() throws Exception {
        assertThat(new FileSpool(folder.resolve("none"), problems::add).list()).isEmpty();
    }

    @Test
    void listsWhatThePluginPutAsideOldestFirst() throws Exception {
        plugin("newer");
        plugin("older");
        Files.setLastModifiedTime(folder.resolve("older@eth0"), FileTime.fromMillis(1_000));
        Spool spool = spool();
        List<Spool.Entry> entries = spool.list();
        assertThat(entries).hasSize(2);
        assertThat(entries.getFirst().request().key().toString()).isEqualTo("aws-cni/older/eth0");
        assertThat(entries.getFirst().name()).isEqualTo("older@eth0");
        spool.remove(entries.getFirst());
        spool.remove(entries.getFirst());
        assertThat(spool.list()).containsExactly(entries.getLast());
        assertThat(problems).isEmpty();
    }

    @Test
    void tellsOnceOfWhatItDoesNotUnderstandAndLeavesItThere() throws Exception {
        plugin("good");
        byte[] good = Files.readAllBytes(folder.resolve("good@eth0"));
        Files.write(folder.resolve("half@eth0"), java.util.Arrays.copyOf(good, good.length - 1));
        Files.write(folder.resolve("nothing@eth0"), new byte[0]);
        Files.write(folder.resolve(".early@eth0.7"), new byte[] {1});
        Files.write(
                folder.resolve("add@eth0"),
                Frames.request(
                        Map.of(
                                "CNI_COMMAND", "ADD",
                                "CNI_CONTAINERID", "a",
                                "CNI_IFNAME", "eth0",
                                "CNI_NETNS", "/x",
                                "CNI_PATH", "/x"),
                        CONFIG,
                        0));
        Spool spool = spool();
        for (int i = 0; i < 2; i++) {
            assertThat(spool.list()).hasSize(1);
        }
        assertThat(problems).hasSize(3);
        assertThat(folder.resolve("half@eth0")).exists();
    }

    @Test
    void isReplayedByTheWatch() throws Exception {
        plugin("one");
        plugin("two");
        var verbs = new FakeVerbs();
        try (Log log = new Log(new LogSettings("stderr", LogLevel.FATAL))) {
            var watch =
                    new SpoolWatch(spool(), verbs, new RealTempo((_, fault) -> fail(fault)), log);
            verbs.error = new CniError.Failed("not now", "");
            watch.replay();
            assertThat(spool().list()).hasSize(2);
            verbs.error = null;
            watch.replay();
            assertThat(spool().list()).isEmpty();
            assertThat(verbs.calls).hasSize(4);
        }
    }

    private static void fail(Throwable fault) {
        throw new AssertionError(fault);
    }

    private Spool spool() {
        return new FileSpool(folder, problems::add);
    }

    /** Lets the real plugin put a DEL aside. */
    private void plugin(String container) throws Exception {
        Map<String, String> environment = new TreeMap<>();
        environment.put("CNI_COMMAND", "DEL");
        environment.put("CNI_CONTAINERID", container);
        environment.put("CNI_IFNAME", "eth0");
        environment.put("CNI_PATH", "/opt/cni/bin");
        environment.put("VPC_CNI_SOCKET", folder.resolve("none").toString());
        environment.put("VPC_CNI_SPOOL", folder.toString());
        Path executable = Path.of("../shim/target/aws-cni").toAbsolutePath();
        ProcessBuilder builder = new ProcessBuilder(executable.toString());
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.start();
        try (OutputStream stdin = process.getOutputStream()) {
            stdin.write(CONFIG.getBytes(UTF_8));
        }
        assertThat(process.waitFor()).isZero();
    }
}
