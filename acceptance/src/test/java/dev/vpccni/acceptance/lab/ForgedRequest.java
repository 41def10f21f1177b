package dev.vpccni.acceptance.lab;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.vpccni.linux.Descriptor;
import dev.vpccni.linux.unix.UnixConnection;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;

/** A request as the plugin makes it, with descriptors that the plugin would not send. */
public final class ForgedRequest {

    private static final int HEADER = 32;
    private static final int REPLY_HEADER = 12;
    private static final int DEADLINE_MILLIS = 10_000;

    private ForgedRequest() {}

    /** Sends it to the daemon at {@code socket} and returns how the plugin would end. */
    public static Ended send(
            Path socket,
            SortedMap<String, String> variables,
            String input,
            Descriptor... descriptors)
            throws Exception {
        try (UnixConnection connection = UnixConnection.connect(socket)) {
            connection.send(frame(variables, input, descriptors.length), descriptors);
            byte[] header = new byte[REPLY_HEADER];
            connection.receiveFully(header, List.of(), 0);
            ByteBuffer reply = ByteBuffer.wrap(header).order(ByteOrder.nativeOrder());
            byte[] output = new byte[reply.getInt(8)];
            connection.receiveFully(output, List.of(), 0);
            return new Ended(reply.getShort(6), new String(output, UTF_8), "");
        }
    }

    private static byte[] frame(SortedMap<String, String> variables, String input, int count) {
        var pairs = new StringBuilder();
        variables.forEach((name, value) -> pairs.append(name + "=" + value + "\0"));
        byte[] environment = pairs.toString().getBytes(UTF_8);
        byte[] config = input.getBytes(UTF_8);
        return ByteBuffer.allocate(HEADER + environment.length + config.length)
                .order(ByteOrder.nativeOrder())
                .put("VCNI".getBytes(UTF_8))
                .putShort((short) 1)
                .putShort((short) count)
                .putLong(System.nanoTime()) // CLOCK_MONOTONIC, on Linux
                .putInt(DEADLINE_MILLIS)
                .putInt(environment.length)
                .putInt(config.length)
                .putInt(0)
                .put(environment)
                .put(config)
                .array();
    }
}
