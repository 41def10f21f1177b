package dev.vpccni.linux.netlink;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** What carries datagrams to the kernel and back. */
interface Transport extends AutoCloseable {

    /** Sends one datagram. */
    void send(MemorySegment datagram) throws IOException;

    /**
     * Receives one datagram into {@code buffer}.
     *
     * @return its real size in bytes, which is larger than the buffer if it was cut
     */
    long receive(MemorySegment buffer) throws IOException;

    @Override
    void close();
}
