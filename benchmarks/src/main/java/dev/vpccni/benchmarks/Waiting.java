package dev.vpccni.benchmarks;

import dev.vpccni.benchmarks.daemon.Holdings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/** What ADDs cost that wait while EC2 is away, and what is left of them. */
final class Waiting {

    private static final int ADDS = 1024;
    private static final int CROWDS = 10;

    /** By then the heap is as large as it may be; what a further one leaves is a leak. */
    private static final int WARMING = 6;

    /** Fewer than an m5.24xlarge has room for. */
    private static final int SERVED = 600;

    private static final int MEBIBYTES_MAX = 16;
    private static final int LEFT_MAX = 10;
    private static final int SECONDS_MAX = 30;
    private static final long SECOND_NANOS = 1_000_000_000L;

    private final Path socket;
    private final String pid;
    private final Holdings before;
    private final List<String> rows = new ArrayList<>();

    private Waiting(Path socket, String pid) throws IOException {
        this.socket = socket;
        this.pid = pid;
        before = Holdings.of(pid);
    }

    /** Runs on a fresh lab and returns the table. */
    static String measure(Path home) throws IOException, InterruptedException {
        try (BenchmarkLab lab =
                BenchmarkLab.up(
                        home, "--instance-type", "m5.24xlarge", "--env", "WARM_IP_TARGET=2")) {
            AtRest.fill(lab);
            AtRest.awaitCalm(lab);
            String url = lab.exec("printenv", "AWS_ENDPOINT_URL_EC2").strip();
            String away = "OUTPUT -d " + URI.create(url).getHost() + " -j DROP";
            var waiting = new Waiting(lab.socket(), DaemonProcess.pid(lab));
            lab.script("iptables -I " + away);
            waiting.row("before, with 100 pods", "", "");
            waiting.comeAndGo();
            waiting.beServed(lab, "iptables -D " + away);
            return String.join("\n", waiting.rows);
        }
    }

    /** Many wait and their callers go away, again and again. */
    private void comeAndGo() throws IOException {
        long warm = 0;
        for (int crowd = 1; crowd <= CROWDS; crowd++) {
            long more;
            try (var callers = new Callers(socket, "crowd-" + crowd)) {
                long begin = Holdings.of(pid).rssKilobytes();
                callers.add(ADDS);
                awaitFiles(before.files() + 3 * ADDS - 10, Integer.MAX_VALUE);
                more = (Holdings.of(pid).rssKilobytes() - begin) / 1024;
                row(
                        "crowd %d: %,d ADDs wait".formatted(crowd, ADDS),
                        MEBIBYTES_MAX + " more",
                        Target.verdict(more <= MEBIBYTES_MAX));
            }
            awaitFiles(0, before.files() + 10);
            if (crowd == WARMING) {
                warm = Holdings.of(pid).rssKilobytes();
            }
        }
        long left = (Holdings.of(pid).rssKilobytes() - warm) / 1024;
        row(
                "the callers of all have gone",
                "%d more than after crowd %d".formatted(LEFT_MAX, WARMING),
                Target.verdict(left <= LEFT_MAX));
    }

    private void beServed(BenchmarkLab lab, String back) throws IOException, InterruptedException {
        try (var callers = new Callers(socket, "served")) {
            callers.add(SERVED);
            awaitFiles(before.files() + 3 * SERVED - 10, Integer.MAX_VALUE);
            row(SERVED + " ADDs wait", "", "");
            lab.script(back);
            long begin = System.nanoTime();
            int served = callers.served();
            String seconds = "%.1f".formatted((System.nanoTime() - begin) / (double) SECOND_NANOS);
            row(
                    "EC2 is back: %d served in %s s".formatted(served, seconds),
                    "all",
                    Target.verdict(served == SERVED));
            int failed = callers.remove();
            awaitFiles(0, before.files() + 10);
            row(
                    "all are taken down, %d of their DELs failed".formatted(failed),
                    "none",
                    Target.verdict(failed == 0));
        }
    }

    /** Waits until the daemon has so many files open, or says how many it has. */
    private void awaitFiles(int least, int most) throws IOException {
        long end = System.nanoTime() + SECONDS_MAX * SECOND_NANOS;
        while (true) {
            int files = Holdings.of(pid).files();
            if (least <= files && files <= most) {
                return;
            }
            if (System.nanoTime() - end > 0) {
                rows.add("| not within " + SECONDS_MAX + " s: " + files + " files | | | | | no |");
                return;
            }
            LockSupport.parkNanos(SECOND_NANOS / 10);
        }
    }

    private void row(String what, String target, String met) throws IOException {
        if (rows.isEmpty()) {
            rows.add("| | RSS, MiB | files | threads | target | met |");
            rows.add("|---|---|---|---|---|---|");
        }
        Holdings now = Holdings.of(pid);
        rows.add(
                String.format(
                        Locale.ROOT,
                        "| %s | %d | %d | %d | %s | %s |",
                        what,
                        now.rssKilobytes() / 1024,
                        now.files(),
                        now.threads(),
                        target,
                        met));
    }
}
