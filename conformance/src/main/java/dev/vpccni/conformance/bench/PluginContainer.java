package dev.vpccni.conformance.bench;

import dev.vpccni.conformance.judge.PluginCall;
import dev.vpccni.conformance.judge.PodView;
import dev.vpccni.conformance.judge.Reply;
import dev.vpccni.emulator.fabric.Namespaces;
import dev.vpccni.json.JsonObject;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A container that the plugin is to connect: a namespace, and what is called after it. */
public final class PluginContainer implements AutoCloseable {

    private final Workbench bench;
    private final String name;
    private final Map<String, JsonObject> results = new TreeMap<>();
    private final TreeSet<String> interfaces = new TreeSet<>();
    private boolean closed;

    PluginContainer(Workbench bench, int number) throws IOException {
        this.bench = bench;
        this.name = HostSpace.nameFor(bench.run(), "pod-" + number);
        Namespaces.create(name);
    }

    /** Returns its identifier. */
    public String id() {
        return name;
    }

    /** Returns {@code CNI_NETNS}. */
    public String namespace() {
        return Namespaces.path(name).toString();
    }

    /** Returns a call about its first interface, with the version that the configuration has. */
    public PluginRequest request(String verb) {
        return bench.request(verb)
                .with("CNI_CONTAINERID", name)
                .with("CNI_NETNS", namespace())
                .with("CNI_IFNAME", bench.interfaceName())
                .with("CNI_ARGS", bench.arguments(name));
    }

    /** Makes an ADD, and remembers that it is to be undone. */
    public PluginCall add(PluginRequest request) throws IOException, NotTriedException {
        String interfaceName = request.environment().getOrDefault("CNI_IFNAME", "");
        if (!interfaceName.isEmpty()) {
            interfaces.add(interfaceName);
        }
        PluginCall call = bench.call(request);
        if (call.succeeded() && call.reply() instanceof Reply.Result result) {
            results.put(interfaceName, result.object());
        }
        return call;
    }

    /** Makes an ADD of the first interface. */
    public PluginCall add() throws IOException, NotTriedException {
        return add(addRequest(bench.version()));
    }

    /** Returns the request of an ADD in a version: for a chained plugin, with what it is given. */
    public PluginRequest addRequest(String version) throws IOException {
        PluginRequest request = request("ADD").version(version);
        JsonObject previous = bench.previous();
        return previous == null
                ? request
                : request.key(
                        "prevResult",
                        bench.chain().prepare(name, bench.interfaceName(), version, previous));
    }

    /**
     * Makes an ADD that has to succeed for what comes after it.
     *
     * @return its result
     */
    public JsonObject added() throws IOException, NotTriedException {
        return added(bench.version());
    }

    /** Makes an ADD in a version, which has to succeed. */
    public JsonObject added(String version) throws IOException, NotTriedException {
        PluginCall call = add(addRequest(version));
        if (call.succeeded() && call.reply() instanceof Reply.Result result) {
            return result.object();
        }
        throw new NotTriedException("ADD gave no result: " + call.told());
    }

    /** Makes a DEL of the first interface, as a runtime does that remembers the result. */
    public PluginCall del() throws IOException, NotTriedException {
        PluginCall call = bench.call(delRequest());
        if (call.succeeded()) {
            interfaces.remove(bench.interfaceName());
        }
        return call;
    }

    /** Returns the request of that. */
    public PluginRequest delRequest() {
        return after("DEL", bench.version(), results.get(bench.interfaceName()));
    }

    /** Returns the request of a verb that comes after an ADD with {@code result}. */
    public PluginRequest after(String verb, String version, @Nullable JsonObject result) {
        PluginRequest request = request(verb).version(version);
        return result != null && bench.givesPrevious(version)
                ? request.key("prevResult", Workbench.tree(result))
                : request;
    }

    /** Returns what its namespace holds. */
    public PodView look() throws IOException {
        return NamespaceReader.pod(name);
    }

    /** Runs lines of {@code ip} in its namespace. */
    public void ip(String... lines) throws IOException {
        Namespaces.ip(name, List.of(lines));
    }

    /** Removes its namespace, as a crash or a hasty runtime does. */
    public void removeNamespace() throws IOException {
        HostSpace.end(name);
    }

    /** Undoes each ADD, however that goes, and removes the namespace; once. */
    @Override
    public synchronized void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try {
            for (String one : interfaces) {
                bench.undo(after("DEL", bench.version(), results.get(one)).with("CNI_IFNAME", one));
            }
        } finally {
            removeNamespace();
            bench.forget(this);
        }
    }
}
