package dev.vpccni.lab.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A node's files as they lie on this computer. On the node each is where upstream's would be: what
 * is in {@code files/opt/cni/bin} here is in {@code /opt/cni/bin} there.
 *
 * @param folder of the node
 */
public record NodeFiles(Path folder) {

    /** The daemon's log on the node. */
    public static final String LOG = "/var/log/aws-routed-eni/ipamd.log";

    /** What stands for the cluster's objects, on the node. */
    public static final String CLUSTER = "/run/vpc-cni/cluster.json";

    /** Where the node's plugins are: its own, and this computer's beside them. */
    static final String PLUGINS = "/opt/cni/bin";

    /** The folders that are the node's own, by their names there. */
    static final List<String> OWN =
            List.of(
                    PLUGINS,
                    "/etc/cni/net.d",
                    "/var/log/aws-routed-eni",
                    "/var/lib/cni",
                    // A runtime lays layers of its own there, which no layer can hold.
                    "/var/lib/containerd");

    /**
     * What is in {@code /run} because the lab put it there: cluster objects, and configurations.
     */
    private static final List<String> LABS = List.of("vpc-cni/cluster.json", "kubernetes");

    /** Where a distribution puts the plugins of the CNI project. */
    static final Path COMPUTERS_PLUGINS = Path.of("/usr/lib/cni");

    /** Returns where a folder or file of the node that is its own lies on this computer. */
    public Path own(String onNode) {
        return folder.resolve("files" + onNode);
    }

    /** Returns the node's {@code /run}. */
    public Path run() {
        return folder.resolve("run");
    }

    /**
     * Returns the daemon's checkpoint, {@code /var/run/aws-node/ipam.json} on the node, or that of
     * a network card after the first one.
     */
    public Path checkpoint(int card) {
        return run().resolve(
                        card == 0 ? "aws-node/ipam.json" : "aws-node/ipam-nic-" + card + ".json");
    }

    /** Returns where the files of pods' network namespaces lie, {@code /run/netns} on the node. */
    public Path namespaces() {
        return folder.resolve("netns");
    }

    /**
     * Returns the file that holds one of the node's namespaces.
     *
     * @param kind such as {@code mnt}
     */
    Path namespace(String kind) {
        return folder.resolve(kind);
    }

    /** Returns an empty file, for programs that are to read nothing. */
    public Path nothing() {
        return folder.resolve("nothing");
    }

    /** Returns the file that runs as the plugin {@code type}; there may be none. */
    Path plugin(String type) {
        Path own = own(PLUGINS).resolve(type);
        // What a node removes of this computer's is a file that nobody may execute.
        return Files.exists(own) ? own : COMPUTERS_PLUGINS.resolve(type);
    }

    /** Returns where results of ADD are kept, {@code /var/lib/cni/results} on the node. */
    public Path results() {
        return own("/var/lib/cni/results");
    }

    /** Returns the network configuration list. */
    public Path list() {
        return own("/etc/cni/net.d/10-aws.conflist");
    }

    /** Returns what stands for the cluster's objects, {@link #CLUSTER} on the node. */
    public Path cluster() {
        return run().resolve("vpc-cni/cluster.json");
    }

    /** Returns where the daemon's output goes. */
    public Path daemonLog() {
        return own("/var/log/aws-routed-eni/daemon.out");
    }

    /** Returns where the output of a program goes that the lab runs on the node. */
    public Path log(String program) {
        return folder.resolve(program + ".log");
    }

    /** Makes every folder, empty. */
    void create() throws IOException {
        for (String own : OWN) {
            Files.createDirectories(own(own));
        }
        createRun();
        Files.createDirectories(namespaces());
        Files.createDirectories(folder.resolve("work"));
        Files.createDirectories(folder.resolve("root"));
        Files.createFile(nothing());
    }

    /** Empties {@code /run} as a boot does, but for what the lab put there. */
    void clearRun() throws IOException {
        List<Path> all;
        try (Stream<Path> walk = Files.walk(run())) {
            all = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path each : all) {
            boolean kept =
                    LABS.stream()
                            .map(run()::resolve)
                            .anyMatch(own -> each.startsWith(own) || own.startsWith(each));
            if (!kept) {
                Files.delete(each);
            }
        }
        createRun();
    }

    private void createRun() throws IOException {
        Files.createDirectories(run().resolve("netns"));
        Files.createDirectories(run().resolve("aws-node"));
        Files.createDirectories(run().resolve("vpc-cni"));
    }

    /**
     * Puts a node's files where they belong.
     *
     * @param source such as {@code dist/node}
     * @throws IOException if something cannot be copied
     */
    void install(Path source) throws IOException {
        if (Files.isDirectory(source)) {
            for (String own : OWN) {
                Path from = source.resolve(own.substring(1));
                if (Files.isDirectory(from)) {
                    copy(from, own(own));
                }
            }
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                if (Files.isRegularFile(file)) {
                    Files.copy(
                            file,
                            to.resolve(file.toFile().getName()),
                            StandardCopyOption.COPY_ATTRIBUTES,
                            StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
    }
}
