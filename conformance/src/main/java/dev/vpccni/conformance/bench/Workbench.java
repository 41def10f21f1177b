package dev.vpccni.conformance.bench;

import dev.vpccni.conformance.judge.PluginCall;
import dev.vpccni.conformance.judge.PluginCall.End;
import dev.vpccni.conformance.judge.Reply;
import dev.vpccni.conformance.judge.Versions;
import dev.vpccni.emulator.fabric.Program;
import dev.vpccni.json.JsonObject;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Where a plugin is tried: a host, containers, and a record of every call. Closing it ends and
 * removes all that was made. Thread-safe.
 */
public final class Workbench implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(100);

    /** A verb that hangs this often is not asked again: each time costs a whole deadline. */
    private static final int HUNG_MAX = 2;

    /** What undoing one thing may take once everything is to end: somebody may wait for it. */
    private static final Duration UNDOING = Duration.ofSeconds(5);

    /** Several may go on at once in a process, each with namespaces of its own. */
    private static final AtomicInteger RUNS = new AtomicInteger();

    private static final String INTERRUPTED = "interrupted";

    private final int run;
    private final ConformanceSettings settings;
    private final SortedMap<String, @Nullable Object> config;
    private final Path scratch;
    private final HostSpace host;
    private final ChainStart chain;
    private final AtomicInteger numbers = new AtomicInteger();
    private final List<PluginCall> calls = new ArrayList<>();
    private final List<PluginContainer> open = new ArrayList<>();
    private final List<PluginProcess> running = new ArrayList<>();
    private final Map<String, Integer> hung = new TreeMap<>();
    private List<String> supported = List.of();
    private final Object closing = new Object();
    private boolean isGone;
    private boolean closed;

    private Workbench(
            int run,
            ConformanceSettings settings,
            SortedMap<String, @Nullable Object> config,
            Path scratch,
            HostSpace host) {
        this.run = run;
        this.settings = settings;
        this.config = config;
        this.scratch = scratch;
        this.host = host;
        this.chain = new ChainStart(host.enter());
    }

    /**
     * Makes what there has to be.
     *
     * @param config what the plugin reads
     */
    public static Workbench open(
            ConformanceSettings settings, SortedMap<String, @Nullable Object> config)
            throws IOException {
        HostSpace.removeLeftOvers();
        removeLeftFolders();
        int run = RUNS.incrementAndGet();
        Path scratch = Files.createTempDirectory(HostSpace.nameFor(run, ""));
        String uplink = config.get("master") instanceof String master ? master : "uplink";
        boolean made = false;
        try {
            HostSpace host =
                    settings.freshHost()
                            ? HostSpace.fresh(run, uplink, scratch)
                            : HostSpace.current(run, scratch);
            made = true;
            return new Workbench(run, settings, config, scratch, host);
        } finally {
            if (!made) {
                remove(scratch);
            }
        }
    }

    /** Returns the version that the configuration has. */
    public String version() {
        return config.get("cniVersion") instanceof String text ? text : Versions.ALL.getFirst();
    }

    /** Returns the newest version of all that the plugin said it supports. */
    public String newest() {
        var known = new ArrayList<>(Versions.ALL);
        known.retainAll(supported);
        return known.isEmpty() ? version() : known.getLast();
    }

    /** Tells whether the plugin said that it supports {@code version}. */
    public boolean supports(String version) {
        return supported.contains(version);
    }

    /** Remembers what the plugin said that it supports. */
    public void learn(PluginCall answer) {
        if (answer.reply() instanceof Reply.Result result) {
            supported = Versions.supported(result.object());
        }
    }

    /** Returns how many containers come at once where many do. */
    public int crowd() {
        return settings.crowd();
    }

    /** Returns {@code CNI_IFNAME}. */
    public String interfaceName() {
        return settings.interfaceName();
    }

    /** Returns what a chained plugin is given; null for one that is first. */
    public @Nullable JsonObject previous() {
        return settings.previous();
    }

    int run() {
        return run;
    }

    ChainStart chain() {
        return chain;
    }

    boolean givesPrevious(String version) {
        return Versions.isAtLeast(version, Versions.WITH_CHECK);
    }

    String arguments(String id) {
        return "IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME="
                + id
                + ";K8S_POD_INFRA_CONTAINER_ID="
                + id
                + (settings.arguments().isEmpty() ? "" : ";" + settings.arguments());
    }

    /** Returns a call that concerns no container. */
    public PluginRequest request(String verb) {
        Path folder = settings.plugin().toAbsolutePath().getParent();
        var environment = new TreeMap<String, String>();
        environment.put("CNI_COMMAND", verb);
        environment.put("CNI_PATH", settings.path().isEmpty() ? folder + "" : settings.path());
        environment.put("PATH", Program.PATH);
        return new PluginRequest(environment, config, null);
    }

    /** Makes a call. */
    public PluginCall call(PluginRequest request) throws IOException, NotTriedException {
        synchronized (this) {
            if (hung.getOrDefault(request.verb(), 0) >= HUNG_MAX) {
                throw new NotTriedException(
                        request.verb() + " did not end before: not asked again");
            }
        }
        return make(request, settings.deadline(), false, false);
    }

    /** Makes a call, and kills it after {@code time} unless it has ended by then. */
    public PluginCall killed(PluginRequest request, Duration time) throws IOException {
        return make(request, time, true, false);
    }

    /** Makes a call whose outcome does not matter. */
    void undo(PluginRequest request) throws IOException {
        Duration deadline = settings.deadline();
        synchronized (this) {
            if (hung.getOrDefault(request.verb(), 0) >= HUNG_MAX) {
                return; // nothing is undone, and the end of the namespaces has to do
            }
            if (closed && deadline.compareTo(UNDOING) > 0) {
                deadline = UNDOING;
            }
        }
        var _ = make(request, deadline, false, true);
    }

    private PluginCall make(PluginRequest request, Duration deadline, boolean meant, boolean undoes)
            throws IOException {
        List<String> words = host.run(settings.plugin().toAbsolutePath());
        PluginProcess process;
        synchronized (this) {
            if (closed && !undoes) {
                throw new IOException(INTERRUPTED);
            }
            Path folder = Files.createTempDirectory(scratch, "call-");
            process = new PluginProcess(words, request, folder);
            running.add(process);
        }
        PluginCall call;
        try {
            call = process.run(deadline, meant);
        } finally {
            synchronized (this) {
                running.remove(process);
                notifyAll();
            }
        }
        synchronized (this) {
            calls.add(call);
            if (call.end() == End.DEADLINE) {
                hung.merge(request.verb(), 1, Integer::sum);
            }
        }
        return call;
    }

    /** Returns every call that was made so far. */
    public synchronized List<PluginCall> calls() {
        return List.copyOf(calls);
    }

    /** Makes a container. */
    public PluginContainer container() throws IOException {
        synchronized (this) {
            if (closed) {
                throw new IOException(INTERRUPTED);
            }
            var container = new PluginContainer(this, numbers.incrementAndGet());
            open.add(container);
            return container;
        }
    }

    synchronized void forget(PluginContainer container) {
        open.remove(container);
    }

    /** Returns what is on the host. */
    public SortedSet<String> host() throws IOException {
        return NamespaceReader.host(host.enter());
    }

    /** Waits, not for ever, until nothing is on the host that is not in {@code before}. */
    public SortedSet<String> hostWithout(SortedSet<String> before) throws IOException {
        long deadline = System.nanoTime() + settings.patience().toNanos();
        SortedSet<String> now = host();
        while (!before.containsAll(now) && System.nanoTime() < deadline) {
            LockSupport.parkNanos(POLL.toNanos());
            now = host();
        }
        return now;
    }

    /** Returns the members of an object. */
    public static Map<String, @Nullable Object> tree(JsonObject object) {
        var tree = new TreeMap<String, @Nullable Object>();
        object.names().forEach(name -> tree.put(name, object.value(name)));
        return tree;
    }

    /**
     * Ends and removes everything. Whoever closes it while another does waits for that, and does
     * nothing.
     */
    @Override
    public void close() throws IOException {
        synchronized (closing) {
            if (!isGone) {
                isGone = true;
                end();
            }
        }
    }

    private void end() throws IOException {
        List<PluginContainer> left;
        List<PluginProcess> begun;
        synchronized (this) {
            closed = true;
            begun = List.copyOf(running);
            left = List.copyOf(open);
        }
        begun.forEach(PluginProcess::end);
        awaitEnded();
        closeAll(left.iterator());
    }

    /** Waits, not for ever, until whoever runs a plugin has noticed that it was killed. */
    private synchronized void awaitEnded() {
        long deadline = System.nanoTime() + UNDOING.toNanos();
        long left = UNDOING.toMillis();
        try {
            while (!running.isEmpty() && left > 0) {
                wait(left);
                left = (deadline - System.nanoTime()) / 1_000_000;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whatever becomes of one, the others are closed; then what they were in. */
    private void closeAll(Iterator<PluginContainer> containers) throws IOException {
        if (!containers.hasNext()) {
            try {
                host.close();
            } finally {
                remove(scratch);
            }
            return;
        }
        try {
            containers.next().close();
        } finally {
            closeAll(containers);
        }
    }

    private static void removeLeftFolders() throws IOException {
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        try (DirectoryStream<Path> all =
                Files.newDirectoryStream(temporary, HostSpace.PREFIX + "*")) {
            for (Path each : all) {
                if (!HostSpace.isAlive(each.toFile().getName())) {
                    remove(each);
                }
            }
        }
    }

    private static void remove(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        Files.walkFileTree(
                folder,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                            throws IOException {
                        Files.deleteIfExists(file);
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(
                            Path visited, @Nullable IOException failure) throws IOException {
                        Files.deleteIfExists(visited);
                        return FileVisitResult.CONTINUE;
                    }
                });
    }
}
