package dev.vpccni.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is taken for a container, whose files are not the host's. */
final class HostExaminationTest {

    private static final Map<String, String> POD = Map.of("KUBERNETES_SERVICE_HOST", "10.100.0.1");

    @TempDir private Path root;

    @ParameterizedTest
    @ValueSource(strings = {".dockerenv", "run/.containerenv"})
    void whatARuntimeHasMarkedIsAContainer(String mark) throws Exception {
        has(mark);

        assertThat(HostExamination.isContainer(Map.of(), root)).isTrue();
    }

    @Test
    void aPodIsAContainerWhateverOfTheHostItMounts() throws Exception {
        has("host/etc/cni/net.d/10-aws.conflist");
        has("host/opt/cni/bin/aws-cni");

        assertThat(HostExamination.isContainer(POD, root)).isTrue();
    }

    @Test
    void aHostWithoutAnyMarkIsNone() {
        assertThat(HostExamination.isContainer(Map.of(), root)).isFalse();
    }

    /** A virtual machine of a container's image, a container that is a node, a shell of a pod's. */
    @ParameterizedTest
    @ValueSource(strings = {"etc/cni/net.d/10-aws.conflist", "run/systemd/system/any"})
    void aMarkedHostHasWhatHostsHave(String file) throws Exception {
        has(".dockerenv");
        has(file);

        assertThat(HostExamination.isContainer(POD, root)).isFalse();
    }

    private void has(String name) throws Exception {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.createFile(file);
    }
}
