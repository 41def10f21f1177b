package dev.vpccni.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.doctor.Diagnosis;
import dev.vpccni.doctor.check.Finding;
import dev.vpccni.doctor.check.Severity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is taken for a container, whose files are not the host's, and what of a look is told. */
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

    /** A pod that is being wired is one thing in the first look, and another in the second. */
    @Test
    void whatIsFoundOnceIsNotTold() throws Exception {
        Finding lasts = finding("forwarding-off", "sysctl -w net.ipv4.ip_forward=1");
        Finding first = finding("pod-rules", "ip rule del pref 512 to 10.0.0.7");
        Finding second = finding("pod-rules", "ip rule del pref 512 to 10.0.0.8");

        assertThat(told(List.of(List.of(first, lasts), List.of(lasts, second))))
                .containsExactly(lasts);
    }

    @Test
    void aHostThatIsWellIsLookedAtOnce() throws Exception {
        assertThat(told(List.of(List.of()))).isEmpty();
    }

    /** Returns what is told by looks that find this, one after the other. */
    private static List<Finding> told(List<List<Finding>> looks) throws Exception {
        Iterator<List<Finding>> next = looks.iterator();
        List<Finding> told =
                HostExamination.lasting(() -> new Diagnosis(next.next(), List.of()), Duration.ZERO)
                        .findings();
        assertThat(next).isExhausted();
        return told;
    }

    private static Finding finding(String check, String remedy) {
        return new Finding(check, Severity.WARNING, "seen", "broken", remedy);
    }

    private void has(String name) throws Exception {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.createFile(file);
    }
}
