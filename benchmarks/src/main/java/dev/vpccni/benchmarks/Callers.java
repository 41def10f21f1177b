package dev.vpccni.benchmarks;

import dev.vpccni.benchmarks.daemon.PluginCall;
import dev.vpccni.benchmarks.daemon.PluginDescriptors;
import dev.vpccni.linux.namespace.NamespaceThread;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Pods in this process that call the daemon as the plugin does: a thousand plugins that wait would
 * be a thousand processes.
 */
final class Callers implements AutoCloseable {

    private final Path socket;
    private final String prefix;
    private final NamespaceThread thread;
    private final List<Pod> pods = new ArrayList<>();

    /** A pod's namespace, and a call about it. */
    private record Pod(String name, PluginDescriptors namespace, PluginCall call) {

        void close() {
            namespace.close();
            call.close();
        }
    }

    /**
     * @param prefix what names of the pods begin with
     */
    Callers(Path socket, String prefix) throws IOException {
        this.socket = socket;
        this.prefix = prefix;
        thread = NamespaceThread.start("pods");
    }

    /** Asks for so many pods, and does not wait. */
    void add(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            String name = prefix + "-" + pods.size();
            PluginDescriptors namespace = PluginDescriptors.create(thread);
            PluginCall call =
                    PluginCall.send(socket, "ADD", name, namespace.namespace(), namespace.route());
            pods.add(new Pod(name, namespace, call));
        }
    }

    /** Waits for the answers, and returns how many pods got an address. */
    int served() throws IOException {
        int served = 0;
        for (Pod pod : pods) {
            served += pod.call.status() == 0 ? 1 : 0;
        }
        return served;
    }

    /** Takes the pods off the node, and returns how many of these calls failed. */
    int remove() throws IOException {
        int failed = 0;
        for (Pod pod : pods) {
            try (PluginCall call = PluginCall.send(socket, "DEL", pod.name)) {
                failed += call.status() == 0 ? 0 : 1;
            }
        }
        return failed;
    }

    /** Goes away, whatever is waited for. */
    @Override
    public void close() {
        pods.forEach(Pod::close);
        pods.clear();
        thread.close();
    }
}
