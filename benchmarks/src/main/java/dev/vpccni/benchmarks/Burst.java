package dev.vpccni.benchmarks;

import dev.vpccni.benchmarks.daemon.Holdings;
import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import dev.vpccni.model.InstanceType;
import dev.vpccni.model.InstanceTypes;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/**
 * Pods asked for all at once, with EC2 calls of 300 ms and devices that show 2 s after their
 * attach, beside the least time that these latencies allow.
 */
final class Burst {

    private static final Duration CALL = Duration.ofMillis(300);
    private static final Duration DEVICE = Duration.ofSeconds(2);

    private static final double RATIO_MAX = 1.2;

    private Burst() {}

    /** Asks for {@code pods} pods on a fresh node and returns a row of the table. */
    static String row(Path home, String instanceType, int pods)
            throws IOException, InterruptedException {
        InstanceType type = InstanceTypes.known().find(instanceType);
        if (type == null) {
            throw new IllegalArgumentException("unknown instance type: " + instanceType);
        }
        try (BenchmarkLab lab =
                BenchmarkLab.up(
                        home,
                        "--instance-type",
                        instanceType,
                        "--latency",
                        "call=300ms,device=2s")) {
            Calls before = Calls.now(lab);
            JsonObject outcome =
                    JsonObject.parse(
                            lab.attempt(
                                    "pod",
                                    "add",
                                    "--node",
                                    BenchmarkLab.NODE,
                                    "--count",
                                    String.valueOf(pods),
                                    "-o",
                                    "json"));
            Duration taken = Duration.ofMillis(outcome.integer("milliseconds"));
            long failed = outcome.integer("failed");
            Duration least = least();
            double ratio = (double) taken.toMillis() / least.toMillis();
            return String.format(
                    Locale.ROOT,
                    "| %d on an %s | %.2f | %.2f | %.2f | %.1f | %s | %d | %d | %s |",
                    pods,
                    instanceType,
                    taken.toMillis() / 1e3,
                    least.toMillis() / 1e3,
                    ratio,
                    RATIO_MAX,
                    Target.verdict(ratio <= RATIO_MAX && failed == 0),
                    failed,
                    Holdings.rssHighestKilobytes(DaemonProcess.pid(lab)) / 1024,
                    Calls.now(lab).since(before).ec2Text());
        } catch (JsonException e) {
            throw new IOException("not what pods came to: " + e.getMessage(), e);
        }
    }

    static String head() {
        return "| pods at once | s | least s | ratio | target | met | failed"
                + " | daemon's RSS at most, MiB | calls of EC2 |\n"
                + "|---|---|---|---|---|---|---|---|---|";
    }

    /** One interface after another's request can overlap: create, attach, and the device's time. */
    private static Duration least() {
        return CALL.multipliedBy(2).plus(DEVICE);
    }
}
