package dev.vpccni.linux.netlink;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/** A kernel that answers each request with the next script, which is told the sequence number. */
final class ScriptedTransport implements Transport {

    private final ArrayDeque<IntFunction<List<byte[]>>> scripts = new ArrayDeque<>();
    private final ArrayDeque<byte[]> datagrams = new ArrayDeque<>();
    private final List<byte[]> requests = new ArrayList<>();
    private boolean closed;

    /** Answers one more request with these datagrams. */
    ScriptedTransport answer(IntFunction<List<byte[]>> script) {
        scripts.add(script);
        return this;
    }

    List<byte[]> requests() {
        return requests;
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public void send(MemorySegment datagram) throws IOException {
        requests.add(datagram.toArray(JAVA_BYTE));
        if (scripts.isEmpty()) {
            throw new IOException("the script is over");
        }
        datagrams.addAll(
                scripts.remove().apply(datagram.get(JAVA_INT_UNALIGNED, Datagram.SEQUENCE)));
    }

    @Override
    public long receive(MemorySegment buffer) throws IOException {
        if (datagrams.isEmpty()) {
            throw new IOException("the kernel is silent");
        }
        byte[] datagram = datagrams.remove();
        int size = (int) Math.min(datagram.length, buffer.byteSize());
        MemorySegment.copy(datagram, 0, buffer, JAVA_BYTE, 0, size);
        return datagram.length;
    }

    @Override
    public void close() {
        closed = true;
    }
}
