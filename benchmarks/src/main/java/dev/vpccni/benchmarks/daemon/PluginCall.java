package dev.vpccni.benchmarks.daemon;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.vpccni.linux.Descriptor;
import dev.vpccni.linux.unix.UnixConnection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;

/**
 * A call of the daemon as the plugin makes it (docs/shim-protocol.md), without a process of its
 * own. Closing it before the answer is what a plugin that is killed does.
 */
public final class PluginCall implements AutoCloseable {

    private static final int DEADLINE_MILLIS = 60_000;
    private static final int HEADER = 32;
    private static final int REPLY_HEADER = 12;
    private static final String CONFIG =
            "{\"cniVersion\":\"1.0.0\",\"name\":\"aws-cni\",\"type\":\"aws-cni\"}";

    private final UnixConnection connection;

    private PluginCall(UnixConnection connection) {
        this.connection = connection;
    }

    /**
     * Sends a request, and does not wait.
     *
     * @param verb such as {@code ADD}
     * @param pod its name, also as the container's identifier
     * @param descriptors what goes with the request, for the daemon to judge
     * @throws IOException if there is no daemon, or it hung up
     */
    public static PluginCall send(Path socket, String verb, String pod, Descriptor... descriptors)
            throws IOException {
        var call = new PluginCall(UnixConnection.connect(socket));
        boolean sent = false;
        try {
            call.connection.send(request(verb, pod, descriptors.length), descriptors);
            sent = true;
            return call;
        } finally {
            if (!sent) {
                call.close();
            }
        }
    }

    /** Waits for the answer and returns the status with which the plugin would end. */
    public int status() throws IOException {
        byte[] header = new byte[REPLY_HEADER];
        connection.receiveFully(header, List.of(), 0);
        return ByteBuffer.wrap(header).order(ByteOrder.nativeOrder()).getShort(6);
    }

    @Override
    public void close() {
        connection.close();
    }

    private static byte[] request(String verb, String pod, int descriptors) {
        byte[] environment =
                ("CNI_COMMAND=%s\0CNI_CONTAINERID=%s\0CNI_NETNS=/run/netns/%s\0CNI_IFNAME=eth0\0"
                                + "CNI_ARGS=IgnoreUnknown=1;K8S_POD_NAMESPACE=bench;K8S_POD_NAME=%s"
                                + "\0CNI_PATH=/opt/cni/bin\0")
                        .formatted(verb, pod, pod, pod)
                        .getBytes(UTF_8);
        byte[] input = CONFIG.getBytes(UTF_8);
        return ByteBuffer.allocate(HEADER + environment.length + input.length)
                .order(ByteOrder.nativeOrder())
                .put("VCNI".getBytes(UTF_8))
                .putShort((short) 1)
                .putShort((short) descriptors)
                .putLong(System.nanoTime()) // CLOCK_MONOTONIC, on Linux
                .putInt(DEADLINE_MILLIS)
                .putInt(environment.length)
                .putInt(input.length)
                .putInt(0)
                .put(environment)
                .put(input)
                .array();
    }
}
