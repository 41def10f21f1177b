package dev.vpccni.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * A node's files as they lie on this computer. On the node each is where upstream's would be: what
 * is in {@code files/opt/cni/bin} here is in {@code /opt/cni/bin} there.
 *
 * @param folder of the node
 */
record NodeFiles(Path folder) {

    /** The daemon's log on the node. */
    static final String LOG = "/var/log/aws-routed-eni/ipamd.log";

    /** The folders that are the node's own, by their names there. */
    static final List<String> OWN =
            List.of("/opt/cni/bin", "/etc/cni/net.d", "/var/log/aws-routed-eni", "/var/lib/cni");

    /** Of the whole node, as folders that lie over this computer's: writing stays on the node. */
    static final List<String> LAYERED = List.of("/etc", "/opt", "/var");

    private static final Path PLUGINS = Path.of("/usr/lib/cni");

    /** Returns where a folder or file of the node that is its own lies on this computer. */
    Path own(String onNode) {
        return folder.resolve("files" + onNode);
    }

    /** Returns the node's {@code /run}. */
    Path run() {
        return folder.resolve("run");
    }

    /** Returns the daemon's checkpoint, {@code /var/run/aws-node/ipam.json} on the node. */
    Path checkpoint() {
        return run().resolve("aws-node/ipam.json");
    }

    /** Returns where the files of pods' network namespaces lie, {@code /run/netns} on the node. */
    Path namespaces() {
        return folder.resolve("netns");
    }

    /** Returns the file that holds the node's mount namespace. */
    Path mounts() {
        return folder.resolve("mnt");
    }

    /** Returns where results of ADD are kept, {@code /var/lib/cni/results} on the node. */
    Path results() {
        return own("/var/lib/cni/results");
    }

    /** Returns the network configuration list. */
    Path list() {
        return own("/etc/cni/net.d/10-aws.conflist");
    }

    /** Returns where the daemon's output goes. */
    Path daemonLog() {
        return own("/var/log/aws-routed-eni/daemon.out");
    }

    /** Makes every folder, empty. */
    void create() throws IOException {
        for (String own : OWN) {
            Files.createDirectories(own(own));
        }
        for (String layered : LAYERED) {
            Files.createDirectories(folder.resolve("layer" + layered));
            Files.createDirectories(folder.resolve("work" + layered));
        }
        Files.createDirectories(run().resolve("netns"));
        Files.createDirectories(run().resolve("aws-node"));
        Files.createDirectories(namespaces());
        Files.createFile(mounts());
    }

    /**
     * Puts a node's files where they belong: those of {@code dist/node}, and this computer's
     * plugins beside them.
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
        if (Files.isDirectory(PLUGINS)) {
            try (Stream<Path> plugins = Files.list(PLUGINS)) {
                for (Path plugin : plugins.toList()) {
                    Path link = own("/opt/cni/bin/" + plugin.getFileName());
                    if (!Files.exists(link)) {
                        Files.createSymbolicLink(link, plugin);
                    }
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
