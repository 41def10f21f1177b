package dev.vpccni.host.examination;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.doctor.Doctor;
import dev.vpccni.doctor.check.Expected;
import dev.vpccni.doctor.snapshot.Fact;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FileReaderTest {

    @TempDir private Path root;

    @Test
    void readsWhatIsThereAndSaysWhatIsNot() throws Exception {
        Files.createDirectories(root.resolve("etc/d"));
        Files.write(root.resolve("etc/odd"), new byte[] {'a', (byte) 0xff, 0, '\n'});
        Files.write(root.resolve("etc/large"), new byte[11]);
        Files.createSymbolicLink(root.resolve("etc/out"), Path.of("/proc/self/environ"));
        Files.createSymbolicLink(root.resolve("etc/dangling"), Path.of("/no/such/file"));
        var files = new FileReader(root);

        assertThat(files.text("/etc/odd").orNull()).isEqualTo("a\ufffd\0\n");
        assertThat(files.text("/etc/none").isAbsent()).isTrue();
        assertThat(files.text("/etc/dangling").isAbsent()).isTrue();
        assertThat(files.text("/etc/large", 10))
                .isEqualTo(new Fact.Unseen<String>("longer than 10 bytes"));
        assertThat(files.text("/etc/d").isUnseen()).isTrue();
        assertThat(files.text("/etc/out").isUnseen()).isTrue();
        assertThat(files.folder("/etc/none").isAbsent()).isTrue();
        assertThat(files.folder("/etc").or(List.of())).startsWith("d", "dangling");
    }

    @Test
    void aBundleOfFilesIsExaminedAlone() throws Exception {
        Files.createDirectories(root.resolve("run/systemd/netif"));
        Files.createFile(root.resolve("run/systemd/netif/state"));
        Files.createDirectories(root.resolve("etc/systemd/system/timers.target.wants"));
        Files.createFile(
                root.resolve("etc/systemd/system/timers.target.wants/nm-cloud-setup.timer"));
        Files.createDirectories(root.resolve("etc/cni/net.d"));
        Files.writeString(root.resolve("etc/cni/net.d/05-x.conf"), "{\"type\":\"bridge\"}");
        Files.writeString(
                root.resolve("etc/cni/net.d/10-aws.conflist"),
                "{\"plugins\":[{\"type\":\"aws-cni\"},{\"type\":\"portmap\"}]}");
        Files.createDirectories(root.resolve("opt/cni/bin"));
        Files.createFile(root.resolve("opt/cni/bin/aws-cni"));

        var seen = HostReader.here().read(Sight.WHOLE.ofFiles(root), Expected.DEFAULT);

        assertThat(Doctor.examine(seen, Expected.DEFAULT).findings())
                .extracting(finding -> finding.check())
                .containsExactly(
                        "networkd-foreign", "nm-cloud-setup", "conflist-order", "conflist-plugins");
    }

    @Test
    void inAContainerTheHostsFilesAreNotGuessed() throws Exception {
        Files.createDirectories(root.resolve("run/systemd/netif"));
        Files.createFile(root.resolve("run/systemd/netif/state"));
        var sight = Sight.WHOLE.ofFiles(root).inContainer(true);

        var diagnosis =
                Doctor.examine(HostReader.here().read(sight, Expected.DEFAULT), Expected.DEFAULT);

        assertThat(diagnosis.findings()).isEmpty();
        assertThat(diagnosis.unseen()).hasSize(2).allMatch(line -> line.contains("container"));
    }
}
