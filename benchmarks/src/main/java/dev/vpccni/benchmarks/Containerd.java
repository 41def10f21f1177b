package dev.vpccni.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** The container runtime of a lab's Kubernetes, on a node without one; closing ends it. */
final class Containerd implements AutoCloseable {

    /** Where it serves on the node. */
    static final String SOCKET = "/run/containerd/containerd.sock";

    /** The handler whose networks are those that are installed on the node. */
    static final String DEFAULT = "installed";

    private static final String CONFIGURATION =
            """
            version = 3
            disabled_plugins = [
                "io.containerd.snapshotter.v1.blockfile",
                "io.containerd.snapshotter.v1.btrfs",
                "io.containerd.snapshotter.v1.devmapper",
                "io.containerd.snapshotter.v1.erofs",
                "io.containerd.snapshotter.v1.zfs",
                "io.containerd.nri.v1.nri",
                "io.containerd.tracing.processor.v1.otlp",
                "io.containerd.internal.v1.tracing",
            ]
            [plugins."io.containerd.cri.v1.images"]
              snapshotter = "overlayfs"
              [plugins."io.containerd.cri.v1.images".pinned_images]
                sandbox = "localhost/pause:1"
            [plugins."io.containerd.cri.v1.runtime"]
              disable_apparmor = true
              restrict_oom_score_adj = true
              netns_mounts_under_state_dir = false
              [plugins."io.containerd.cri.v1.runtime".cni]
                bin_dirs = ["/opt/cni/bin"]
                conf_dir = "/etc/cni/net.d"
              [plugins."io.containerd.cri.v1.runtime".containerd]
                default_runtime_name = "installed"
              [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.installed]
                runtime_type = "io.containerd.runc.v2"
            """;

    private static final String HANDLER =
            """
              [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.NAME]
                runtime_type = "io.containerd.runc.v2"
                cni_conf_dir = "/run/bench/NAME"
            """;

    private static final String START =
            """
            mkdir -p /run/bench
            printf '%s' "$2" >/run/bench/containerd.toml
            PATH=$1/bin:$PATH setsid containerd --config /run/bench/containerd.toml \\
                </dev/null >/run/bench/containerd.log 2>&1 &
            echo $! >/run/bench/pid
            tries=0
            until $1/bin/ctr version >/dev/null 2>&1; do
                tries=$((tries + 1))
                [ $tries -lt 300 ] || { tail -n 5 /run/bench/containerd.log >&2; exit 1; }
                sleep 0.1
            done
            $1/bin/ctr --namespace k8s.io images import --local $1/images/pause.tar >/dev/null
            """;

    private final BenchmarkLab lab;
    private final String kubernetes;

    private Containerd(BenchmarkLab lab, String kubernetes) {
        this.lab = lab;
        this.kubernetes = kubernetes;
    }

    /**
     * Starts it, and waits until it serves.
     *
     * @param handlers of pods whose network is in {@code /run/bench/HANDLER} on the node
     */
    static Containerd start(BenchmarkLab lab, Path home, List<String> handlers)
            throws IOException, InterruptedException {
        String kubernetes = printed(home.resolve("scripts/kubernetes/build"));
        var configuration = new StringBuilder(CONFIGURATION);
        handlers.forEach(name -> configuration.append(HANDLER.replace("NAME", name)));
        lab.whole("sh", "-euc", START, "sh", kubernetes, configuration.toString());
        return new Containerd(lab, kubernetes);
    }

    /** Returns the program {@code ctr}, as the node finds it. */
    String ctr() {
        return kubernetes + "/bin/ctr";
    }

    /** Runs a script that prints a path, and says on this process's standard error what it does. */
    static String printed(Path script) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(script.toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        process.getOutputStream().close();
        String printed =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(script + " ended with " + process.exitValue());
        }
        return printed.strip();
    }

    @Override
    public void close() throws IOException {
        try {
            lab.whole("sh", "-euc", "kill $(cat /run/bench/pid)");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
