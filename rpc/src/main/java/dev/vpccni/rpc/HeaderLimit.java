package dev.vpccni.rpc;

import java.io.IOException;
import java.io.InputStream;

/**
 * Bytes of an HTTP/2 connection as they come, which end with an error where a request's headers are
 * longer than any: gRPC's transport takes in all of them, frame after frame, before it looks at
 * their size. One thread reads.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9113#section-4.1">RFC 9113, section 4.1</a>
 */
final class HeaderLimit extends InputStream {

    /** A block of headers in frames; what is in it may be as long, and is compressed. */
    static final int BLOCK_MAX = 2 * RpcLimits.METADATA_MAX;

    private static final int PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".length();
    private static final int FRAME_HEADER = 9;
    private static final int LENGTH_BYTES = 3;
    private static final int HEADERS = 1;
    private static final int CONTINUATION = 9;

    private final InputStream in;

    /** What is left of the frame, or of the preface. */
    private int left = PREFACE;

    /** Bytes of the next frame's header that came. */
    private int header;

    private int length;
    private int block;

    HeaderLimit(InputStream in) {
        this.in = in;
    }

    @Override
    public int read() throws IOException {
        int value = in.read();
        if (value >= 0) {
            take((byte) value);
        }
        return value;
    }

    @Override
    public int read(byte[] target, int offset, int count) throws IOException {
        int came = in.read(target, offset, count);
        int at = offset;
        while (at < offset + came) {
            int skipped = Math.min(left, offset + came - at);
            left -= skipped;
            at += skipped;
            if (left == 0 && at < offset + came) {
                take(target[at++]);
            }
        }
        return came;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }

    /** Passes over one byte. */
    private void take(byte value) throws IOException {
        if (left > 0) {
            left--;
            return;
        }
        if (header < LENGTH_BYTES) {
            length = (length << 8) | (value & 0xff);
        } else if (header == LENGTH_BYTES) {
            count(value);
        }
        header++;
        if (header == FRAME_HEADER) {
            left = length;
            header = 0;
            length = 0;
        }
    }

    /** A block is one frame and those that continue it; nothing may come between. */
    private void count(byte type) throws IOException {
        block = type == HEADERS ? length : type == CONTINUATION ? block + length : 0;
        if (block > BLOCK_MAX) {
            throw new IOException("a request's headers have more than " + BLOCK_MAX + " bytes");
        }
    }
}
