package dev.vpccni.linux.netlink;

import static dev.vpccni.linux.netlink.NetlinkSocket.NETLINK_NETFILTER;
import static dev.vpccni.linux.netlink.NetlinkSocket.NETLINK_ROUTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.vpccni.linux.Descriptor;
import dev.vpccni.linux.Errno;
import dev.vpccni.linux.ErrnoException;
import dev.vpccni.linux.Sockets;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Conversations with the kernel this test runs on. None needs a privilege: they only read. */
class NetlinkKernelTest {

    private static final int RTM_GETLINK = 18;
    private static final int RTM_GETNEXTHOP = 106;
    private static final int IFINFOMSG_SIZE = 16;
    private static final int IFI_INDEX = 4;

    @Test
    void reportsWhatTheKernelHasToSay() throws Exception {
        try (var socket = NetlinkSocket.open(NETLINK_ROUTE)) {
            assertThatExceptionOfType(ErrnoException.class)
                    .isThrownBy(() -> socket.change(RTM_GETNEXTHOP, 0, out -> out.header(2)))
                    .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL))
                    .satisfies(e -> assertThat(e.detail()).isNotEmpty())
                    .withMessageStartingWith("netlink request 106: EINVAL: ");
        }
    }

    @Test
    void survivesAnError() throws Exception {
        try (var socket = NetlinkSocket.open(NETLINK_ROUTE)) {
            assertThatExceptionOfType(ErrnoException.class)
                    .isThrownBy(() -> socket.change(0x7fff, 0, out -> out.header(16)))
                    .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.EOPNOTSUPP));

            assertThat(link(socket, 1)).containsExactly(1);
        }
    }

    @Test
    void givesEachOfManyThreadsItsOwnReply() throws Exception {
        try (var socket = NetlinkSocket.open(NETLINK_ROUTE);
                var threads = Executors.newFixedThreadPool(8)) {
            int all = dump(socket).size();
            List<Callable<List<Integer>>> requests =
                    IntStream.range(0, 200)
                            .<Callable<List<Integer>>>mapToObj(
                                    i -> () -> i % 2 == 0 ? link(socket, 1) : dump(socket))
                            .toList();

            List<Future<List<Integer>>> replies = threads.invokeAll(requests);

            for (int i = 0; i < replies.size(); i++) {
                assertThat(replies.get(i).get()).hasSize(i % 2 == 0 ? 1 : all);
            }
        }
    }

    @Test
    void adoptsASocketThatSomebodyElseOpened() throws Exception {
        Descriptor descriptor =
                Descriptor.own(
                        Sockets.socket(
                                Sockets.AF_NETLINK,
                                Sockets.SOCK_RAW | Sockets.SOCK_CLOEXEC,
                                NETLINK_ROUTE));
        try (var socket = NetlinkSocket.adopt(descriptor, NETLINK_ROUTE)) {
            assertThat(link(socket, 1)).containsExactly(1);
        }
        assertThat(descriptor.isOpen()).isFalse();
    }

    @Test
    void adoptsNothingElse() throws Exception {
        Descriptor file = Descriptor.open(Path.of("/dev/null"));
        assertThatExceptionOfType(ErrnoException.class)
                .isThrownBy(() -> NetlinkSocket.adopt(file, NETLINK_ROUTE))
                .withMessage("getsockopt: ENOTSOCK");
        assertThat(file.isOpen()).isFalse();

        Descriptor netfilter =
                Descriptor.own(
                        Sockets.socket(
                                Sockets.AF_NETLINK,
                                Sockets.SOCK_RAW | Sockets.SOCK_CLOEXEC,
                                NETLINK_NETFILTER));
        assertThatIOException()
                .isThrownBy(() -> NetlinkSocket.adopt(netfilter, NETLINK_ROUTE))
                .withMessage("not a netlink socket of protocol 0");
        assertThat(netfilter.isOpen()).isFalse();
    }

    private static List<Integer> link(NetlinkSocket socket, int index) throws IOException {
        return socket.get(
                RTM_GETLINK,
                0,
                out -> out.header(IFINFOMSG_SIZE).set32(IFI_INDEX, index),
                message -> message.get32(IFI_INDEX));
    }

    private static List<Integer> dump(NetlinkSocket socket) throws IOException {
        return socket.dump(
                RTM_GETLINK,
                out -> out.header(IFINFOMSG_SIZE),
                message -> message.get32(IFI_INDEX));
    }
}
