package dev.vpccni.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;

/**
 * From the start of a daemon's process to the end of the first ADD that succeeds, on a node that
 * has pods, with EC2 and metadata within reach and without.
 */
final class Restart {

    private static final int PODS = 20;
    private static final int MEDIAN_MILLIS = 400;
    private static final String NOWHERE =
            "AWS_ENDPOINT_URL_EC2=http://127.0.0.1:9"
                    + " AWS_EC2_METADATA_SERVICE_ENDPOINT=http://127.0.0.1:9 ";

    private Restart() {}

    /** Restarts the daemon {@code times} times each way and returns the table. */
    static String measure(Path home, Path folder, int times)
            throws IOException, InterruptedException {
        // The lab's own daemon is stopped first, so that the script below starts the only one.
        try (BenchmarkLab lab = BenchmarkLab.up(home, "--instance-type", "m5.4xlarge")) {
            lab.lab("pod", "add", "--node", BenchmarkLab.NODE, "--count", String.valueOf(PODS));
            lab.lab("daemon", "kill", BenchmarkLab.NODE);
            return String.join(
                    "\n",
                    "| restart to first ADD, ms, "
                            + PODS
                            + " pods | min | p50 | p95 | p99 | runs | target | met |",
                    "|---|---|---|---|---|---|---|---|",
                    row("EC2 and metadata up", run(lab, home, folder, "", times)),
                    row("neither reached", run(lab, home, folder, NOWHERE, times)));
        }
    }

    private static String row(String name, Samples samples) {
        return "| %s | %s | %s | p50 %d | %s |"
                .formatted(
                        name,
                        Samples.millis(samples.micros().getFirst()),
                        samples.cells(),
                        MEDIAN_MILLIS,
                        Target.verdict(samples.median() <= MEDIAN_MILLIS * 1_000L));
    }

    private static Samples run(
            BenchmarkLab lab, Path home, Path folder, String environment, int times)
            throws IOException, InterruptedException {
        Path script = folder.resolve("restart.sh");
        Files.writeString(
                script,
                """
                set -eu
                export CNI_CONTAINERID=bench-restart CNI_NETNS=/run/netns/bench-restart
                export CNI_IFNAME=eth0 CNI_PATH=/opt/cni/bin
                export CNI_ARGS='IgnoreUnknown=1;K8S_POD_NAMESPACE=bench;K8S_POD_NAME=restart'
                plugin=/opt/cni/bin/aws-cni
                conf='{"cniVersion":"1.1.0","name":"aws-cni","type":"aws-cni"}'
                ip netns add bench-restart
                begin=$(date +%%s%%N)
                %s %s daemon >%s 2>&1 &
                daemon=$!
                until echo "$conf" | CNI_COMMAND=ADD $plugin >/dev/null; do
                    [ $(($(date +%%s%%N) - begin)) -lt 60000000000 ] || break
                done
                end=$(date +%%s%%N)
                echo $(((end - begin) / 1000))
                echo "$conf" | CNI_COMMAND=DEL $plugin
                kill -9 $daemon
                wait $daemon || true
                ip netns del bench-restart
                """
                        .formatted(
                                environment,
                                home.resolve("bin/vpc-cni"),
                                folder.resolve("daemon.log")));
        var micros = new ArrayList<Long>();
        int failures = 0;
        for (int i = 0; i < times; i++) {
            long taken = Long.parseLong(lab.exec("sh", script.toString()).strip());
            failures += taken >= 60_000_000 ? 1 : 0;
            micros.add(taken);
        }
        return new Samples(micros, failures);
    }
}
