package dev.vpccni.daemon.plugin;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.TreeMap;

/** Frames as the plugin sends them. */
public final class Frames {

    private Frames() {}

    /** Makes a frame one of a plugin that understands orders. */
    static byte[] takingOrders(byte[] frame) {
        ByteBuffer.wrap(frame).order(ByteOrder.nativeOrder()).putInt(28, 2);
        return frame;
    }

    public static byte[] request(Map<String, String> environment, String input, int descriptors) {
        var variables = new StringBuilder();
        new TreeMap<>(environment)
                .forEach((name, value) -> variables.append(name + "=" + value + "\0"));
        byte[] first = variables.toString().getBytes(UTF_8);
        byte[] second = input.getBytes(UTF_8);
        ByteBuffer frame =
                ByteBuffer.allocate(32 + first.length + second.length)
                        .order(ByteOrder.nativeOrder());
        frame.put("VCNI".getBytes(UTF_8));
        frame.putShort((short) 1).putShort((short) descriptors);
        frame.putLong(System.nanoTime()).putInt(60_000);
        frame.putInt(first.length).putInt(second.length).putInt(0);
        frame.put(first).put(second);
        return frame.array();
    }
}
