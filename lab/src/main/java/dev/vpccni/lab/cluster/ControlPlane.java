package dev.vpccni.lab.cluster;

import dev.vpccni.emulator.fabric.Program;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The programs that run the cluster, on a machine that runs nothing else, as with EKS: what happens
 * to a node happens to none of them.
 */
final class ControlPlane {

    /** As EKS has it for a VPC in 10.0.0.0/8 that leaves it free. */
    static final String SERVICES = "10.100.0.0/16";

    /** The first address of the services is the API server's own. */
    static final String API_SERVICE = "10.100.0.1";

    static final int PORT = 6443;

    private static final String API = "api";
    private static final String ADMIN = "admin";
    private static final String CONTROLLERS = "controllers";
    private static final String SCHEDULER = "scheduler";
    private static final String ETCD = "http://127.0.0.1:2379";
    private static final int ETCD_PORT = 2379;
    private static final int CONTROLLERS_PORT = 10257;
    private static final int SCHEDULER_PORT = 10259;

    private static final String FOLDER = "/run/kubernetes";

    private final Machine machine;
    private final ClusterFolder programs;
    private final Certificates certificates;
    private final Health health;
    private final Path processes;

    /** Makes the cluster's authority besides. */
    ControlPlane(ClusterPlan plan, Health health) throws IOException {
        this.machine = plan.control();
        this.programs = plan.folder();
        this.certificates = Certificates.create(here().resolve("pki"));
        this.health = health;
        this.processes = plan.processes();
    }

    /** Returns whom the cluster believes. */
    Certificates certificates() {
        return certificates;
    }

    /** Returns where nodes and pods find the API server. */
    String server() {
        return "https://" + machine.address() + ":" + PORT;
    }

    /** Writes what the programs read. */
    void prepare() throws IOException {
        certificates.server(
                API,
                List.of(
                        "IP:" + machine.address(),
                        "IP:127.0.0.1",
                        "IP:" + API_SERVICE,
                        "DNS:localhost",
                        "DNS:kubernetes",
                        "DNS:kubernetes.default",
                        "DNS:kubernetes.default.svc",
                        "DNS:kubernetes.default.svc.cluster.local"));
        certificates.person(ADMIN, "admin", "system:masters");
        certificates.client(CONTROLLERS, "system:kube-controller-manager", "");
        certificates.client(SCHEDULER, "system:kube-scheduler", "");
        for (String user : List.of(CONTROLLERS, SCHEDULER)) {
            Kubeconfig.write(kubeconfig(user), certificates, server(), user);
        }
    }

    /** Writes the file with which this computer's users are the cluster's administrators. */
    void writeAdminsKubeconfig(Path file, int port) throws IOException {
        Kubeconfig.write(file, certificates, "https://127.0.0.1:" + port, ADMIN);
    }

    /**
     * Returns the programs, in the order in which each needs those before.
     *
     * @param ready why the API server is not ready yet; null if it is
     */
    SortedMap<Integer, ClusterProgram> programs(ClusterProgram.Check ready) throws IOException {
        var all = new TreeMap<Integer, ClusterProgram>();
        all.put(
                0,
                program(
                        "etcd",
                        Map.of(
                                "data-dir",
                                "/var/lib/etcd",
                                "listen-client-urls",
                                ETCD,
                                "advertise-client-urls",
                                ETCD,
                                "listen-peer-urls",
                                "http://127.0.0.1:2380",
                                "initial-advertise-peer-urls",
                                "http://127.0.0.1:2380",
                                "initial-cluster",
                                "default=http://127.0.0.1:2380",
                                // The disk is this computer's memory.
                                "unsafe-no-fsync",
                                "true"),
                        () -> health.complaint(ETCD_PORT, "/health")));
        all.put(1, program("kube-apiserver", apiServer(), ready));
        var controllers = new TreeMap<>(manager(CONTROLLERS));
        controllers.put("service-account-private-key-file", key(Certificates.TOKENS));
        controllers.put("root-ca-file", certificate(Certificates.AUTHORITY));
        controllers.put("use-service-account-credentials", "true");
        all.put(
                2,
                program(
                        "kube-controller-manager",
                        controllers,
                        () -> health.complaint(CONTROLLERS_PORT)));
        all.put(
                3,
                program(
                        "kube-scheduler",
                        manager(SCHEDULER),
                        () -> health.complaint(SCHEDULER_PORT)));
        return all;
    }

    private SortedMap<String, String> apiServer() {
        String address = machine.address().toString();
        String issuer = "https://kubernetes.default.svc.cluster.local";
        return new TreeMap<>(
                Map.ofEntries(
                        Map.entry("etcd-servers", ETCD),
                        Map.entry("bind-address", "0.0.0.0"),
                        Map.entry("advertise-address", address),
                        Map.entry("secure-port", String.valueOf(PORT)),
                        Map.entry("tls-cert-file", certificate(API)),
                        Map.entry("tls-private-key-file", key(API)),
                        Map.entry("client-ca-file", certificate(Certificates.AUTHORITY)),
                        Map.entry("service-account-issuer", issuer),
                        Map.entry("service-account-key-file", certificate(Certificates.TOKENS)),
                        Map.entry("service-account-signing-key-file", key(Certificates.TOKENS)),
                        Map.entry("service-cluster-ip-range", SERVICES),
                        Map.entry("authorization-mode", "Node,RBAC"),
                        Map.entry("enable-admission-plugins", "NodeRestriction"),
                        Map.entry("allow-privileged", "true"),
                        Map.entry("kubelet-preferred-address-types", "InternalIP"),
                        Map.entry("kubelet-client-certificate", certificate(ADMIN)),
                        Map.entry("kubelet-client-key", key(ADMIN))));
    }

    private SortedMap<String, String> manager(String user) {
        String file = FOLDER + "/" + user + ".kubeconfig";
        return new TreeMap<>(
                Map.of(
                        "kubeconfig",
                        file,
                        "authentication-kubeconfig",
                        file,
                        "authorization-kubeconfig",
                        file,
                        "bind-address",
                        "127.0.0.1",
                        // There is one of each.
                        "leader-elect",
                        "false"));
    }

    private ClusterProgram program(
            String name, Map<String, String> options, ClusterProgram.Check check)
            throws IOException {
        var words = new ArrayList<>(List.of(programs.program(name).toString()));
        new TreeMap<>(options).forEach((option, value) -> words.add("--" + option + "=" + value));
        return new ClusterProgram(machine.host(), words, Program.PATH, processes, check);
    }

    private static String certificate(String name) {
        return FOLDER + "/pki/" + name + ".crt";
    }

    private static String key(String name) {
        return FOLDER + "/pki/" + name + ".key";
    }

    private Path kubeconfig(String user) {
        return here().resolve(user + ".kubeconfig");
    }

    /** Returns where {@link #FOLDER} of the machine lies on this computer. */
    private Path here() {
        return machine.host().files().run().resolve("kubernetes");
    }

    /** Returns why the API server is not ready, and null if it is. */
    static @Nullable String complaint(Program.Ended readyz) {
        return readyz.status() == 0 ? null : readyz.errors().strip();
    }
}
