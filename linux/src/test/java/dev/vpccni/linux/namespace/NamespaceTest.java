package dev.vpccni.linux.namespace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.vpccni.linux.Descriptor;
import dev.vpccni.linux.Errno;
import dev.vpccni.linux.ErrnoException;
import dev.vpccni.linux.Libc;
import dev.vpccni.linux.netlink.NetlinkSocket;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class NamespaceTest {

    private static final Path OF_THREAD = Path.of("/proc/thread-self/ns/net");
    private static final int RTM_GETLINK = 18;

    @TempDir private Path folder;

    private NamespaceThread thread;

    @BeforeEach
    void startThread() throws IOException {
        thread = NamespaceThread.start("vpccni-test-namespaces");
    }

    @AfterEach
    void endThread() {
        thread.close();
    }

    @Test
    void runsATaskInsideAndComesHome() throws Exception {
        String home = identity();
        try (Descriptor namespace = NetworkNamespace.createAnonymous()) {
            String inside = thread.inside(namespace, NamespaceTest::identity);
            String again = thread.inside(namespace, NamespaceTest::identity);
            String back = thread.inside(OF_THREAD, NamespaceTest::identity);

            assertThat(inside).isNotEqualTo(home).isEqualTo(again);
            assertThat(back).isEqualTo(home);
            assertThat(identity()).isEqualTo(home);
        }
    }

    @Test
    void comesHomeAfterATaskThatFails() throws Exception {
        String home = identity();
        try (Descriptor namespace = NetworkNamespace.createAnonymous()) {
            assertThatExceptionOfType(FileNotFoundException.class)
                    .isThrownBy(() ->
                            thread.inside(
                                    namespace,
                                    () -> {
                                        throw new FileNotFoundException("no");
                                    }));
            assertThatExceptionOfType(IllegalStateException.class)
                    .isThrownBy(() ->
                            thread.inside(
                                    namespace,
                                    () -> {
                                        throw new IllegalStateException("no");
                                    }));
            assertThat(thread.inside(OF_THREAD, NamespaceTest::identity)).isEqualTo(home);
        }
    }

    @Test
    void opensASocketThatStaysInside() throws Exception {
        try (Descriptor namespace = NetworkNamespace.createAnonymous();
                NetlinkSocket socket = thread.openInside(namespace, NetlinkSocket.NETLINK_ROUTE)) {
            List<Integer> links =
                    socket.dump(RTM_GETLINK, out -> out.header(16), message -> message.get32(4));

            assertThat(links).containsExactly(1);
        }
    }

    @Test
    void servesManyThreads() throws Exception {
        try (Descriptor namespace = NetworkNamespace.createAnonymous();
                var callers = Executors.newVirtualThreadPerTaskExecutor()) {
            String inside = thread.inside(namespace, NamespaceTest::identity);
            List<Future<String>> answers =
                    IntStream.range(0, 100)
                            .mapToObj(_ ->
                                    callers.submit(() ->
                                            thread.inside(namespace, NamespaceTest::identity)))
                            .toList();
            for (Future<String> answer : answers) {
                assertThat(answer.get()).isEqualTo(inside);
            }
        }
    }

    @Test
    void refusesWhatIsNoNamespace() {
        assertThatExceptionOfType(ErrnoException.class)
                .isThrownBy(() -> thread.inside(Path.of("/dev/null"), () -> "in"))
                .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL))
                .withMessage("setns: EINVAL");
        assertThatExceptionOfType(ErrnoException.class)
                .isThrownBy(() -> thread.inside(folder.resolve("none"), () -> "in"))
                .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.ENOENT));
    }

    @Test
    void refusesTasksOnceItHasEnded() {
        thread.close();

        assertThatIOException()
                .isThrownBy(() -> thread.inside(OF_THREAD, () -> "in"))
                .withMessage("the namespace thread has ended");
    }

    @Test
    void endsWhenItCannotComeHome() throws Exception {
        Descriptor noHome = Descriptor.open(Path.of("/dev/null"));
        try (NamespaceThread lost = NamespaceThread.start("vpccni-test-lost", noHome)) {
            assertThatExceptionOfType(ErrnoException.class)
                    .isThrownBy(() -> lost.inside(OF_THREAD, () -> "in"))
                    .withMessage("return to the home namespace: EINVAL");
            assertThatIOException()
                    .isThrownBy(() -> lost.inside(OF_THREAD, () -> "in"))
                    .withMessage("the namespace thread has ended");
        }
    }

    @Test
    void refusesATaskOfItsOwnTask() {
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(
                        () -> thread.inside(OF_THREAD, () -> thread.inside(OF_THREAD, () -> "in")));
    }

    @Test
    void finishesTheTaskOfAnInterruptedCaller() throws Exception {
        try (Descriptor namespace = NetworkNamespace.createAnonymous()) {
            Thread.currentThread().interrupt();

            assertThat(thread.inside(namespace, () -> "done")).isEqualTo("done");
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void neverMovesACarrier() throws Exception {
        try (Descriptor home = NetworkNamespace.current()) {
            var refused = new AtomicReference<Exception>();
            Thread.ofVirtual()
                    .start(() -> {
                        try {
                            Libc.setns(home.number(), Libc.CLONE_NEWNET);
                        } catch (IOException | IllegalStateException e) {
                            refused.set(e);
                        }
                    })
                    .join();

            assertThat(refused.get()).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void keepsANamespaceInAFile() throws Exception {
        Path file = folder.resolve("deep/blue");
        NetworkNamespace.create(file);
        try {
            String inside = thread.inside(file, NamespaceTest::identity);

            assertThat(inside).isNotEqualTo(identity());
            assertThat(thread.inside(file, NamespaceTest::identity)).isEqualTo(inside);
            assertThatExceptionOfType(FileAlreadyExistsException.class)
                    .isThrownBy(() -> NetworkNamespace.create(file));
        } finally {
            NetworkNamespace.remove(file);
        }
        assertThat(file).doesNotExist();
        NetworkNamespace.remove(file);
    }

    private static String identity() throws IOException {
        return Files.readSymbolicLink(OF_THREAD).toString();
    }
}
