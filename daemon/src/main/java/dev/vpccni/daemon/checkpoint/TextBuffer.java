package dev.vpccni.daemon.checkpoint;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Text in UTF-8 that grows at its end, in memory that is used again. Not thread-safe. */
final class TextBuffer {

    private byte[] bytes = new byte[8 << 10];
    private int length;

    void clear() {
        length = 0;
    }

    void put(String text) {
        put(text.getBytes(StandardCharsets.UTF_8));
    }

    void put(byte[] text) {
        if (text.length > bytes.length - length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + text.length));
        }
        System.arraycopy(text, 0, bytes, length, text.length);
        length += text.length;
    }

    /** Returns a copy of all that was put since it was cleared. */
    byte[] bytes() {
        return Arrays.copyOf(bytes, length);
    }
}
