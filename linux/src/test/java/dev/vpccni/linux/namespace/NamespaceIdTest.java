package dev.vpccni.linux.namespace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.vpccni.linux.Descriptor;
import dev.vpccni.linux.Errno;
import dev.vpccni.linux.ErrnoException;
import dev.vpccni.linux.Sockets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class NamespaceIdTest {

    private static final Path OWN = Path.of("/proc/self/ns/net");

    @Test
    void isTheSameForEachFileOfANamespace() throws Exception {
        try (Descriptor one = NetworkNamespace.createAnonymous();
                Descriptor other = NetworkNamespace.createAnonymous();
                Descriptor again = Descriptor.open(Path.of("/proc/self/fd/" + one.number()));
                Descriptor own = Descriptor.open(OWN)) {
            assertThat(NamespaceId.of(one))
                    .isEqualTo(NamespaceId.of(again))
                    .isNotEqualTo(NamespaceId.of(other))
                    .isNotEqualTo(NamespaceId.of(own));
            assertThat(NamespaceId.of(own).inode()).isEqualTo(Files.getAttribute(OWN, "unix:ino"));
            assertThat(NamespaceId.of(own).device()).isEqualTo(Files.getAttribute(OWN, "unix:dev"));
        }
    }

    @Test
    void isThatOfTheNamespaceInWhichASocketWasOpened() throws Exception {
        try (var thread = NamespaceThread.start("vpccni-test");
                Descriptor namespace = NetworkNamespace.createAnonymous();
                Descriptor own = Descriptor.open(OWN);
                Descriptor inside = thread.inside(namespace, NamespaceIdTest::socket);
                Descriptor here = socket()) {
            long before = openFiles();
            for (int i = 0; i < 500; i++) {
                assertThat(NamespaceId.ofSocket(inside)).isEqualTo(NamespaceId.of(namespace));
                assertThat(NamespaceId.ofSocket(here)).isEqualTo(NamespaceId.of(own));
            }
            assertThat(openFiles()).as("each leaves none open").isLessThan(before + 500);
        }
    }

    @Test
    void knowsANetworkNamespaceFromAnythingElse() throws Exception {
        try (Descriptor network = NetworkNamespace.createAnonymous();
                Descriptor mount = Descriptor.open(Path.of("/proc/self/ns/mnt"));
                Descriptor file = Descriptor.open(Path.of("/etc/hostname"));
                Descriptor folder = Descriptor.open(Path.of("/proc"));
                Descriptor socket = socket()) {
            assertThat(NamespaceId.isNetwork(network)).isTrue();
            for (Descriptor other : new Descriptor[] {mount, file, folder, socket}) {
                assertThat(NamespaceId.isNetwork(other)).as("%s", other).isFalse();
            }
            for (Descriptor other : new Descriptor[] {network, mount, file, folder}) {
                assertThatExceptionOfType(ErrnoException.class)
                        .isThrownBy(() -> NamespaceId.ofSocket(other))
                        .matches(e -> e.is(Errno.ENOTTY));
            }
        }
    }

    private static Descriptor socket() throws ErrnoException {
        return Descriptor.own(
                Sockets.socket(Sockets.AF_NETLINK, Sockets.SOCK_RAW | Sockets.SOCK_CLOEXEC, 0));
    }

    private static long openFiles() throws IOException {
        try (var files = Files.list(Path.of("/proc/self/fd"))) {
            return files.count();
        }
    }
}
