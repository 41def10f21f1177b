package dev.vpccni.lab.cluster;

import dev.vpccni.emulator.fabric.Program;
import dev.vpccni.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The programs that make a machine a node: containerd, kubelet and kube-proxy. What they read lies
 * in the node's {@code /run/kubernetes}, what they write where they write it on any node.
 */
final class NodeAgents {

    private static final String FOLDER = "/run/kubernetes";
    private static final String SOCKET = "/run/containerd/containerd.sock";
    private static final int KUBELET_PORT = 10248;
    private static final int PROXY_PORT = 10256;
    private static final Duration IMPORT = Duration.ofSeconds(60);

    /**
     * What a kubelet sets in the kernel, which is this computer's: on the node each is a file of
     * the node's with the wanted value instead.
     */
    private static final String PARAMETERS =
            """
            mkdir -p /run/kubernetes/sys
            while read -r name value; do
                [ -e "/proc/sys/$name" ] || continue
                file=/run/kubernetes/sys/$(echo "$name" | tr / .)
                echo "$value" >"$file"
                mount --bind "$file" "/proc/sys/$name"
            done <<END
            vm/overcommit_memory 1
            vm/panic_on_oom 0
            kernel/panic 10
            kernel/panic_on_oops 1
            kernel/keys/root_maxkeys 1000000
            kernel/keys/root_maxbytes 25000000
            END
            """;

    /** Snapshotters that the node's file systems do not have, and traces that nobody reads. */
    private static final String RUNTIME =
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
              # Pods' namespaces are where every runtime and ours has them.
              netns_mounts_under_state_dir = false
              [plugins."io.containerd.cri.v1.runtime".cni]
                bin_dirs = ["/opt/cni/bin"]
                conf_dir = "/etc/cni/net.d"
              [plugins."io.containerd.cri.v1.runtime".containerd]
                default_runtime_name = "runc"
                [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
                  runtime_type = "io.containerd.runc.v2"
                  [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]
                    SystemdCgroup = false
            """;

    private final Machine machine;
    private final ClusterFolder programs;
    private final Health health;
    private final Path processes;

    NodeAgents(Machine machine, ClusterFolder programs, Health health, Path processes) {
        this.machine = machine;
        this.programs = programs;
        this.health = health;
        this.processes = processes;
    }

    /** Returns the machine. */
    Machine machine() {
        return machine;
    }

    /**
     * Writes what the programs read.
     *
     * @param server where the API server is
     * @param pods how many the kubelet admits
     */
    void prepare(Certificates certificates, String server, int pods) throws IOException {
        String user = "kubelet-" + machine.host().name();
        String proxy = "proxy-" + machine.host().name();
        certificates.client(user, "system:node:" + machine.name(), "system:nodes");
        certificates.client(proxy, "system:kube-proxy", "");
        Kubeconfig.write(here("kubelet.kubeconfig"), certificates, server, user);
        Kubeconfig.write(here("kube-proxy.kubeconfig"), certificates, server, proxy);
        Files.copy(certificates.authority(), here("ca.crt"));
        Files.writeString(here("containerd.toml"), RUNTIME);
        Files.writeString(here("kubelet.json"), Json.indented(kubelet(pods), 2) + "\n");
        Files.writeString(here("kube-proxy.json"), Json.indented(proxy(), 2) + "\n");
        setParameters();
    }

    /** Has the kernel's parameters be as a kubelet wants them, on the node; once a boot. */
    void setParameters() throws IOException {
        Program.of(machine.host().enterWhole(List.of("sh", "-euc", PARAMETERS))).run();
    }

    /** Returns the runtime. */
    ClusterProgram runtime() throws IOException {
        return new ClusterProgram(
                machine.host(),
                List.of(
                        programs.program("containerd").toString(),
                        "--config",
                        FOLDER + "/containerd.toml"),
                programs.searchPath(Program.PATH),
                processes,
                this::runtimeComplaint);
    }

    /** Has the runtime know the images of the folder. */
    void importImages() throws IOException {
        for (Path image : programs.images()) {
            importImage(image);
        }
    }

    /** Has the runtime know the image that a file of this computer is an archive of. */
    synchronized void importImage(Path archive) throws IOException {
        // A file that came after the node may not be seen there.
        Path copy = here("image.tar");
        Files.copy(archive, copy, StandardCopyOption.REPLACE_EXISTING);
        try {
            Program.of(
                            ctr(
                                    "--namespace",
                                    "k8s.io",
                                    "images",
                                    "import",
                                    "--local",
                                    FOLDER + "/image.tar"))
                    .within(IMPORT)
                    .run();
        } finally {
            Files.delete(copy);
        }
    }

    /** Returns the kubelet, then kube-proxy. */
    List<ClusterProgram> agents() throws IOException {
        var labels = new ArrayList<String>();
        machine.labels().forEach((name, value) -> labels.add(name + "=" + value));
        return List.of(
                ClusterProgram.of(
                        machine.host(),
                        List.of(
                                programs.program("kubelet").toString(),
                                "--config=" + FOLDER + "/kubelet.json",
                                "--kubeconfig=" + FOLDER + "/kubelet.kubeconfig",
                                "--cert-dir=/var/lib/kubelet/pki",
                                "--hostname-override=" + machine.name(),
                                "--node-ip=" + machine.address(),
                                "--node-labels=" + String.join(",", labels),
                                // Nothing of the node's is in a group of its own.
                                "--runtime-cgroups=/",
                                "--v=2"),
                        processes,
                        () -> health.complaint(KUBELET_PORT, "/healthz")),
                ClusterProgram.of(
                        machine.host(),
                        List.of(
                                programs.program("kube-proxy").toString(),
                                "--config=" + FOLDER + "/kube-proxy.json",
                                "--v=2"),
                        processes,
                        () -> health.complaint(PROXY_PORT, "/livez")));
    }

    private @Nullable String runtimeComplaint() throws IOException {
        Program.Ended asked = Program.of(ctr("version")).end();
        return asked.status() == 0 ? null : asked.errors().strip();
    }

    private List<String> ctr(String... words) throws IOException {
        var all = new ArrayList<>(List.of(programs.program("ctr").toString(), "-a", SOCKET));
        all.addAll(List.of(words));
        return machine.host().enterWhole(all);
    }

    private Map<String, @Nullable Object> kubelet(int pods) {
        var all = new LinkedHashMap<String, @Nullable Object>();
        all.put("apiVersion", "kubelet.config.k8s.io/v1beta1");
        all.put("kind", "KubeletConfiguration");
        all.put(
                "authentication",
                Map.of(
                        "anonymous",
                        Map.of("enabled", false),
                        "webhook",
                        Map.of("enabled", true),
                        "x509",
                        Map.of("clientCAFile", FOLDER + "/ca.crt")));
        all.put("authorization", Map.of("mode", "Webhook"));
        all.put("containerRuntimeEndpoint", "unix://" + SOCKET);
        all.put("providerID", machine.providerId());
        all.put("maxPods", (long) pods);
        all.put("clusterDNS", List.of(ClusterDns.ADDRESS));
        all.put("clusterDomain", ClusterDns.DOMAIN);
        // This computer's resolver is not in the VPC.
        all.put("resolvConf", "");
        all.put("serializeImagePulls", false);
        // A lab is small, and whoever watches it does not want to wait.
        all.put("nodeStatusUpdateFrequency", "2s");
        all.put("cgroupDriver", "cgroupfs");
        all.put("failCgroupV1", false);
        all.put("failSwapOn", false);
        all.put("cgroupsPerQOS", false);
        all.put("enforceNodeAllocatable", List.of());
        all.put("oomScoreAdj", 0L);
        all.put("maxOpenFiles", 20_000L);
        // Disk and memory are this computer's, which everybody uses.
        all.put("localStorageCapacityIsolation", false);
        all.put("imageGCHighThresholdPercent", 100L);
        all.put(
                "evictionHard",
                Map.of(
                        "memory.available",
                        "100Mi",
                        "nodefs.available",
                        "0%",
                        "imagefs.available",
                        "0%",
                        "nodefs.inodesFree",
                        "0%"));
        return all;
    }

    private Map<String, @Nullable Object> proxy() {
        var all = new LinkedHashMap<String, @Nullable Object>();
        all.put("apiVersion", "kubeproxy.config.k8s.io/v1alpha1");
        all.put("kind", "KubeProxyConfiguration");
        all.put("mode", "iptables");
        all.put("hostnameOverride", machine.name());
        all.put("clientConnection", Map.of("kubeconfig", FOLDER + "/kube-proxy.kubeconfig"));
        all.put("metricsBindAddress", "127.0.0.1:10249");
        all.put("healthzBindAddress", "0.0.0.0:" + PROXY_PORT);
        // The size of the table of connections is this computer's.
        all.put("conntrack", Map.of("maxPerCore", 0L, "min", 0L));
        return all;
    }

    private Path here(String name) throws IOException {
        Path folder = machine.host().files().run().resolve("kubernetes");
        Files.createDirectories(folder);
        return folder.resolve(name);
    }
}
