package dev.vpccni.linux;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.linux.netlink.NetlinkSocket;
import dev.vpccni.linux.unix.UnixConnection;
import dev.vpccni.linux.unix.UnixServer;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What sockets cost outside the heap while nobody uses them: nothing. */
@Timeout(30)
class NativeMemoryTest {

    private static final int MANY = 100;

    /** What may be kept for the next exchange, whatever the number of sockets. */
    private static final long KEPT_MAX = 1 << 20;

    private static final int RTM_GETLINK = 18;
    private static final int IFINFOMSG_SIZE = 16;

    @TempDir private Path folder;

    @Test
    void netlinkSocketsOwnNone() throws Exception {
        long before = bytes();
        List<NetlinkSocket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < MANY; i++) {
                NetlinkSocket socket = NetlinkSocket.open(NetlinkSocket.NETLINK_ROUTE);
                sockets.add(socket);
                assertThat(
                                socket.dump(
                                        RTM_GETLINK,
                                        out -> out.header(IFINFOMSG_SIZE),
                                        link -> link))
                        .isNotEmpty();
            }
            assertThat(bytes() - before).isLessThanOrEqualTo(KEPT_MAX);
        } finally {
            sockets.forEach(NetlinkSocket::close);
        }
        assertThat(bytes() - before).isLessThanOrEqualTo(KEPT_MAX);
    }

    @Test
    void connectionsOwnNone() throws Exception {
        Path path = folder.resolve("a.sock");
        long before = bytes();
        List<UnixConnection> connections = new ArrayList<>();
        try (UnixServer server =
                UnixServer.listen(path, PosixFilePermissions.fromString("rw-------"), MANY)) {
            for (int i = 0; i < MANY; i++) {
                UnixConnection client = UnixConnection.connect(path);
                connections.add(client);
                UnixConnection accepted = requireNonNull(server.accept());
                connections.add(accepted);
                client.send(new byte[1000]);
                accepted.receiveFully(new byte[1000], new ArrayList<>(), 0);
            }
            assertThat(bytes() - before).isLessThanOrEqualTo(KEPT_MAX);
        } finally {
            connections.forEach(UnixConnection::close);
        }
        assertThat(bytes() - before).isLessThanOrEqualTo(KEPT_MAX);
    }

    /** A verb has a thread of its own, which makes a few calls and ends. */
    @Test
    void threadsOwnNone() throws Exception {
        long before = bytes();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 10 * MANY; i++) {
            threads.add(Thread.ofVirtual().start(() -> Libc.close(-1)));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(bytes() - before).isZero();
    }

    /** What is allocated through {@code java.lang.foreign} counts as direct memory. */
    private static long bytes() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }
}
