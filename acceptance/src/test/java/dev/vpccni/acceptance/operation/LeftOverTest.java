package dev.vpccni.acceptance.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.acceptance.lab.LabUnderTest;
import dev.vpccni.acceptance.lab.WantedLab;
import dev.vpccni.emulator.fabric.Namespaces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What an interrupted lab leaves is found and removed by the next of its name: that, no more. */
class LeftOverTest {

    private static final Path LAB = Path.of("/run/vpc-cni-lab", LabUnderTest.name());
    private static final Path PROCESSES = LAB.resolve("processes");
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final WantedLab WANTED = WantedLab.nodes(1, "c5.large");

    @Test
    void theNextLabRemovesWhatAKilledOneLeft() throws Exception {
        try (var strangers = new Strangers()) {
            LabUnderTest interrupted = LabUnderTest.up(WANTED);
            var ours = new ArrayList<ProcessHandle>();
            try {
                interrupted.added("node-1", 2);
                ours.add(interrupted.start("node-1", "sleep", "600").toHandle());
                ours.add(interrupted.start("pod-1-1", "sleep", "600").toHandle());
                List<ProcessHandle> written = writtenDown();
                assertThat(written).as("the lab's own and the daemon's").hasSize(2);
                kill(written.getFirst());
                ours.add(written.getLast());
                assertThat(ours).allMatch(ProcessHandle::isAlive);
            } finally {
                // The next one, even if what comes above failed.
                interrupted = LabUnderTest.upAsIs(WANTED);
            }
            try (LabUnderTest next = interrupted) {
                assertThat(ours).noneMatch(ProcessHandle::isAlive);
                strangers.assertUntouched();
                assertThat(next.status("node-1").count("assigned")).isZero();
                assertThat(next.added("node-1", 2)).hasSize(2);
            }
            nothingOfOursIsLeft();
            strangers.assertUntouched();
        }
    }

    @Test
    void evenOfOneThatHadOnlyBegun() throws Exception {
        try (var strangers = new Strangers();
                ExecutorService tasks = Executors.newVirtualThreadPerTaskExecutor()) {
            // Whatever is there of this name goes first, so that what is found is the new one's.
            LabUnderTest.up(WANTED.withoutDaemons()).close();
            Future<LabUnderTest> starting = tasks.submit(() -> LabUnderTest.upAsIs(WANTED));
            await(() -> Files.isDirectory(LAB.resolve("nodes/node-1")));
            kill(writtenDown().getFirst());
            assertThatThrownBy(starting::get)
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(IOException.class)
                    .hasMessageContaining("the lab did not start");
            try (LabUnderTest next = LabUnderTest.upAsIs(WANTED)) {
                assertThat(next.added("node-1", 2)).hasSize(2);
            }
            nothingOfOursIsLeft();
            strangers.assertUntouched();
        }
    }

    /** Returns the processes that the lab wrote down, its own first. */
    private static List<ProcessHandle> writtenDown() throws IOException {
        var processes = new ArrayList<ProcessHandle>();
        for (String line : Files.readAllLines(PROCESSES)) {
            long pid = Long.parseLong(line.substring(0, line.indexOf(' ')));
            processes.add(ProcessHandle.of(pid).orElseThrow());
        }
        return processes;
    }

    /** As {@code kill -9} does. */
    private static void kill(ProcessHandle process) throws Exception {
        assertThat(process.destroyForcibly()).isTrue();
        process.onExit().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private static void nothingOfOursIsLeft() throws IOException {
        assertThat(LAB).doesNotExist();
        assertThat(Namespaces.startingWith("vpccni-" + LabUnderTest.name() + "-"))
                .isEqualTo(Strangers.NAMES.subList(0, 2));
    }

    private static void await(Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.call()) {
            assertThat(System.nanoTime()).as("deadline").isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    /** Namespaces with names much like the lab's, each with a process in it. */
    private static final class Strangers implements AutoCloseable {

        /** What somebody may have made, and what labs called like ours, and a bit more, make. */
        static final List<String> NAMES =
                List.of(
                        "vpccni-" + LabUnderTest.name() + "-stranger",
                        "vpccni-" + LabUnderTest.name() + "-two-vpc",
                        "vpccni-" + LabUnderTest.name() + "2-node-1");

        private final List<Process> processes = new ArrayList<>();

        Strangers() throws IOException {
            boolean done = false;
            try {
                processes.add(new ProcessBuilder("sleep", "600").start());
                for (String name : NAMES) {
                    // Of a run that was interrupted itself.
                    Namespaces.delete(name);
                    Namespaces.create(name);
                    processes.add(
                            new ProcessBuilder("ip", "netns", "exec", name, "sleep", "600")
                                    .start());
                }
                done = true;
            } finally {
                if (!done) {
                    close();
                }
            }
        }

        void assertUntouched() {
            assertThat(processes).allMatch(Process::isAlive);
            for (String name : NAMES) {
                assertThat(Namespaces.path(name)).exists();
            }
        }

        @Override
        public void close() throws IOException {
            processes.forEach(Process::destroyForcibly);
            for (String name : NAMES) {
                Namespaces.delete(name);
            }
        }
    }
}
