package dev.vpccni.linux.netlink;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * Carries rtnetlink's questions and nothing else: whatever would change something is refused before
 * the kernel hears of it, whoever asks for it.
 *
 * @see <a href="https://elixir.bootlin.com/linux/v6.12/source/include/net/rtnetlink.h">{@code enum
 *     rtnl_kinds}</a>
 */
final class ReadingTransport implements Transport {

    /** {@code struct nlmsghdr}: length, type. */
    private static final int TYPE_OFFSET = 4;

    private static final int HEADER_SIZE = 16;

    /** Types of rtnetlink come in fours, from 16 on: new, delete, get, set. */
    private static final int FIRST_TYPE = 16;

    private static final int KINDS = 4;
    private static final int GET = 2;

    private final Transport inner;

    ReadingTransport(Transport inner) {
        this.inner = inner;
    }

    @Override
    public void send(MemorySegment datagram) throws IOException {
        long at = 0;
        while (at < datagram.byteSize()) {
            long left = datagram.byteSize() - at;
            long length = left < HEADER_SIZE ? 0 : datagram.get(JAVA_INT_UNALIGNED, at);
            if (length < HEADER_SIZE || length > left) {
                throw new IOException("not sent: no netlink message of its size, " + length);
            }
            int type = Short.toUnsignedInt(datagram.get(JAVA_SHORT_UNALIGNED, at + TYPE_OFFSET));
            if (type < FIRST_TYPE || (type - FIRST_TYPE) % KINDS != GET) {
                throw new IOException(
                        "not sent: netlink request "
                                + type
                                + " changes something, and whoever"
                                + " opened this socket only reads");
            }
            at += (length + 3) & ~3L;
        }
        inner.send(datagram);
    }

    @Override
    public long receive(MemorySegment buffer) throws IOException {
        return inner.receive(buffer);
    }

    @Override
    public void close() {
        inner.close();
    }
}
