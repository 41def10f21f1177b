package dev.vpccni.host.examination;

import dev.vpccni.doctor.check.Expected;
import dev.vpccni.doctor.snapshot.Fact;
import dev.vpccni.doctor.snapshot.HostFiles;
import dev.vpccni.doctor.snapshot.HostSnapshot;
import dev.vpccni.doctor.snapshot.KernelState;
import dev.vpccni.doctor.snapshot.NodeState;
import dev.vpccni.doctor.snapshot.PacketFilters;
import dev.vpccni.doctor.snapshot.SeenLink;
import dev.vpccni.doctor.snapshot.SeenNetwork;
import dev.vpccni.doctor.snapshot.SeenProcess;
import dev.vpccni.host.filter.Programs;
import dev.vpccni.linux.Descriptor;
import dev.vpccni.linux.namespace.NamespaceThread;
import dev.vpccni.linux.route.Rtnetlink;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * Reads a host: what is not there, may not be read or is too large becomes a fact that says so.
 * Thread-safe; each reading takes a thread of its own.
 */
public final class HostReader {

    private final @Nullable Path namespace;
    private final Programs programs;

    private HostReader(@Nullable Path namespace, Programs programs) {
        this.namespace = namespace;
        this.programs = programs;
    }

    /** Returns a reader of the host that this process is on. */
    public static HostReader here() {
        return new HostReader(null, new Programs(List.of()));
    }

    /**
     * Returns a reader of what this process sees of another network namespace.
     *
     * @param path of the namespace, such as {@code /run/netns/blue}
     */
    public static HostReader inside(Path path) {
        return new HostReader(path, new Programs(List.of("nsenter", "--net=" + path)));
    }

    /**
     * Reads all that checks ask for. Takes as long as six programs, at most {@code 6 * 5} s, and
     * some files.
     *
     * @throws IOException if the namespace cannot be entered
     */
    public HostSnapshot read(Sight sight, Expected expected)
            throws IOException, InterruptedException {
        PacketFilters filters =
                sight.kernel() ? new FilterReader(programs, sight).read() : noFilters();
        if (namespace == null) {
            return onThread(() -> readHere(sight, expected, filters));
        }
        try (Descriptor of = Descriptor.open(namespace);
                NamespaceThread thread = NamespaceThread.start("doctor")) {
            return thread.inside(of, () -> readHere(sight, expected, filters));
        }
    }

    /** To enter even the namespace that one is in takes a right that the daemon does not have. */
    private static HostSnapshot onThread(Callable<HostSnapshot> reading)
            throws IOException, InterruptedException {
        var task = new FutureTask<>(reading);
        Thread.ofPlatform().name("doctor").daemon().start(task);
        try {
            return task.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException refused) {
                throw refused;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    private static HostSnapshot readHere(Sight sight, Expected expected, PacketFilters filters)
            throws IOException {
        var files = new FileReader(sight.root());
        KernelState kernel = noKernel();
        Fact<List<SeenProcess>> processes = new Fact.Absent<>();
        if (sight.kernel()) {
            try (Rtnetlink node = Rtnetlink.open()) {
                kernel = new KernelReader(node).read();
            }
            processes = new ProcessReader(files).processes();
        }
        var reader = new NodeReader(files);
        var node =
                new NodeState(
                        sight.kernel()
                                ? new ProcessReader(files).listeners(processes.or(List.of()))
                                : new Fact.Absent<>(),
                        processes,
                        sight.container() ? new Fact.Absent<>() : reader.modules(),
                        sight.kernel()
                                ? NodeReader.disk(expected.checkpointFolder())
                                : new Fact.Absent<>(),
                        networks(reader, sight, expected));
        return new HostSnapshot(
                files(files, sight, expected, kernel.links().or(List.of())), kernel, filters, node);
    }

    private static Fact<List<SeenNetwork>> networks(
            NodeReader reader, Sight sight, Expected expected) {
        var networks = reader.networks(expected.networkFolder());
        return networks.isAbsent() && sight.container()
                ? new Fact.Unseen<>(
                        "this container does not have the host's " + expected.networkFolder())
                : networks;
    }

    private static HostFiles files(
            FileReader reader, Sight sight, Expected expected, List<SeenLink> links) {
        var texts = new TreeMap<String, Fact<String>>();
        var folders = new TreeMap<String, Fact<List<String>>>();
        HostPaths.parameters(links)
                .forEach(path -> texts.put(path, reader.text(path, HostPaths.PARAMETER_MAX)));
        folders.put(expected.pluginFolder(), reader.folder(expected.pluginFolder()));
        if (sight.container()) {
            texts.put(
                    "the host's /etc, /run and /usr/lib",
                    new Fact.Unseen<>("this is a container, which has its own"));
            return new HostFiles(texts, folders);
        }
        for (String path : HostPaths.FILES) {
            texts.put(path, reader.text(path));
        }
        for (String path : HostPaths.FOLDERS) {
            folders.put(path, reader.folder(path));
        }
        for (String path : HostPaths.DROP_INS) {
            Fact<List<String>> names = reader.folder(path);
            folders.put(path, names);
            for (String name : names.or(List.of())) {
                if (HostPaths.isDropIn(name)) {
                    texts.put(path + "/" + name, reader.text(path + "/" + name));
                }
            }
        }
        return new HostFiles(texts, folders);
    }

    private static PacketFilters noFilters() {
        return new PacketFilters(new TreeMap<>(), new Fact.Absent<>(), new Fact.Absent<>());
    }

    private static KernelState noKernel() {
        return new KernelState(
                new Fact.Absent<>(), new Fact.Absent<>(), new Fact.Absent<>(), new Fact.Absent<>());
    }
}
