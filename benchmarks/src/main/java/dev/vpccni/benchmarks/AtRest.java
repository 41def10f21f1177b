package dev.vpccni.benchmarks;

import java.io.IOException;
import java.util.List;
import java.util.Locale;

/** What a daemon with 100 pods takes while nothing happens. */
final class AtRest {

    private static final int PODS = 100;
    private static final int SECONDS = 60;

    /** Ticks of utime and stime in /proc/PID/stat last this long; USER_HZ is 100 on Linux. */
    private static final int TICK_MILLIS = 10;

    private AtRest() {}

    /** Adds the pods, waits until the pool is calm, watches for a minute, and returns the table. */
    static String measure(Lab lab) throws IOException, InterruptedException {
        lab.lab("pod", "add", "--node", Lab.NODE, "--count", String.valueOf(PODS));
        calls(lab, "until calm");
        Usage before = usage(lab);
        String callsBefore = calls(lab, "");
        // One command that sleeps on the node: nothing else of ours runs meanwhile.
        lab.script("sleep " + SECONDS);
        Usage after = usage(lab);
        String callsAfter = calls(lab, "");
        return String.join(
                "\n",
                List.of(
                        "| daemon with " + PODS + " pods, " + SECONDS + " s at rest | |",
                        "|---|---|",
                        String.format(
                                Locale.ROOT, "| RSS | %.0f MiB |", after.rssKilobytes / 1024.0),
                        "| CPU | " + (after.ticks - before.ticks) * TICK_MILLIS + " ms |",
                        "| calls before | " + callsBefore + " |",
                        "| calls after | " + callsAfter + " |"));
    }

    /** The whole of what the node asked so far, as the lab prints it on one line. */
    private static String calls(Lab lab, String until) throws IOException, InterruptedException {
        String last = "";
        for (int tries = 0; tries < 30; tries++) {
            String now = lab.lab("calls", "-o", "json").strip();
            if (until.isEmpty() || now.equals(last)) {
                return now;
            }
            last = now;
            lab.script("sleep 5");
        }
        throw new IOException("the pool never came to rest: " + last);
    }

    private record Usage(long rssKilobytes, long ticks) {}

    private static Usage usage(Lab lab) throws IOException, InterruptedException {
        String pid = DaemonProcess.pid(lab);
        String rss = lab.script("awk '/^VmRSS/ {print $2}' /proc/" + pid + "/status").strip();
        String ticks =
                lab.script("sed 's/.*) //' /proc/" + pid + "/stat | awk '{print $12 + $13}'")
                        .strip();
        return new Usage(Long.parseLong(rss), Long.parseLong(ticks));
    }
}
