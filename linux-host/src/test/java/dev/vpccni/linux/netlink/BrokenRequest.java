package dev.vpccni.linux.netlink;

import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.vpccni.linux.ErrnoException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Sockets on which one request, counted over all of them, reaches the kernel as one that it does
 * not know, so that the kernel itself refuses it. Everything before and after it is as it should
 * be.
 */
public final class BrokenRequest {

    private static final short UNKNOWN = Short.MAX_VALUE;

    private final AtomicInteger left;

    /**
     * @param number of the request, from 1
     */
    public BrokenRequest(int number) {
        left = new AtomicInteger(number);
    }

    /** Opens a socket in the network namespace of the current platform thread. */
    public NetlinkSocket open() throws ErrnoException {
        Transport kernel = SocketTransport.open(NetlinkSocket.NETLINK_ROUTE);
        return new NetlinkSocket(
                new Transport() {
                    @Override
                    public void send(MemorySegment message) throws IOException {
                        if (left.decrementAndGet() == 0) {
                            message.set(JAVA_SHORT_UNALIGNED, Datagram.TYPE, UNKNOWN);
                        }
                        kernel.send(message);
                    }

                    @Override
                    public long receive(MemorySegment buffer) throws IOException {
                        return kernel.receive(buffer);
                    }

                    @Override
                    public void close() {
                        kernel.close();
                    }
                });
    }

    /** Tells whether that request has been made. */
    public boolean happened() {
        return left.get() <= 0;
    }
}
