package dev.vpccni.lab.node;

import dev.vpccni.emulator.fabric.Namespaces;
import dev.vpccni.emulator.fabric.Program;
import dev.vpccni.lab.runtime.PluginHost;
import dev.vpccni.linux.namespace.NamespaceThread;
import dev.vpccni.linux.namespace.NetworkNamespace;
import dev.vpccni.linux.netlink.NetlinkSocket;
import dev.vpccni.linux.route.Rtnetlink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A computer of the lab: namespaces that stay while nobody is in them. Everything that runs on the
 * node joins all of them, so that a pod's namespace which one process mounts is there for all
 * others, and what is written anywhere stays on the node.
 */
public final class NodeHost implements PluginHost {

    /** The kernel's number of the loopback link, in every network namespace. */
    private static final int LOOPBACK = 1;

    private final String name;
    private final String namespace;
    private final NodeFiles files;
    private final SortedMap<String, String> environment;
    private final NodeNamespaces enclosure;

    /**
     * @param namespace the name of its network namespace, which exists
     * @param environment what the node's daemon is told
     */
    public NodeHost(
            String name, String namespace, NodeFiles files, SortedMap<String, String> environment) {
        this.name = name;
        this.namespace = namespace;
        this.files = files;
        this.enclosure = new NodeNamespaces(files);
        var all = new TreeMap<>(environment);
        all.putIfAbsent("PATH", Program.PATH);
        this.environment = Collections.unmodifiableSortedMap(all);
    }

    /**
     * Makes the folders, and begins to make the namespaces.
     *
     * @param sources of the node's files, such as {@code dist/node}; what a later one has of the
     *     same name replaces it
     */
    public void create(List<Path> sources, ControlGroups groups) throws IOException {
        files.create();
        for (Path source : sources) {
            files.install(source);
        }
        begin(groups);
    }

    /**
     * Begins to make the namespaces anew, after {@link #halt}, in a network that is a new one, too:
     * what is on its disks stays, and of {@code /run} what the lab put there.
     */
    public void restart(ControlGroups groups) throws IOException {
        enclosure.forget();
        Program.of("umount", "--lazy", files.namespaces().toString()).run();
        files.clearRun();
        // A kubelet would look for the containers that these are of.
        groups.remove(name, Mount.here());
        begin(groups);
    }

    private void begin(ControlGroups groups) throws IOException {
        String pods = files.namespaces().toString();
        Program.of("mount", "-t", "tmpfs", "-o", "mode=755", "pods", pods).run();
        Program.of("mount", "--make-shared", pods).run();
        List<Mount> mounts = Mount.here();
        enclosure.start(
                network(),
                new NodeRoot(files, mounts, NodeRoot.kernelNames(), groups.create(name, mounts)));
    }

    /** Waits until programs can run on the node. */
    public void await() throws IOException {
        enclosure.await();
    }

    /** Returns what the node is called. */
    public String name() {
        return name;
    }

    /** Returns its files as they lie on this computer. */
    public NodeFiles files() {
        return files;
    }

    /** Returns what a daemon finds in its environment: as little as a container has. */
    public SortedMap<String, String> environment() {
        return environment;
    }

    /** Returns what a person's programs find in theirs: a home and a locale besides. */
    public SortedMap<String, String> personsEnvironment() {
        var all = new TreeMap<>(environment);
        all.putIfAbsent("HOME", "/root");
        all.putIfAbsent("LC_ALL", "C.UTF-8");
        return all;
    }

    /** Returns the file of the node's network namespace. */
    public Path network() {
        return Namespaces.path(namespace);
    }

    /** Returns the words that run {@code words} on the node. */
    public List<String> enter(List<String> words) {
        return enclosure.enter(network(), words);
    }

    /**
     * Returns the words that run {@code words} on the node with all of root's capabilities, which a
     * runtime hands on to its containers, and makes their devices with.
     */
    public List<String> enterWhole(List<String> words) {
        return enclosure.enterWhole(network(), words);
    }

    /** Ends every process on the node at once, its containers' too, as when the power goes. */
    public void halt() throws IOException {
        enclosure.halt();
    }

    /** Returns the words that run {@code words} in a pod of the node. */
    public List<String> enterPod(String podNamespace, List<String> words) {
        return enclosure.enter(files.namespaces().resolve(podNamespace), words);
    }

    /** Makes a pod's network namespace, as a container runtime does before ADD. */
    public void createPodNamespace(String podNamespace) throws IOException {
        Path file = files.namespaces().resolve(podNamespace);
        NetworkNamespace.create(file);
        // No program: many pods at once would spend more time on starting it than on the network.
        try (NamespaceThread inside = NamespaceThread.start("new-pod");
                Rtnetlink kernel =
                        new Rtnetlink(inside.openInside(file, NetlinkSocket.NETLINK_ROUTE))) {
            kernel.setUp(LOOPBACK);
        }
    }

    /** Removes a pod's network namespace; one that is not there is not missed. */
    public void removePodNamespace(String podNamespace) throws IOException {
        NetworkNamespace.remove(files.namespaces().resolve(podNamespace));
    }

    /** Returns the path of a pod's network namespace as the node's processes know it. */
    public static String podNamespacePath(String podNamespace) {
        return "/var/run/netns/" + podNamespace;
    }

    /** Returns the files of all namespaces that make up the node and its pods. */
    public List<Path> namespaces() throws IOException {
        var all = new ArrayList<>(List.of(network(), enclosure.mounts()));
        if (Files.isDirectory(files.namespaces())) {
            try (Stream<Path> pods = Files.list(files.namespaces())) {
                pods.forEach(all::add);
            }
        }
        return all;
    }

    @Override
    public String path() {
        return NodeFiles.PLUGINS;
    }

    @Override
    public Program.Ended run(String type, SortedMap<String, String> variables, String input)
            throws IOException {
        if (!Files.isExecutable(files.plugin(type))) {
            throw new IOException(
                    "failed to find plugin \"" + type + "\" in path [" + path() + "]");
        }
        return Program.of(enter(List.of(path() + "/" + type)))
                .with(variables)
                .reading(input)
                .within(Duration.ofMinutes(2))
                .end();
    }
}
