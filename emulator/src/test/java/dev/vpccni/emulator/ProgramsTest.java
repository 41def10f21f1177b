package dev.vpccni.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.emulator.fabric.Program;
import dev.vpccni.vpc.settings.Latency;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs that are run beside the emulator, in the same process. */
class ProgramsTest {

    /** More than there are threads that virtual threads share, however many wait. */
    private static final int MANY = 600;

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @TempDir private Path folder;

    @Test
    void manyAtOnceKeepNobodyWaiting() throws Exception {
        String gate = folder.resolve("gate").toString();
        Program.of("mkfifo", gate).run();
        long before = children();
        try (var cloud = new SmallCloud(Latency.INSTANT);
                ExecutorService tasks = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<String>> running = new ArrayList<>();
            for (int i = 0; i < MANY; i++) {
                running.add(tasks.submit(() -> waitAt(gate)));
            }
            awaitChildren(before + MANY);

            assertThat(cloud.post("Action=DescribeSubnets").statusCode()).isEqualTo(200);

            assertThat(running).noneMatch(Future::isDone);
            Files.writeString(Path.of(gate), ""); // opens it, and closes it
            for (Future<String> each : running) {
                assertThat(each.get()).isEqualTo("through\n");
            }
        }
    }

    private static String waitAt(String gate) throws IOException {
        return Program.of("sh", "-c", "cat \"$1\" && echo through", "sh", gate)
                .within(PATIENCE.multipliedBy(2))
                .run();
    }

    @Test
    void leaveNothingBehind() throws Exception {
        Program.Ended ended =
                Program.of("sh", "-c", "cat; echo why >&2; exit 3").reading("said").end();

        assertThat(ended).isEqualTo(new Program.Ended(3, "said", "why\n"));
        assertThatThrownBy(() -> Program.of("no-such-program").end())
                .isInstanceOf(IOException.class);
        assertThat(leftOvers(ProcessHandle.current().pid())).isZero();
    }

    @Test
    void whatAKilledProcessLeftIsRemoved() throws Exception {
        Process process = new ProcessBuilder("true").start();
        process.waitFor();
        Path left = temporary(process.pid());
        Path own = temporary(ProcessHandle.current().pid());

        Program.removeLeftOvers();

        assertThat(left).doesNotExist();
        assertThat(own).exists();
        Files.delete(own.resolve("out"));
        Files.delete(own);
    }

    private static Path temporary(long pid) throws IOException {
        Path made = Files.createTempDirectory("vpccni-program-" + pid + "-");
        Files.writeString(made.resolve("out"), "said");
        return made;
    }

    @Test
    void whoWritesWithoutEndIsStopped() {
        assertThatThrownBy(() -> Program.of("cat", "/dev/zero").within(PATIENCE).run())
                .isInstanceOf(IOException.class)
                .hasMessage("cat /dev/zero wrote more than 16777216 bytes");
    }

    @Test
    void whoTakesTooLongIsStopped() {
        assertThatThrownBy(() -> Program.of("sleep", "60").within(Duration.ofMillis(200)).run())
                .isInstanceOf(IOException.class)
                .hasMessage("sleep 60 did not end in 0 s");
    }

    private static void awaitChildren(long count) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (children() < count) {
            assertThat(System.nanoTime()).as("%d children", children()).isLessThan(end);
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    private static long children() {
        return ProcessHandle.current().children().count();
    }

    private static long leftOvers(long pid) throws IOException {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.filter(file -> file.toString().contains("vpccni-program-" + pid + "-"))
                    .count();
        }
    }
}
