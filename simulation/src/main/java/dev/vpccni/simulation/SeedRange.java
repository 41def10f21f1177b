package dev.vpccni.simulation;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Lives many lives, on one carrier in each process: on several their threads would change carriers
 * all the time, which takes the kernel's help and most of the time.
 */
final class SeedRange {

    /** A life takes a tenth of a second; one that does not end in so long never will. */
    private static final long STUCK_SECONDS = 120;

    private static final int TOLD_EVERY = 1_000;

    private final long from;
    private final long count;
    private final int processes;
    private final PrintStream out;
    private final long start = System.nanoTime();
    private final SortedMap<Long, String> failed = new TreeMap<>();
    private long begun;

    /**
     * @param processes how many live them at once, each of which takes its time to warm up
     * @param out where it says how far it is
     */
    SeedRange(long from, long count, int processes, PrintStream out) {
        this.from = from;
        this.count = count;
        this.processes = processes;
        this.out = out;
    }

    /**
     * What came of it.
     *
     * @param failed why, by seed
     */
    record Result(SortedMap<Long, String> failed, double perSecond) {

        Result {
            failed = Collections.unmodifiableSortedMap(new TreeMap<>(failed));
        }
    }

    /** Lives them all. */
    Result run() throws IOException, InterruptedException {
        List<Thread> readers = new ArrayList<>();
        for (int number = 0; number < processes; number++) {
            Process process = start(number);
            readers.add(Thread.ofPlatform().start(() -> follow(process)));
        }
        for (Thread reader : readers) {
            reader.join();
        }
        if (begun != count && failed.isEmpty()) {
            fail(from, "only " + begun + " of " + count + " lives were begun");
        }
        var result = new Result(failed, begun / seconds());
        tell(result);
        return result;
    }

    private Process start(int number) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:+UseSerialGC");
        command.add("-Xmx512m");
        command.add("-Djdk.virtualThreadScheduler.parallelism=1");
        command.add("-Djdk.virtualThreadScheduler.maxPoolSize=1");
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add(Lives.class.getName());
        command.add(String.valueOf(from + number));
        command.add(String.valueOf(from + count));
        command.add(String.valueOf(processes));
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    }

    private void follow(Process process) {
        var watchdog = new Watchdog(process);
        watchdog.start();
        try (var lines =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            String line;
            while ((line = lines.readLine()) != null) {
                if (line.startsWith(Lives.BEGUN)) {
                    watchdog.begun(Long.parseLong(line.substring(Lives.BEGUN.length())));
                    count();
                } else if (line.startsWith(Lives.FAILED)) {
                    String[] parts = line.substring(Lives.FAILED.length()).split(" ", 2);
                    fail(Long.parseLong(parts[0]), parts[1]);
                } else {
                    out.println(line);
                }
            }
            int status = process.waitFor();
            if (status != 0) {
                fail(watchdog.seed, "its process ended with status " + status);
            }
        } catch (IOException | InterruptedException e) {
            fail(watchdog.seed, "nobody knows: " + e);
        } finally {
            process.destroyForcibly();
            watchdog.interrupt();
        }
    }

    private synchronized void count() {
        begun++;
        if (begun % TOLD_EVERY == 0) {
            out.printf(
                    "%d of %d seeds, %.1f a second, %d failed%n",
                    begun, count, begun / seconds(), failed.size());
        }
    }

    private synchronized void fail(long seed, String reason) {
        failed.put(seed, reason);
        out.println("seed " + seed + " failed: " + reason);
    }

    private double seconds() {
        return (System.nanoTime() - start) / 1e9;
    }

    private void tell(Result result) {
        out.printf(
                "%d seeds from %d in %.0f s, %.1f a second: %d failed%n",
                begun, from, seconds(), result.perSecond, failed.size());
        failed.forEach((seed, reason) ->
                out.printf("  make simulate FROM=%d COUNT=1  # %s%n", seed, reason));
    }

    /** Ends a process whose life does not end. */
    private static final class Watchdog extends Thread {

        private final Process process;
        private volatile long seed = -1;
        private volatile long since = System.nanoTime();

        Watchdog(Process process) {
            this.process = process;
            setDaemon(true);
        }

        void begun(long next) {
            since = System.nanoTime();
            seed = next;
        }

        @Override
        public void run() {
            try {
                while (!process.waitFor(1, TimeUnit.SECONDS)) {
                    if (System.nanoTime() - since > TimeUnit.SECONDS.toNanos(STUCK_SECONDS)) {
                        process.destroyForcibly();
                    }
                }
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
