package dev.vpccni.daemon;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** The frames that the plugin and the daemon exchange, as docs/shim-protocol.md describes them. */
final class ShimProtocol {

    static final int VERSION = 1;
    static final int REQUEST_HEADER = 32;
    static final int REPLY_HEADER = 12;
    static final int ENVIRONMENT_MAX = 64 << 10;
    static final int INPUT_MAX = 1 << 20;
    static final int OUTPUT_MAX = 1 << 20;
    static final int DESCRIPTORS = 2;

    private static final int REQUEST_MAGIC = magic("VCNI");
    private static final int REPLY_MAGIC = magic("VCNR");

    private ShimProtocol() {}

    /**
     * A request as it came.
     *
     * @param descriptors how many came with it: 0 or 2
     * @param startedNanos when the plugin began, by the monotonic clock
     * @param deadlineMillis after that
     * @param input what stood on standard input
     */
    record Request(
            int descriptors,
            long startedNanos,
            int deadlineMillis,
            Map<String, String> environment,
            String input) {}

    /** What is wrong with a frame. */
    static final class MalformedFrame extends Exception {

        private static final long serialVersionUID = 1L;

        MalformedFrame(String message) {
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
        int environment = frame.getInt(20);
        int input = frame.getInt(24);
        boolean valid =
                0 <= environment
                        && environment <= ENVIRONMENT_MAX
                        && 0 <= input
                        && input <= INPUT_MAX
                        && (frame.getShort(6) == 0 || frame.getShort(6) == DESCRIPTORS);
        if (!valid) {
            throw new MalformedFrame("a length or count is out of range");
        }
        return REQUEST_HEADER + environment + input;
    }

    /** Reads a whole request. */
    static Request request(byte[] bytes, int length) throws MalformedFrame {
        if (length < REQUEST_HEADER || requestLength(bytes) != length) {
            throw new MalformedFrame("the frame's length is not what it says");
        }
        ByteBuffer frame = buffer(bytes);
        int environment = frame.getInt(20);
        int input = REQUEST_HEADER + environment;
        return new Request(
                frame.getShort(6),
                frame.getLong(8),
                Math.max(0, frame.getInt(16)),
                environment(bytes, REQUEST_HEADER, environment),
                new String(bytes, input, length - input, StandardCharsets.UTF_8));
    }

    /** Returns the frame of an answer. An output that is too long is an error of ours. */
    static byte[] reply(int status, byte[] output) {
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
