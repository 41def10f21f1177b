package dev.vpccni.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.conformance.bench.ConformanceSettings;
import dev.vpccni.emulator.fabric.Namespaces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is left when somebody has had enough: nothing. Needs root. */
@Timeout(120)
final class EndTest {

    /** Says which process it is, and hangs when it adds; takes note of what is undone. */
    private static final String PLUGIN =
            """
            #!/bin/sh
            PATH=/usr/bin:/bin
            case $CNI_COMMAND in
            VERSION) echo '{"cniVersion":"1.0.0","supportedVersions":["1.0.0"]}' ;;
            ADD)
                sleep 600 &
                echo $! >FOLDER/child
                echo $$ >FOLDER/new && mv FOLDER/new FOLDER/adds
                wait
                ;;
            DEL) echo "$CNI_CONTAINERID" >>FOLDER/undone ;;
            esac
            """;

    @TempDir private Path folder;

    /** A plugin, and a run of the kit with it. */
    static final class Run {
        private Run() {}

        public static void main(String[] arguments) throws Exception {
            var _ =
                    Conformance.run(
                            new ConformanceSettings(
                                    Path.of(arguments[0]),
                                    "{\"cniVersion\":\"1.0.0\",\"name\":\"net\",\"type\":\"plugin\"}",
                                    "eth0",
                                    List.of("result.interface"),
                                    true,
                                    null,
                                    "",
                                    "",
                                    2,
                                    Duration.ofMinutes(10),
                                    Duration.ofSeconds(1)));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM"})
    void whatWasBegunIsEndedUndoneAndRemoved(String signal) throws Exception {
        Path plugin =
                Files.writeString(
                        folder.resolve("plugin"), PLUGIN.replace("FOLDER", folder.toString()));
        Files.setPosixFilePermissions(plugin, PosixFilePermissions.fromString("rwxr-xr-x"));
        Process run =
                // What runs in the background of a script does not hear SIGINT, nor do its
                // children.
                new ProcessBuilder(
                                "env",
                                "--default-signal=" + signal,
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Run.class.getName(),
                                plugin.toString())
                        .inheritIO()
                        .start();
        try {
            while (!Files.exists(folder.resolve("adds"))) {
                assertThat(run.isAlive()).as("the kit runs until it is told to end").isTrue();
                TimeUnit.MILLISECONDS.sleep(20);
            }
            String mine = "vpccni-conf-" + run.pid() + "-";
            assertThat(Namespaces.startingWith(mine)).hasSize(3);

            new ProcessBuilder("kill", "-" + signal, run.pid() + "").start().waitFor();
            assertThat(run.waitFor(60, TimeUnit.SECONDS)).as("it ends").isTrue();

            assertThat(Namespaces.startingWith(mine)).isEmpty();
            assertThat(temporary(mine)).isEmpty();
            assertThat(folder.resolve("undone")).content().startsWith(mine);
            for (String each : List.of("adds", "child")) {
                long pid = Long.parseLong(Files.readString(folder.resolve(each)).strip());
                ProcessHandle.of(pid).ifPresent(EndTest::awaitEnd);
            }
        } finally {
            run.destroyForcibly();
        }
    }

    /** Whoever was killed is there until its parent, or who comes after that, has heard of it. */
    private static void awaitEnd(ProcessHandle handle) {
        try {
            var _ = handle.onExit().get(30, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError(handle.info().toString(), e);
        }
    }

    private static List<Path> temporary(String prefix) throws IOException {
        try (var files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.filter(file -> file.getFileName().toString().startsWith(prefix)).toList();
        }
    }
}
