package dev.vpccni.benchmarks;

import dev.vpccni.benchmarks.daemon.Holdings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a daemon with 100 pods takes while nothing happens. */
final class AtRest {

    private static final int PODS = 100;
    private static final int SECONDS = 60;
    private static final int CALM_TRIES = 30;
    private static final int RSS_MAX = 100;
    private static final int CPU_MAX = 30;
    private static final int METADATA_MAX = 1;

    /** Ticks of utime and stime in /proc/PID/stat last this long; USER_HZ is 100 on Linux. */
    private static final int TICK_MILLIS = 10;

    /** Where utime and stime stand in it after the name in brackets (proc(5)). */
    private static final int USER = 11;

    private static final int SYSTEM = 12;

    private AtRest() {}

    /** Adds the pods that the node has at rest. */
    static void fill(BenchmarkLab lab) throws IOException, InterruptedException {
        lab.lab("pod", "add", "--node", BenchmarkLab.NODE, "--count", String.valueOf(PODS));
    }

    /** Waits until the pool is calm, watches for a minute, and returns the table. */
    static String measure(BenchmarkLab lab) throws IOException, InterruptedException {
        awaitCalm(lab);
        Usage before = usage(lab);
        Calls callsBefore = Calls.now(lab);
        // One command that sleeps on the node: nothing else of ours runs meanwhile.
        lab.script("sleep " + SECONDS);
        Usage after = usage(lab);
        Calls calls = Calls.now(lab).since(callsBefore);
        long rss = after.rssKilobytes / 1024;
        long cpu = (after.ticks - before.ticks) * TICK_MILLIS;
        long metadata = calls.metadata().values().stream().mapToLong(Long::longValue).sum();
        return String.join(
                "\n",
                "| daemon with " + PODS + " pods, " + SECONDS + " s at rest | | target | met |",
                "|---|---|---|---|",
                row("RSS, MiB", String.valueOf(rss), RSS_MAX, rss <= RSS_MAX),
                row("CPU, ms", String.valueOf(cpu), CPU_MAX, cpu <= CPU_MAX),
                row("calls of EC2", calls.ec2Text(), 0, calls.ec2().isEmpty()),
                row(
                        "calls of metadata",
                        calls.metadataText(),
                        METADATA_MAX,
                        metadata <= METADATA_MAX));
    }

    private static String row(String what, String measured, int target, boolean met) {
        return "| " + what + " | " + measured + " | " + target + " | " + Target.verdict(met) + " |";
    }

    /** Returns once nothing was asked for a while. */
    static void awaitCalm(BenchmarkLab lab) throws IOException, InterruptedException {
        Calls last = Calls.now(lab);
        for (int tries = 0; tries < CALM_TRIES; tries++) {
            lab.script("sleep 5");
            Calls now = Calls.now(lab);
            if (now.equals(last)) {
                return;
            }
            last = now;
        }
        throw new IOException("the pool never came to rest: " + last);
    }

    private record Usage(long rssKilobytes, long ticks) {}

    private static Usage usage(BenchmarkLab lab) throws IOException, InterruptedException {
        String pid = DaemonProcess.pid(lab);
        String stat = Files.readString(Path.of("/proc", pid, "stat"));
        String[] afterName = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        long ticks = Long.parseLong(afterName[USER]) + Long.parseLong(afterName[SYSTEM]);
        return new Usage(Holdings.of(pid).rssKilobytes(), ticks);
    }
}
