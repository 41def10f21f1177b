package dev.vpccni.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * How long the container image takes in a container runtime: the init container from its start to
 * its end, and the daemon's from its start until its readiness probe succeeds.
 *
 * <p>The probe is asked again and again, 10 ms after its last answer; a kubelet asks once in its
 * period.
 */
final class ImageStart {

    private static final int ROUNDS = 10;
    private static final int WARMUP = 2;

    /**
     * Prints {@code name TAB micros TAB status}. The mounts and rights are those of the chart's
     * containers. {@code true} is what a container takes that does nothing.
     */
    private static final String SCRIPT =
            """
            ctr() { "$ctr" --namespace bench "$@"; }
            micros() { echo $(($(date +%s%N) / 1000)); }
            told() { [ $round -le 0 ] || printf '%s\\t%s\\t%s\\n' "$1" $(($(micros) - begin)) "$2"; }
            ctr images import --local "$archive" >/dev/null
            image=$(ctr images list --quiet | head -n 1)
            host() { echo "--mount type=bind,src=$1,dst=$2,options=rbind:rw"; }
            init="--privileged --net-host --read-only $(host /opt/cni/bin /host/opt/cni/bin)"
            daemon="--net-host --read-only $(host /opt/cni/bin /host/opt/cni/bin)"
            daemon="$daemon $(host /etc/cni/net.d /host/etc/cni/net.d)"
            daemon="$daemon $(host /var/log/aws-routed-eni /host/var/log/aws-routed-eni)"
            daemon="$daemon $(host /run/aws-node /run/aws-node) $(host /run/cni /run/cni)"
            daemon="$daemon $(host /run/xtables.lock /run/xtables.lock) $(host /run/vpc-cni /run/vpc-cni)"
            daemon="$daemon --mount type=tmpfs,src=tmpfs,dst=/tmp,options=rw"
            for right in AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE \\
                SETFCAP SETGID SETPCAP SETUID SYS_CHROOT; do
                daemon="$daemon --cap-drop CAP_$right"
            done
            daemon="$daemon --cap-add CAP_NET_ADMIN --cap-add CAP_NET_RAW"
            ctr run --rm "$image" probe cat /app/grpc-health-probe >/run/bench/probe
            chmod 755 /run/bench/probe
            once() { # NAME OPTIONS WORDS
                begin=$(micros)
                status=0
                ctr run --rm $2 --env-file /run/bench/env "$image" "$round-once" $3 >/run/bench/said 2>&1 || status=$?
                told "$1" $status
            }
            ready() { # NAME
                begin=$(micros)
                ctr run --detach --null-io $daemon --env-file /run/bench/env "$image" daemon \\
                    /app/bin/vpc-cni daemon
                told "$1: created" 0
                status=1
                for _ in $(seq 3000); do
                    if /run/bench/probe -addr=unix:///run/aws-node/ipamd.sock >/run/bench/said 2>&1; then
                        status=0
                        break
                    fi
                    sleep 0.01
                done
                told "$1" $status
                [ $status = 0 ] || { cat /run/bench/said /var/log/aws-routed-eni/ipamd.log | tail -n 5 >&2; exit 1; }
                ctr task delete --force daemon >/dev/null
                ctr container delete daemon
                rm -f /run/aws-node/*.sock
            }
            round=-$warmup
            while [ $round -lt $rounds ]; do
                round=$((round + 1))
                once "a container that does nothing" "" "busybox true"
                once "the init container" "$init" "/app/bin/vpc-cni daemon --init"
                rm -f /run/aws-node/*
                ready "the daemon, without a checkpoint"
                ready "the daemon, with a checkpoint"
            done
            """;

    private ImageStart() {}

    /** Runs the image of {@code dist} on a node of its own and returns the table. */
    static String measure(Path home) throws IOException, InterruptedException {
        Path archive = home.resolve("dist/image.tar");
        if (!Files.exists(archive)) {
            throw new IOException("there is no " + archive + ": run `make image`");
        }
        try (BenchmarkLab lab = BenchmarkLab.up(home, "--instance-type", "m5.4xlarge")) {
            AtRest.awaitCalm(lab);
            String environment = environment(lab.exec("env"));
            lab.lab("daemon", "kill", BenchmarkLab.NODE);
            try (Containerd runtime = Containerd.start(lab, home, List.of())) {
                return table(
                        ExecTimer.parse(
                                lab.whole(
                                        "sh",
                                        "-euc",
                                        "ctr=$1 archive=$2 rounds=$3 warmup=$4\n"
                                                + "printf '%s' \"$5\" >/run/bench/env\n"
                                                + SCRIPT,
                                        "sh",
                                        runtime.ctr(),
                                        archive.toString(),
                                        String.valueOf(ROUNDS),
                                        String.valueOf(WARMUP),
                                        environment)));
            }
        }
    }

    /** Returns where the cloud is, as the lab tells its daemons, and the folders of the image. */
    private static String environment(String all) {
        var lines = new StringBuilder();
        all.lines()
                .filter(line -> line.matches("(AWS_|MY_|VPC_CNI_).*"))
                .filter(line -> !line.startsWith("AWS_VPC_K8S_CNI_LOG_FILE="))
                .forEach(line -> lines.append(line).append('\n'));
        return lines
                + "AWS_VPC_K8S_CNI_LOG_FILE=/host/var/log/aws-routed-eni/ipamd.log\n"
                + "HOST_CNI_BIN_PATH=/host/opt/cni/bin\n"
                + "HOST_CNI_CONFDIR_PATH=/host/etc/cni/net.d\n";
    }

    private static String table(Map<String, Samples> samples) {
        var lines = new StringBuilder("| in containerd, ms | p50 | p95 | p99 | runs |\n");
        lines.append("|---|---|---|---|---|");
        samples.forEach((name, all) ->
                lines.append("\n| ").append(name).append(" | ").append(all.cells()).append(" |"));
        return lines.toString();
    }
}
