package dev.vpccni.daemon.plugin;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The frames that the plugin and the daemon exchange, as docs/shim-protocol.md describes them. */
public final class ShimProtocol {

    /** Of requests and answers. */
    static final int VERSION = 1;

    /** Of orders and reports; a plugin says in its request whether it understands them. */
    static final int ORDER_VERSION = 2;

    static final int REQUEST_HEADER = 32;
    static final int REPLY_HEADER = 12;
    static final int REPORT_LENGTH = 12;
    static final int ENVIRONMENT_MAX = 64 << 10;

    /** A pod's annotations may fill 256 KiB, and each byte of them may come as six. */
    static final int INPUT_MAX = 4 << 20;

    static final int OUTPUT_MAX = 1 << 20;
    static final int DESCRIPTORS = 2;

    /** No request is longer, in bytes. */
    public static final int REQUEST_MAX = REQUEST_HEADER + ENVIRONMENT_MAX + INPUT_MAX;

    private static final int REQUEST_MAGIC = magic("VCNI");
    private static final int REPLY_MAGIC = magic("VCNR");
    private static final int ORDER_MAGIC = magic("VCNS");
    private static final int REPORT_MAGIC = magic("VCND");

    private ShimProtocol() {}

    /** What is wrong with a frame. */
    public static final class MalformedFrame extends Exception {

        private static final long serialVersionUID = 1L;

        public MalformedFrame(String message) {
            super(message);
        }
    }

    /**
     * Returns how long the frame is that begins with {@code header}.
     *
     * @param header at least {@link #REQUEST_HEADER} bytes
     */
    static int requestLength(byte[] header) throws MalformedFrame {
        ByteBuffer frame = buffer(header);
        if (frame.getInt(0) != REQUEST_MAGIC) {
            throw new MalformedFrame("not a request of the plugin");
        }
        if (frame.getShort(4) != VERSION) {
            throw new MalformedFrame(
                    "the plugin speaks version " + frame.getShort(4) + ", the daemon " + VERSION);
        }
        int descriptors = frame.getShort(6);
        if (descriptors != 0 && descriptors != DESCRIPTORS) {
            throw new MalformedFrame(descriptors + " descriptors are announced, not 0 or 2");
        }
        return REQUEST_HEADER
                + length("environment", frame.getInt(20), ENVIRONMENT_MAX)
                + length("input", frame.getInt(24), INPUT_MAX);
    }

    /**
     * Reads a whole request.
     *
     * @param bytes of which the first {@code length} are the frame; the request keeps them
     */
    public static ShimRequest request(byte[] bytes, int length) throws MalformedFrame {
        if (length < REQUEST_HEADER || requestLength(bytes) != length) {
            throw new MalformedFrame("the frame's length is not what it says");
        }
        ByteBuffer frame = buffer(bytes);
        int environment = frame.getInt(20);
        return new ShimRequest(
                frame.getShort(6),
                frame.getInt(28) >= ORDER_VERSION,
                frame.getLong(8),
                Math.max(0, frame.getInt(16)),
                environment(bytes, REQUEST_HEADER, environment),
                bytes,
                REQUEST_HEADER + environment,
                length);
    }

    /** Returns the frame of an answer. An output that is too long is an error of ours. */
    public static byte[] reply(int status, byte[] output) {
        if (output.length > OUTPUT_MAX) {
            throw new IllegalArgumentException("the answer is too long: " + output.length);
        }
        byte[] bytes = new byte[REPLY_HEADER + output.length];
        ByteBuffer frame = buffer(bytes);
        frame.putInt(0, REPLY_MAGIC);
        frame.putShort(4, (short) VERSION);
        frame.putShort(6, (short) status);
        frame.putInt(8, output.length);
        frame.put(REPLY_HEADER, output);
        return bytes;
    }

    /** Returns the frame that orders the plugin to set kernel parameters in the pod's namespace. */
    static byte[] order(SortedMap<String, String> values) {
        var text = new StringBuilder();
        values.forEach((name, value) -> text.append(name).append('=').append(value).append('\0'));
        byte[] settings = text.toString().getBytes(StandardCharsets.UTF_8);
        byte[] bytes = new byte[REPLY_HEADER + settings.length];
        ByteBuffer frame = buffer(bytes);
        frame.putInt(0, ORDER_MAGIC);
        frame.putShort(4, (short) ORDER_VERSION);
        frame.putInt(8, settings.length);
        frame.put(REPLY_HEADER, settings);
        return bytes;
    }

    /**
     * Reads what the plugin reports of an order that it carried out.
     *
     * @param bytes {@link #REPORT_LENGTH} of them
     */
    static Report report(byte[] bytes) throws MalformedFrame {
        ByteBuffer frame = buffer(bytes);
        if (frame.getInt(0) != REPORT_MAGIC || frame.getShort(4) != ORDER_VERSION) {
            throw new MalformedFrame("not a report of the plugin");
        }
        return new Report(frame.getShort(6), frame.getInt(8));
    }

    /**
     * What became of an order.
     *
     * @param errno why a parameter was not set, or 0 if all are set
     * @param done how many were set, or passed over, before that one
     */
    record Report(int errno, int done) {}

    private static int length(String what, int announced, int max) throws MalformedFrame {
        if (announced < 0 || announced > max) {
            throw new MalformedFrame(
                    Integer.toUnsignedString(announced)
                            + " bytes of "
                            + what
                            + " are announced; "
                            + max
                            + " may come");
        }
        return announced;
    }

    private static Map<String, String> environment(byte[] bytes, int offset, int length)
            throws MalformedFrame {
        Map<String, String> environment = new TreeMap<>();
        int begin = offset;
        for (int i = offset; i < offset + length; i++) {
            if (bytes[i] == 0) {
                String pair = new String(bytes, begin, i - begin, StandardCharsets.UTF_8);
                int equals = pair.indexOf('=');
                if (equals < 1) {
                    throw new MalformedFrame("a variable has no name");
                }
                environment.put(pair.substring(0, equals), pair.substring(equals + 1));
                begin = i + 1;
            }
        }
        if (begin != offset + length) {
            throw new MalformedFrame("a variable has no end");
        }
        return environment;
    }

    private static int magic(String text) {
        return buffer(text.getBytes(StandardCharsets.US_ASCII)).getInt(0);
    }

    private static ByteBuffer buffer(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    }
}
