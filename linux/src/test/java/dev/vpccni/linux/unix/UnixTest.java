package dev.vpccni.linux.unix;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.vpccni.linux.Descriptor;
import dev.vpccni.linux.Errno;
import dev.vpccni.linux.ErrnoException;
import dev.vpccni.testing.Choose;
import dev.vpccni.testing.SeededTest;
import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class UnixTest {

    @TempDir private Path folder;

    private Path path;
    private UnixServer server;
    private UnixConnection client;
    private UnixConnection accepted;

    @BeforeEach
    void connect() throws IOException {
        path = folder.resolve("a.sock");
        server = UnixServer.listen(path, PosixFilePermissions.fromString("rw-rw----"), 16);
        client = UnixConnection.connect(path);
        accepted = requireNonNull(server.accept());
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        accepted.close();
        server.close();
    }

    @Test
    void listensWithItsPermissions() throws Exception {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo("rw-rw----");
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(path);
        }
    }

    @Test
    void takesThePlaceOfASocketThatWasLeftBehind() throws Exception {
        try (UnixServer second =
                        UnixServer.listen(path, PosixFilePermissions.fromString("rw-------"), 1);
                UnixConnection other = UnixConnection.connect(path);
                UnixConnection there = requireNonNull(second.accept())) {
            other.send(new byte[] {7});
            assertThat(there.receive(new byte[1], 0, 1)).isEqualTo(1);
        }
    }

    @Test
    void leavesTheSocketThatTookItsPlace() throws Exception {
        try (UnixServer second =
                UnixServer.listen(path, PosixFilePermissions.fromString("rw-------"), 1)) {
            server.close();

            UnixConnection.connect(path).close();
            requireNonNull(second.accept()).close();
        }
        assertThat(path).doesNotExist();
    }

    @Test
    void endsTheWaitingForBytes() throws Exception {
        try (var threads = Executors.newSingleThreadExecutor()) {
            Future<Integer> waiting = threads.submit(() -> accepted.receive(new byte[1], 0, 1));
            accepted.shutdown();

            assertThat(waiting.get()).isEqualTo(-1);
        }
        accepted.shutdown();
        assertThat(client.receive(new byte[1], 0, 1)).isEqualTo(-1);
    }

    @Test
    void passesBytesBothWays() throws Exception {
        client.send("ping".getBytes(US_ASCII));
        assertThat(text(accepted, 4)).isEqualTo("ping");
        accepted.send("pong".getBytes(US_ASCII));
        assertThat(text(client, 4)).isEqualTo("pong");
    }

    @SeededTest(runs = 50)
    void passesAnyBytes(RandomGenerator random) throws Exception {
        byte[] sent = new byte[Choose.between(random, 0, 300_000)];
        random.nextBytes(sent);
        byte[] came = new byte[sent.length];
        try (var threads = Executors.newSingleThreadExecutor()) {
            Future<?> sending =
                    threads.submit(() -> {
                        client.send(sent);
                        return null;
                    });
            accepted.receiveFully(came, List.of(), 0);
            sending.get();
        }
        assertThat(came).isEqualTo(sent);
    }

    @Test
    void passesDescriptorsAlongWithBytes() throws Exception {
        Path first = Files.writeString(folder.resolve("first"), "one");
        Path second = Files.writeString(folder.resolve("second"), "two");
        try (Descriptor one = Descriptor.open(first);
                Descriptor two = Descriptor.open(second)) {
            client.send(new byte[] {1, 2, 3}, one, two);
        }
        var came = new ArrayList<Descriptor>();
        byte[] bytes = new byte[3];

        accepted.receiveFully(bytes, came, 2);

        assertThat(bytes).containsExactly(1, 2, 3);
        assertThat(came).hasSize(2);
        assertThat(target(came.get(0))).isEqualTo(first);
        assertThat(target(came.get(1))).isEqualTo(second);
        assertThat(closedOnExec(came.get(0))).isTrue();
        came.forEach(Descriptor::close);
    }

    @Test
    void refusesMoreDescriptorsThanMayCome() throws Exception {
        int before = openDescriptors();
        try (Descriptor some = Descriptor.open(folder)) {
            for (int count : new int[] {1, 2, 3, 5, 253}) {
                Descriptor[] many =
                        IntStream.range(0, count).mapToObj(_ -> some).toArray(Descriptor[]::new);
                client.send(new byte[] {1}, many);
                int max = count / 2;
                assertThatIOException()
                        .isThrownBy(
                                () -> accepted.receive(new byte[1], 0, 1, new ArrayList<>(), max))
                        .withMessage("more than " + max + " descriptors came");
            }
        }
        assertThat(openDescriptors()).isEqualTo(before);
    }

    @Test
    void takesAsManyDescriptorsAsTheKernelPasses() throws Exception {
        var came = new ArrayList<Descriptor>();
        try (Descriptor some = Descriptor.open(folder)) {
            Descriptor[] many =
                    IntStream.range(0, UnixConnection.DESCRIPTORS_MAX)
                            .mapToObj(_ -> some)
                            .toArray(Descriptor[]::new);
            client.send(new byte[] {1}, many);

            accepted.receiveFully(new byte[1], came, UnixConnection.DESCRIPTORS_MAX);
        }
        assertThat(came).hasSize(UnixConnection.DESCRIPTORS_MAX);
        came.forEach(Descriptor::close);
    }

    @Test
    void sendsNoDescriptorWithoutAByte() throws Exception {
        try (Descriptor some = Descriptor.open(folder)) {
            assertThatIllegalArgumentException().isThrownBy(() -> client.send(new byte[0], some));
        }
    }

    @Test
    void noticesTheEnd() throws Exception {
        assertThat(accepted.hungUp()).isFalse();
        client.send(new byte[] {1});
        assertThat(accepted.hungUp()).isFalse();
        client.close();

        assertThat(accepted.hungUp()).isTrue();
        assertThatExceptionOfType(EOFException.class)
                .isThrownBy(() -> accepted.receiveFully(new byte[2], List.of(), 0))
                .withMessage("1 of 2 bytes came");
        assertThat(accepted.receive(new byte[1], 0, 1)).isEqualTo(-1);
        assertThatExceptionOfType(ErrnoException.class)
                .isThrownBy(() -> accepted.send(new byte[1]))
                .withMessage("sendmsg: EPIPE");
    }

    @Test
    void takesAPeerThatSendsNoMoreForOneThatIsThere() throws Exception {
        try (SocketChannel half = SocketChannel.open(UnixDomainSocketAddress.of(path));
                UnixConnection other = requireNonNull(server.accept())) {
            half.shutdownOutput();
            assertThat(other.receive(new byte[1], 0, 1)).isEqualTo(-1);
            assertThat(other.hungUp()).isFalse();

            other.send(new byte[] {7});
            assertThat(half.read(ByteBuffer.allocate(2))).isEqualTo(1);
        }
    }

    @Test
    void takesWhatIsThereAndDoesNotWait() throws Exception {
        byte[] bytes = new byte[4];
        assertThat(accepted.receiveNow(bytes, 0, 4, List.of(), 0)).isZero();
        client.send(new byte[] {1, 2, 3});
        assertThat(accepted.receiveNow(bytes, 1, 2, List.of(), 0)).isEqualTo(2);
        assertThat(accepted.receiveNow(bytes, 3, 1, List.of(), 0)).isEqualTo(1);
        assertThat(bytes).containsExactly(0, 1, 2, 3);
        assertThat(accepted.receiveNow(bytes, 0, 4, List.of(), 0)).isZero();
        client.close();
        assertThat(accepted.receiveNow(bytes, 0, 4, List.of(), 0)).isEqualTo(-1);
    }

    @Test
    void sendsWhatThereIsRoomForAndDoesNotWait() throws Exception {
        byte[] much = new byte[8 << 20];
        new SplittableRandom(1).nextBytes(much);
        int sent = client.sendNow(much, 0);
        assertThat(sent).isBetween(1, much.length - 1);
        assertThat(client.sendNow(much, sent)).isEqualTo(sent);

        byte[] came = new byte[sent];
        accepted.receiveFully(came, List.of(), 0);
        assertThat(came).isEqualTo(Arrays.copyOf(much, sent));
        assertThat(client.sendNow(much, sent)).isGreaterThan(sent);
        accepted.close();
        assertThatExceptionOfType(ErrnoException.class)
                .isThrownBy(() -> client.sendNow(much, sent))
                .withMessage("sendmsg: EPIPE");
    }

    @Test
    void tellsWhoIsThere() throws Exception {
        assertThat(accepted.peer().pid()).isEqualTo((int) ProcessHandle.current().pid());
        assertThat(accepted.peer().uid()).isEqualTo(Files.getAttribute(path, "unix:uid"));
    }

    @Test
    void acceptsNobodyWhereThereIsNobody() throws Exception {
        assertThat(server.accept()).isNull();
    }

    @Test
    void leavesNothingBehind() throws Exception {
        server.close();
        server.close();

        assertThat(path).doesNotExist();
        assertThatExceptionOfType(ErrnoException.class)
                .isThrownBy(() -> UnixConnection.connect(path))
                .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.ENOENT));
    }

    @Test
    void refusesAPathThatTheKernelWouldCut() {
        Path longPath = folder.resolve("x".repeat(108));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> UnixConnection.connect(longPath))
                .withMessageStartingWith("a socket's path has at most 107 bytes");
    }

    private static String text(UnixConnection connection, int size) throws IOException {
        byte[] bytes = new byte[size];
        connection.receiveFully(bytes, List.of(), 0);
        return new String(bytes, US_ASCII);
    }

    private static Path target(Descriptor descriptor) throws IOException {
        return Path.of("/proc/self/fd", Integer.toString(descriptor.number())).toRealPath();
    }

    private static boolean closedOnExec(Descriptor descriptor) throws IOException {
        String info =
                Files.readString(
                        Path.of("/proc/self/fdinfo", Integer.toString(descriptor.number())));
        String flags = info.lines().filter(line -> line.startsWith("flags:")).findFirst().get();
        return (Integer.parseInt(flags.substring(6).strip(), 8) & 0x80000) != 0;
    }

    private static int openDescriptors() throws IOException {
        try (var open = Files.list(Path.of("/proc/self/fd"))) {
            return (int) open.count();
        }
    }
}
