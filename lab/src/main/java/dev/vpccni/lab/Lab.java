package dev.vpccni.lab;

import dev.vpccni.emulator.fabric.Program;
import dev.vpccni.json.Json;
import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import dev.vpccni.lab.cluster.ClusterFolder;
import dev.vpccni.lab.cluster.ClusterPlan;
import dev.vpccni.lab.cluster.LabCluster;
import dev.vpccni.lab.cluster.Machine;
import dev.vpccni.lab.node.NodeFiles;
import dev.vpccni.lab.node.NodeHost;
import dev.vpccni.lab.node.Processes;
import dev.vpccni.linux.namespace.NamespaceThread;
import dev.vpccni.model.InstanceType;
import dev.vpccni.model.IpAddress;
import dev.vpccni.vpc.api.AddressBlocks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A running lab: a cloud, nodes with their daemons, pods. It lives in one process, which owns all
 * of it; whoever drives it does so through {@link LabServer}.
 */
final class Lab implements AutoCloseable {

    /** What the control plane runs on: any would do. */
    private static final String CONTROL_TYPE = "m5.large";

    private final LabSettings settings;
    private final NamespaceThread thread;
    private final LabCloud cloud;
    private final SortedMap<String, LabNode> machines = new TreeMap<>();
    private final Pods pods;
    private @Nullable NodeHost control;
    private @Nullable LabCluster cluster;
    private boolean closed;

    private Lab(LabSettings settings, NamespaceThread thread, LabCloud cloud) {
        this.settings = settings;
        this.thread = thread;
        this.cloud = cloud;
        this.pods = new Pods(machines, settings.seed());
    }

    /**
     * Starts a lab, after removing what an interrupted one of the same name left behind.
     *
     * @throws IOException if it cannot: nothing of it remains then
     */
    static Lab start(LabSettings settings) throws IOException {
        LeftOvers.remove(settings.folder());
        boolean done = false;
        try {
            settings.folder().create();
            Files.writeString(
                    settings.folder().processes(),
                    Processes.identity(ProcessHandle.current()) + "\n",
                    StandardOpenOption.CREATE_NEW);
            NamespaceThread thread = NamespaceThread.start("lab-namespaces");
            var lab = new Lab(settings, thread, LabCloud.start(settings, thread));
            lab.boot();
            done = true;
            return lab;
        } finally {
            if (!done) {
                LeftOvers.remove(settings.folder());
            }
        }
    }

    LabSettings settings() {
        return settings;
    }

    Pods pods() {
        return pods;
    }

    LabCloud cloud() {
        return cloud;
    }

    NamespaceThread thread() {
        return thread;
    }

    Collection<LabNode> machines() {
        return machines.values();
    }

    /**
     * Returns the node called {@code name}.
     *
     * @throws IOException if there is none, naming those that there are
     */
    LabNode machine(String name) throws IOException {
        LabNode machine = machines.get(name);
        if (machine == null) {
            throw new IOException(
                    "no node \"" + name + "\"; there is " + String.join(", ", machines.keySet()));
        }
        return machine;
    }

    /**
     * Returns the machine called {@code name}: a node, or the control plane's.
     *
     * @throws IOException if there is none
     */
    NodeHost host(String name) throws IOException {
        NodeHost own = control;
        return own != null && name.equals(own.name()) ? own : machine(name).node();
    }

    /**
     * Returns the lab's cluster.
     *
     * @throws IOException if it has none
     */
    LabCluster cluster() throws IOException {
        LabCluster running = cluster;
        if (running == null) {
            throw new IOException(
                    "the lab has no Kubernetes; `vpc-cni lab up --kubernetes` starts one that has");
        }
        return running;
    }

    /**
     * Takes the power from a node, and starts it again: what is on its disks is there, and its
     * interfaces; nothing that ran, no pod, and nothing that it told the kernel. Returns when what
     * ran before serves again; pods of the lab's own runner do not come back.
     */
    void reboot(LabNode machine) throws IOException {
        boolean served = machine.daemon().isAlive();
        machine.daemon().kill();
        if (cluster != null) {
            cluster.cut(machine.name());
        }
        machine.node().halt();
        cloud.reboot(machine.instance());
        machine.node().restart(settings.folder().groups());
        machine.node().await();
        if (served) {
            machine.daemon().start(new TreeMap<>());
            machine.daemon().awaitReady();
        }
        pods.lost(machine);
        if (cluster != null) {
            cluster.boot(machine.name());
        }
    }

    /** Returns what {@code lab status -o json} prints. */
    Map<String, @Nullable Object> status() throws IOException {
        LabCluster running = cluster;
        var nodes = new ArrayList<Map<String, @Nullable Object>>();
        for (LabNode machine : machines.values()) {
            Map<String, @Nullable Object> node = machine.status(cloud);
            if (running != null) {
                node.put("kubernetesName", clusterMachine(machine).name());
            }
            nodes.add(node);
        }
        var status = new LinkedHashMap<String, @Nullable Object>();
        status.put("nodes", nodes);
        if (running != null) {
            status.put("kubernetes", describe(running));
        }
        return status;
    }

    /** Returns how one asks a cluster, and what of it runs. */
    static Map<String, @Nullable Object> describe(LabCluster cluster) throws IOException {
        var all = new LinkedHashMap<String, @Nullable Object>();
        all.put("version", cluster.folder().version());
        all.put("kubeconfig", cluster.kubeconfig().toString());
        all.put("kubectl", cluster.folder().kubectl().toString());
        all.put("programs", cluster.running());
        return all;
    }

    /** Returns what {@code lab subnets -o json} prints. */
    Map<String, @Nullable Object> subnets() {
        return new LinkedHashMap<>(Map.of("subnets", cloud.subnets()));
    }

    /** Returns what {@code lab calls -o json} prints: calls by node, service and action. */
    Map<String, @Nullable Object> calls() {
        return CallReport.of(machines.values(), cloud.emulator().calls());
    }

    /**
     * Has EC2 refuse every request of some actions from now on, and no others any more.
     *
     * @param code what it answers, such as {@code UnauthorizedOperation}
     */
    void refuse(List<String> actions, String code) {
        cloud.emulator().faults(RefusedActions.of(actions, code));
    }

    /** Stops everything and removes it; once is enough. */
    @Override
    public synchronized void close() throws IOException {
        if (closed) {
            return;
        }
        var namespaces = new ArrayList<Path>();
        for (LabNode machine : machines.values()) {
            machine.daemon().stop();
            namespaces.addAll(machine.node().namespaces());
        }
        if (control != null) {
            namespaces.addAll(control.namespaces());
        }
        if (cluster != null) {
            cluster.close();
        }
        Processes.endInside(namespaces);
        cloud.close();
        thread.close();
        settings.folder().remove();
        closed = true;
    }

    private void boot() throws IOException {
        var environment = new TreeMap<>(settings.daemonEnvironment());
        environment.putAll(cloud.environment());
        // Where upstream's container writes, this computer's folder would be.
        environment.putIfAbsent("AWS_VPC_K8S_CNI_LOG_FILE", NodeFiles.LOG);
        String java = System.getProperty("java.home");
        if (java != null) {
            environment.put("JAVA_HOME", java);
        }
        String common = settings.topology().ipv6() ? null : networkList(null);
        for (int number = 1; number <= settings.nodes(); number++) {
            String name = LabCloud.nodeName(number);
            InstanceType type = settings.typeOf(number);
            LabCloud.Instance instance = cloud.runInstance(name, type);
            var own = new TreeMap<>(environment);
            own.putIfAbsent("VPC_CNI_CLUSTER_FILE", NodeFiles.CLUSTER);
            own.putIfAbsent("MY_NODE_NAME", nodeName(name, instance));
            NodeHost node = host(name, instance, own);
            String list = settings.topology().ipv6() ? networkList(nodeAddress(instance)) : common;
            node.create(files(), settings.folder().groups());
            if (list != null) {
                Files.writeString(node.files().list(), list);
            } else if (!settings.daemons()) {
                leaveEgressOut(node.files().list());
            }
            Files.writeString(node.files().cluster(), Json.compact(cloud.clusterOf(instance)));
            var daemon = new NodeDaemon(node, settings.home(), settings.folder().processes());
            machines.put(name, new LabNode(node, instance, type, new Kubelet(node), daemon));
        }
        for (LabNode machine : machines.values()) {
            machine.node().await();
        }
        cloud.useByOthers();
        cloud.follow();
        if (settings.daemons()) {
            startDaemons();
        }
        if (settings.kubernetes() != null) {
            startCluster(new ClusterFolder(settings.kubernetes()));
        }
    }

    /**
     * Returns where a node's files come from. A cluster without our daemons waits for whoever is
     * installed in it, and has no plugins but its runtime's.
     */
    private List<Path> files() {
        Path kubernetes = settings.kubernetes();
        Path ours = settings.home().resolve("dist/node");
        if (kubernetes == null) {
            return List.of(ours);
        }
        Path runtimes = new ClusterFolder(kubernetes).nodeFiles();
        return settings.daemons() ? List.of(ours, runtimes) : List.of(runtimes);
    }

    private NodeHost host(
            String name, LabCloud.Instance instance, SortedMap<String, String> environment) {
        var files = new NodeFiles(settings.folder().node(name));
        return new NodeHost(name, instance.namespace(), files, environment);
    }

    /** Returns what Kubernetes calls a node, if there is any. */
    private String nodeName(String name, LabCloud.Instance instance) {
        return settings.kubernetes() == null
                ? name
                : Machine.name(instance.zone(), cloud.primaryAddress(instance));
    }

    private Machine clusterMachine(LabNode node) {
        return clusterMachine(node.node(), node.instance(), node.type());
    }

    private Machine clusterMachine(NodeHost host, LabCloud.Instance instance, InstanceType type) {
        return new Machine(
                host, instance.id(), type, instance.zone(), cloud.primaryAddress(instance));
    }

    /** Its machine is the last, so that nodes are the same as without a cluster. */
    private void startCluster(ClusterFolder folder) throws IOException {
        InstanceType type = settings.topology().type(CONTROL_TYPE);
        LabCloud.Instance instance = cloud.runInstance(LabCloud.CONTROL, type);
        NodeHost machine = host(LabCloud.CONTROL, instance, new TreeMap<>());
        control = machine;
        machine.create(List.of(), settings.folder().groups());
        var nodes = new ArrayList<Machine>();
        for (LabNode node : machines.values()) {
            nodes.add(clusterMachine(node));
        }
        machine.await();
        cluster =
                LabCluster.start(
                        new ClusterPlan(
                                folder,
                                clusterMachine(machine, instance, type),
                                nodes,
                                settings.daemonEnvironment(),
                                settings.folder().path(),
                                settings.folder().processes(),
                                settings.daemons()),
                        thread);
    }

    /** Returns the address by which pods with IPv6 addresses get out over IPv4, or the contrary. */
    private IpAddress nodeAddress(LabCloud.Instance instance) {
        AddressBlocks held = cloud.interfaces(instance.id()).getFirst().held();
        return LabSettings.isOn(settings.daemonEnvironment(), "ENABLE_IPv6")
                ? held.addresses().getFirst()
                : held.ipv6Addresses().getFirst();
    }

    /**
     * Returns the configuration list that the environment asks for; null where the default one
     * does, as for any daemon that is not ours.
     *
     * @param address of the node in the family that its pods do not have; null if it has none
     */
    private @Nullable String networkList(@Nullable IpAddress address) throws IOException {
        SortedMap<String, String> environment = settings.daemonEnvironment();
        if (!settings.daemons() || (address == null && environment.isEmpty())) {
            return null;
        }
        Path program = settings.home().resolve("bin/vpc-cni");
        var words = new ArrayList<>(List.of(program.toString(), "daemon", "--print-conflist"));
        if (address != null) {
            words.add(address.toString());
        }
        return Program.of(words.toArray(String[]::new)).with(environment).run();
    }

    /** With another daemon there is nobody whom our second plugin could ask; it is off anyway. */
    private static void leaveEgressOut(Path file) throws IOException {
        if (!Files.exists(file)) {
            return;
        }
        try {
            JsonObject list = JsonObject.parse(Files.readString(file));
            var members = new LinkedHashMap<String, @Nullable Object>();
            for (String name : list.names()) {
                members.put(name, list.value(name));
            }
            var plugins = new ArrayList<@Nullable Object>(list.list("plugins"));
            List<JsonObject> all = list.objects("plugins");
            for (int i = all.size() - 1; i >= 0; i--) {
                if (all.get(i).string("type", "").equals("egress-cni")) {
                    plugins.remove(i);
                }
            }
            members.put("plugins", plugins);
            Files.writeString(file, Json.indented(members, 2) + "\n");
        } catch (JsonException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    private void startDaemons() throws IOException {
        for (LabNode machine : machines.values()) {
            machine.daemon().start(new TreeMap<>());
        }
        for (LabNode machine : machines.values()) {
            machine.daemon().awaitReady();
        }
    }
}
