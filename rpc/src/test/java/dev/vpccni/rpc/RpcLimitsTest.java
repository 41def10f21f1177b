package dev.vpccni.rpc;

import static dev.vpccni.rpc.RpcTestServer.PATIENCE;
import static dev.vpccni.rpc.RpcTestServer.add;
import static dev.vpccni.rpc.RpcTestServer.await;
import static dev.vpccni.rpc.RpcTestServer.del;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rpc.AddNetworkReply;

/** What one client does, and that another one does not notice. */
final class RpcLimitsTest {

    private static final Duration BRIEF = Duration.ofMillis(300);
    private static final Duration ENDLESS = Duration.ofDays(1);
    private static final String ADD = "rpc.CNIBackend/AddNetwork";

    @TempDir Path folder;

    private RpcTestServer server;

    @BeforeEach
    void prepare() {
        server = new RpcTestServer(folder);
    }

    @AfterEach
    void close() throws Exception {
        server.close();
    }

    @Test
    void aClientThatSaysNothingIsClosed() throws Exception {
        server.start(limits(BRIEF, ENDLESS, ENDLESS, ENDLESS));
        assertThat(server.silent().isClosedWithin(PATIENCE)).isTrue();
        server.assertHealthy();
    }

    @Test
    void aClientThatStopsInTheMiddleOfItsGreetingIsClosed() throws Exception {
        server.start(limits(BRIEF, ENDLESS, ENDLESS, ENDLESS));
        RawClient half = server.silent();
        half.send(Arrays.copyOf(RawClient.PREFACE, 10));
        RawClient withoutSettings = server.silent();
        withoutSettings.send(RawClient.PREFACE);
        assertThat(half.isClosedWithin(PATIENCE)).isTrue();
        assertThat(withoutSettings.isClosedWithin(PATIENCE)).isTrue();
    }

    /** One deadline for all of it, however busy it looks. */
    @Test
    void aClientThatDripsItsGreetingIsClosed() throws Exception {
        server.start(limits(BRIEF, ENDLESS, ENDLESS, ENDLESS));
        RawClient dripping = server.silent();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        int sent = 0;
        while (!dripping.isClosed()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            if (sent < RawClient.PREFACE.length - 1) {
                drip(dripping, RawClient.PREFACE[sent++]);
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
        assertThat(sent).isLessThan(RawClient.PREFACE.length - 1);
    }

    private static void drip(RawClient client, byte one) {
        try {
            assertThat(client.offer(new byte[] {one})).isTrue();
        } catch (IOException e) {
            // Closed in this very moment.
        }
    }

    @Test
    void aConnectionWithoutACallIsClosedAndOneWithACallIsNot() throws Exception {
        server.start(limits(ENDLESS, ENDLESS, ENDLESS, Duration.ofSeconds(1)));
        RawClient idle = server.greeting();
        Future<AddNetworkReply> waiting =
                server.tasks.submit(() -> server.stub().addNetwork(add("c1")));
        server.addresses.awaitWaiting(1);
        assertThat(idle.isClosedWithin(PATIENCE)).isTrue();
        server.addresses.arrive(1);
        assertThat(waiting.get().getSuccess()).isTrue();
    }

    @Test
    void aCallWhoseRequestDoesNotComeIsClosed() throws Exception {
        server.start(limits(ENDLESS, BRIEF, ENDLESS, ENDLESS));
        RawClient half = server.greeting();
        half.open(1, ADD);
        assertThat(half.isClosedWithin(PATIENCE)).isTrue();
    }

    @Test
    void aClientThatDoesNotReadIsClosed() throws Exception {
        server.start(limits(ENDLESS, ENDLESS, BRIEF, ENDLESS));
        RawClient deaf = server.greeting();
        // Each of these is to be acknowledged; the server can do so until the socket is full.
        byte[] many = repeat(RawClient.SETTINGS, 100);
        assertClosedWhileSending(deaf, many);
        server.assertHealthy();
    }

    @Test
    void headersWithoutEndAreCutOff() throws Exception {
        server.start(limits(ENDLESS, ENDLESS, ENDLESS, ENDLESS));
        RawClient endless = server.greeting();
        endless.send(RawClient.frame(1, 0, 1, RawClient.headersOf(ADD)));
        // Each byte stands for a whole header of the table that both sides know.
        byte[] more = new byte[16 << 10];
        Arrays.fill(more, (byte) 0x82);
        assertClosedWhileSending(endless, RawClient.frame(9, 0, 1, more));
        server.assertHealthy();
    }

    @Test
    void aRequestThatIsTooLongIsRefused() throws Exception {
        server.start(limits(ENDLESS, ENDLESS, ENDLESS, ENDLESS));
        server.addresses.arrive(1);
        assertThatThrownBy(() -> server.stub().addNetwork(add("c".repeat(17 << 10))))
                .isInstanceOf(StatusRuntimeException.class);
        var metadata = new Metadata();
        metadata.put(
                Metadata.Key.of("much", Metadata.ASCII_STRING_MARSHALLER), "x".repeat(9 << 10));
        var wordy =
                server.stub().withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata));
        assertThatThrownBy(() -> wordy.addNetwork(add("c1"))).hasMessageContaining("431");
        assertThat(server.stub().addNetwork(add("c1")).getSuccess()).isTrue();
    }

    /** Nobody would hear of it: the transport only logs it. */
    @Test
    void aServerThatAcceptsNobodyAnyMoreDiesOfIt() throws Exception {
        List<String> deaths = Collections.synchronizedList(new ArrayList<>());
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((_, fault) -> deaths.add(fault.toString()));
        String death =
                "java.lang.IllegalStateException:"
                        + " gRPC's server accepts no connections any more";
        try {
            LongSupplier broken =
                    () -> {
                        throw new OutOfMemoryError("of whatever kind");
                    };
            server.start(server.addresses, RpcLimits.DEFAULT, broken);
            server.silent();
            await("a thread's death", () -> deaths.contains(death));
        } finally {
            server.close();
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
    }

    @Test
    void aBugInOneCallIsAnsweredAsAnError() throws Exception {
        server.start(limits(ENDLESS, ENDLESS, ENDLESS, ENDLESS));
        server.addresses.breakBy(new IllegalStateException("a bug"));
        assertThatThrownBy(() -> server.stub().addNetwork(add("c1"))).hasMessageContaining("a bug");
        assertThatThrownBy(() -> server.stub().delNetwork(del("c1"))).hasMessageContaining("a bug");
        server.addresses.breakBy(null);
        server.addresses.arrive(1);
        assertThat(server.stub().addNetwork(add("c1")).getSuccess()).isTrue();
    }

    private static void assertClosedWhileSending(RawClient client, byte[] bytes) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        boolean closed = false;
        while (!closed) {
            assertThat(System.nanoTime()).as("the server takes it all").isLessThan(deadline);
            try {
                if (!client.offer(bytes)) {
                    TimeUnit.MILLISECONDS.sleep(5);
                }
            } catch (IOException e) {
                closed = true;
            }
        }
    }

    private static byte[] repeat(byte[] bytes, int times) {
        var all = new ByteArrayOutputStream();
        for (int i = 0; i < times; i++) {
            all.writeBytes(bytes);
        }
        return all.toByteArray();
    }

    private static RpcLimits limits(
            Duration handshake, Duration receiving, Duration delivering, Duration idle) {
        RpcLimits usual = RpcLimits.DEFAULT;
        return new RpcLimits(
                usual.connections(),
                usual.reserved(),
                usual.calls(),
                usual.adds(),
                usual.streams(),
                usual.callsOnOne(),
                handshake,
                receiving,
                delivering,
                idle);
    }
}
