package dev.vpccni.daemon.plugin;

import dev.vpccni.daemon.plugin.ShimProtocol.MalformedFrame;
import dev.vpccni.linux.Descriptor;
import dev.vpccni.linux.unix.UnixConnection;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request of which not every byte is here yet, or seen to be. Not thread-safe. */
final class Arrival implements SlowConnection {

    private static final int LARGE_MIN = ShimRequest.SMALL_MAX + 1;

    private final long key;
    private final long begunNanos;
    private final long deadlineNanos;
    private final UnixConnection connection;
    private final LargeRequests large;
    private final List<Descriptor> descriptors = new ArrayList<>(ShimProtocol.DESCRIPTORS);
    private byte[] bytes = {};
    private int came;
    private int length = ShimProtocol.REQUEST_HEADER;

    /**
     * @param begunNanos when its connection came
     * @param large is told if this is given up
     */
    Arrival(
            long key,
            long begunNanos,
            long deadlineNanos,
            UnixConnection connection,
            LargeRequests large) {
        this.key = key;
        this.begunNanos = begunNanos;
        this.deadlineNanos = deadlineNanos;
        this.connection = connection;
        this.large = large;
    }

    @Override
    public long key() {
        return key;
    }

    @Override
    public long deadlineNanos() {
        return deadlineNanos;
    }

    @Override
    public UnixConnection connection() {
        return connection;
    }

    /** Returns when its connection came, by the monotonic clock. */
    long begunNanos() {
        return begunNanos;
    }

    List<Descriptor> descriptors() {
        return descriptors;
    }

    /**
     * Takes what has come, as much as fits into {@code buffer}; does not wait.
     *
     * @param whole whether it may become large
     * @return the request if it is complete
     */
    @Nullable ShimRequest advance(byte[] buffer, boolean whole) throws IOException, MalformedFrame {
        int most = whole ? buffer.length : Math.min(buffer.length, LARGE_MIN - came);
        int room = ShimProtocol.DESCRIPTORS - descriptors.size();
        int more = connection.receiveNow(buffer, 0, most, descriptors, room);
        if (more < 0) {
            throw new EOFException("the plugin went away");
        }
        keep(buffer, more);
        if (came < ShimProtocol.REQUEST_HEADER) {
            return null;
        }
        length = ShimProtocol.requestLength(bytes);
        if (came < length) {
            return null;
        }
        ShimRequest request = ShimProtocol.request(bytes, came);
        if (request.descriptors() != descriptors.size()) {
            throw new MalformedFrame("not as many descriptors as announced came");
        }
        return request;
    }

    /** Tells whether it has become so large that there may be one at a time. */
    boolean isLarge() {
        return came >= LARGE_MIN;
    }

    /** Makes room for all that is announced; before, it grows with what comes. */
    void expectAll() {
        bytes = Arrays.copyOf(bytes, Math.max(length, came));
    }

    @Override
    public String progress() {
        return came
                + " of "
                + (came < ShimProtocol.REQUEST_HEADER ? "a header's " : "")
                + length
                + " bytes of a request came";
    }

    @Override
    public void close() {
        large.leave(this);
        descriptors.forEach(Descriptor::close);
        connection.close();
    }

    private void keep(byte[] buffer, int more) throws MalformedFrame {
        if (came >= ShimProtocol.REQUEST_HEADER && came + more > length) {
            throw new MalformedFrame("the frame is longer than it says");
        }
        if (came + more > bytes.length) {
            int doubled = Math.min(2 * bytes.length, LARGE_MIN);
            bytes = Arrays.copyOf(bytes, Math.max(came + more, doubled));
        }
        System.arraycopy(buffer, 0, bytes, came, more);
        came += more;
    }
}
