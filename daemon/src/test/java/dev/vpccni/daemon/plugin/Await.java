package dev.vpccni.daemon.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** Waits for what other threads bring about. */
final class Await {

    /** More than a machine that is busy with something else needs. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final Duration POLL = Duration.ofMillis(2);

    private Await() {}

    /** Something that becomes true. */
    interface Condition {
        boolean holds() throws IOException;
    }

    /** Returns once {@code condition} holds. */
    static void until(String what, Condition condition) throws IOException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.holds()) {
            assertThat(System.nanoTime() - end).as("waited in vain until " + what).isNegative();
            LockSupport.parkNanos(POLL.toNanos());
        }
    }

    /** Returns once no more files are open than {@code count}. */
    static void openFiles(long count) throws IOException {
        try {
            until("no more than " + count + " files are open", () -> openFiles() <= count);
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + ": " + names(), e);
        }
    }

    /** Returns how many files this process has open, the listing itself left out. */
    static long openFiles() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            return files.count() - 1;
        }
    }

    private static List<String> names() throws IOException {
        var names = new ArrayList<String>();
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            for (Path file : files.toList()) {
                names.add(
                        Files.exists(file, LinkOption.NOFOLLOW_LINKS)
                                ? Files.readSymbolicLink(file).toString()
                                : "closed by now");
            }
        }
        return names;
    }
}
