package dev.vpccni.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RunLockTest {

    @TempDir Path folder;

    @Test
    void isTakenWithWhatADeadOneLeft() throws Exception {
        Path run = folder.resolve("deep/aws-node");
        Files.createDirectories(run);
        Path file = run.resolve("daemon.lock");
        Files.writeString(file, "process 17, since long ago, with a longer line than ours");
        try (RunLock _ = take(run, "process 18")) {
            assertThat(file).hasContent("process 18");
        }
        try (RunLock _ = take(run, "process 19")) {
            assertThat(file).hasContent("process 19");
        }
    }

    @Test
    void isForItsOwnerToReadAndMadeWithItsFolder() throws Exception {
        Path run = folder.resolve("deep/aws-node");
        try (RunLock _ = take(run, "process 18")) {
            assertThat(Files.getPosixFilePermissions(run.resolve("daemon.lock")))
                    .isEqualTo(PosixFilePermissions.fromString("rw-------"));
        }
    }

    @Test
    void saysWhatIsWrongWithTheFolder() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));
        assertThatThrownBy(() -> take(file.resolve("aws-node"), "process 18"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(file.toString());
        Files.createDirectory(folder.resolve("daemon.lock"));
        assertThatThrownBy(() -> take(folder, "process 18")).isInstanceOf(IOException.class);
    }

    private static RunLock take(Path run, String holder) throws Exception {
        return RunLock.take(
                run,
                holder,
                Duration.ZERO,
                message -> {
                    throw new AssertionError(message);
                });
    }
}
