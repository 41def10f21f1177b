package dev.vpccni.benchmarks.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What a process has of the machine now.
 *
 * @param rssKilobytes resident memory
 * @param files open files
 */
public record Holdings(long rssKilobytes, int files, int threads) {

    /**
     * Looks at a process of this computer.
     *
     * @throws IOException if it has ended
     */
    public static Holdings of(String pid) throws IOException {
        Path process = Path.of("/proc", pid);
        return new Holdings(
                kilobytes(pid, "VmRSS:"), entries(process, "fd"), entries(process, "task"));
    }

    /**
     * Returns the most resident memory that a process has had so far.
     *
     * @throws IOException if it has ended
     */
    public static long rssHighestKilobytes(String pid) throws IOException {
        return kilobytes(pid, "VmHWM:");
    }

    private static long kilobytes(String pid, String name) throws IOException {
        return Files.readAllLines(Path.of("/proc", pid, "status")).stream()
                .filter(line -> line.startsWith(name))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow(() -> new IOException("process " + pid + " has ended"));
    }

    private static int entries(Path process, String folder) throws IOException {
        try (Stream<Path> entries = Files.list(process.resolve(folder))) {
            return (int) entries.count();
        }
    }
}
