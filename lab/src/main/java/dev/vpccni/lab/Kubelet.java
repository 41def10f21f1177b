package dev.vpccni.lab;

import dev.vpccni.json.Json;
import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import dev.vpccni.lab.node.NodeHost;
import dev.vpccni.lab.runtime.CniRunner;
import dev.vpccni.lab.runtime.NetworkList;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Starts and stops pods on one node, as a kubelet and its runtime would. Safe for many threads, as
 * long as each pod is used by one at a time.
 */
final class Kubelet {

    /** How long a kubelet waits for a configuration list before it gives a pod up. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final Duration POLL = Duration.ofMillis(20);

    private final NodeHost node;

    Kubelet(NodeHost node) {
        this.node = node;
    }

    /**
     * Makes a pod's namespace and connects it. If that fails, what was done is undone, as
     * containerd does it.
     *
     * @return the pod with its address
     */
    Pod start(Pod pod) throws IOException {
        CniRunner runner = runner();
        node.createPodNamespace(pod.networkNamespace());
        boolean connected = false;
        try {
            Pod started = pod.at(address(runner.add(pod.attachment())));
            connected = true;
            return started;
        } finally {
            if (!connected) {
                giveUp(runner, pod);
            }
        }
    }

    /**
     * Disconnects a pod and removes its namespace.
     *
     * @throws IOException if a plugin refused: then the pod is still there, and may be stopped
     *     again
     */
    void stop(Pod pod) throws IOException {
        runner().del(pod.attachment());
        node.removePodNamespace(pod.networkNamespace());
    }

    private void giveUp(CniRunner runner, Pod pod) throws IOException {
        try {
            runner.del(pod.attachment());
        } finally {
            node.removePodNamespace(pod.networkNamespace());
        }
    }

    private CniRunner runner() throws IOException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!Files.exists(node.files().list()) && System.nanoTime() < deadline) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(POLL.toMillis()));
        }
        try {
            String text = Files.readString(node.files().list());
            return new CniRunner(node, NetworkList.parse(text), node.files().results());
        } catch (JsonException e) {
            throw new IOException(node.files().list() + ": " + e.getMessage(), e);
        }
    }

    /** Returns the first address of a result, without its prefix length. */
    private static String address(Map<String, @Nullable Object> result) throws IOException {
        try {
            var addresses = JsonObject.of(result, "result").objects("ips");
            String address = addresses.isEmpty() ? "" : addresses.getFirst().string("address");
            return address.replaceAll("/.*", "");
        } catch (JsonException e) {
            throw new IOException("result " + Json.compact(result) + ": " + e.getMessage(), e);
        }
    }
}
