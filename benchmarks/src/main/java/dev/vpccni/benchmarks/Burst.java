package dev.vpccni.benchmarks;

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

    private Burst() {}

    /** Asks for {@code pods} pods on a fresh node and returns a row of the table. */
    static String row(Path home, String instanceType, int pods)
            throws IOException, InterruptedException {
        InstanceType type = InstanceTypes.known().find(instanceType);
        if (type == null) {
            throw new IllegalArgumentException("unknown instance type: " + instanceType);
        }
        try (Lab lab =
                Lab.up(
                        home,
                        "--instance-type",
                        instanceType,
                        "--latency",
                        "call=300ms,device=2s")) {
            String before = lab.lab("calls", "-o", "json").strip();
            long begin = System.nanoTime();
            lab.lab("pod", "add", "--node", Lab.NODE, "--count", String.valueOf(pods));
            Duration taken = Duration.ofNanos(System.nanoTime() - begin);
            Duration least = least();
            return String.format(
                    Locale.ROOT,
                    "| %d on an %s | %.2f | %.2f | %.2f | %s → %s |",
                    pods,
                    instanceType,
                    taken.toMillis() / 1e3,
                    least.toMillis() / 1e3,
                    (double) taken.toMillis() / least.toMillis(),
                    before,
                    lab.lab("calls", "-o", "json").strip());
        }
    }

    static String head() {
        return "| pods at once | s | least s | ratio | calls before → after |\n|---|---|---|---|---|";
    }

    /** One interface after another's request can overlap: create, attach, and the device's time. */
    private static Duration least() {
        return CALL.multipliedBy(2).plus(DEVICE);
    }
}
