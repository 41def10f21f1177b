package dev.vpccni.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.okhttp.OkHttpChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rpc.AddNetworkReply;
import rpc.AddNetworkRequest;
import rpc.CNIBackendGrpc;
import rpc.CNIBackendGrpc.CNIBackendBlockingStub;
import rpc.DelNetworkRequest;

/** What one client does, and that another one does not notice. */
final class RpcLimitsTest {

    private static final Duration BRIEF = Duration.ofMillis(300);
    private static final Duration ENDLESS = Duration.ofDays(1);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String ADD = "rpc.CNIBackend/AddNetwork";
    private static final String REFLECT =
            "grpc.reflection.v1.ServerReflection/ServerReflectionInfo";

    @TempDir Path folder;

    private final List<AutoCloseable> closing = new ArrayList<>();
    private final List<String> heard = Collections.synchronizedList(new ArrayList<>());
    private final WaitingAddresses addresses = new WaitingAddresses();
    private final ExecutorService tasks = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void closeAll() throws Exception {
        addresses.stop();
        for (AutoCloseable each : closing.reversed()) {
            each.close();
        }
        tasks.close();
    }

    @Test
    void aClientThatSaysNothingIsClosed() throws Exception {
        start(limits(BRIEF, ENDLESS, ENDLESS, ENDLESS));
        assertThat(client().isClosedWithin(PATIENCE)).isTrue();
        assertHealthy();
    }

    @Test
    void aClientThatStopsInTheMiddleOfItsGreetingIsClosed() throws Exception {
        start(limits(BRIEF, ENDLESS, ENDLESS, ENDLESS));
        RawClient half = client();
        half.send(Arrays.copyOf(RawClient.PREFACE, 10));
        RawClient withoutSettings = client();
        withoutSettings.send(RawClient.PREFACE);
        assertThat(half.isClosedWithin(PATIENCE)).isTrue();
        assertThat(withoutSettings.isClosedWithin(PATIENCE)).isTrue();
    }

    /** One deadline for all of it, however busy it looks. */
    @Test
    void aClientThatDripsItsGreetingIsClosed() throws Exception {
        start(limits(BRIEF, ENDLESS, ENDLESS, ENDLESS));
        RawClient dripping = client();
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
        start(limits(ENDLESS, ENDLESS, ENDLESS, Duration.ofSeconds(1)));
        RawClient idle = RawClient.greeting(socket());
        closing.add(idle);
        Future<AddNetworkReply> waiting = tasks.submit(() -> stub().addNetwork(add("c1")));
        addresses.awaitWaiting(1);
        assertThat(idle.isClosedWithin(PATIENCE)).isTrue();
        addresses.arrive(1);
        assertThat(waiting.get().getSuccess()).isTrue();
    }

    @Test
    void aCallWhoseRequestDoesNotComeIsClosed() throws Exception {
        start(limits(ENDLESS, BRIEF, ENDLESS, ENDLESS));
        RawClient half = RawClient.greeting(socket());
        closing.add(half);
        half.open(1, ADD);
        assertThat(half.isClosedWithin(PATIENCE)).isTrue();
    }

    @Test
    void aClientThatDoesNotReadIsClosed() throws Exception {
        start(limits(ENDLESS, ENDLESS, BRIEF, ENDLESS));
        RawClient deaf = RawClient.greeting(socket());
        closing.add(deaf);
        // Each of these is to be acknowledged; the server can do so until the socket is full.
        byte[] many = repeat(RawClient.SETTINGS, 100);
        assertClosedWhileSending(deaf, many);
        assertHealthy();
    }

    @Test
    void headersWithoutEndAreCutOff() throws Exception {
        start(limits(ENDLESS, ENDLESS, ENDLESS, ENDLESS));
        RawClient endless = RawClient.greeting(socket());
        closing.add(endless);
        endless.send(RawClient.frame(1, 0, 1, RawClient.headersOf(ADD)));
        // Each byte stands for a whole header of the table that both sides know.
        byte[] more = new byte[16 << 10];
        Arrays.fill(more, (byte) 0x82);
        assertClosedWhileSending(endless, RawClient.frame(9, 0, 1, more));
        assertHealthy();
    }

    @Test
    void aRequestThatIsTooLongIsRefused() throws Exception {
        start(limits(ENDLESS, ENDLESS, ENDLESS, ENDLESS));
        addresses.arrive(1);
        assertThatThrownBy(() -> stub().addNetwork(add("c".repeat(17 << 10))))
                .isInstanceOf(StatusRuntimeException.class);
        var metadata = new Metadata();
        metadata.put(
                Metadata.Key.of("much", Metadata.ASCII_STRING_MARSHALLER), "x".repeat(9 << 10));
        var wordy = stub().withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata));
        assertThatThrownBy(() -> wordy.addNetwork(add("c1"))).hasMessageContaining("431");
        assertThat(stub().addNetwork(add("c1")).getSuccess()).isTrue();
    }

    /** Each has its request begun and waits for nothing, so that all are open at once. */
    @Test
    void aThousandCallsOfOneClientKeepNobodyAway() throws Exception {
        start(limits(ENDLESS, ENDLESS, ENDLESS, ENDLESS));
        RawClient greedy = RawClient.greeting(socket());
        closing.add(greedy);
        for (int i = 0; i < 1_000; i++) {
            greedy.open(2 * i + 1, ADD);
        }
        assertHealthy();
        addresses.arrive(1);
        assertThat(stub().addNetwork(add("c1")).getSuccess()).isTrue();
        assertThat(stub().delNetwork(del("c1")).getSuccess()).isTrue();
    }

    @Test
    void streamsKeepNobodyAway() throws Exception {
        start(limits(ENDLESS, ENDLESS, ENDLESS, ENDLESS));
        for (int connection = 0; connection < 4; connection++) {
            RawClient greedy = RawClient.greeting(socket());
            closing.add(greedy);
            for (int i = 0; i < 100; i++) {
                greedy.open(2 * i + 1, REFLECT);
            }
        }
        await("refusals", () -> heard.size() >= 400 - 32);
        assertHealthy();
        addresses.arrive(1);
        assertThat(stub().addNetwork(add("c1")).getSuccess()).isTrue();
    }

    @Test
    void asManyAddressesAreWaitedForAsMayAndTakingBackIsAlwaysPossible() throws Exception {
        start(limits(ENDLESS, ENDLESS, ENDLESS, ENDLESS));
        addresses.arrive(1);
        assertThat(stub().addNetwork(add("early")).getSuccess()).isTrue();
        List<CNIBackendBlockingStub> clients = List.of(stub(), stub(), stub());
        List<Future<AddNetworkReply>> waiting = new ArrayList<>();
        for (int i = 0; i < RpcLimits.DEFAULT.adds(); i++) {
            String container = "c" + i;
            CNIBackendBlockingStub client = clients.get(i % clients.size());
            waiting.add(tasks.submit(() -> client.addNetwork(add(container))));
        }
        addresses.awaitWaiting(RpcLimits.DEFAULT.adds());
        assertThat(refusal(() -> stub().addNetwork(add("late"))))
                .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertHealthy();
        assertThat(clients.getFirst().delNetwork(del("early")).getSuccess()).isTrue();
        addresses.arrive(RpcLimits.DEFAULT.adds());
        for (Future<AddNetworkReply> each : waiting) {
            assertThat(each.get().getSuccess()).isTrue();
        }
    }

    /** Upstream's plugin makes a connection for each call. */
    @Test
    void whoeverWaitsLeavesConnectionsForOthers() throws Exception {
        start(limits(ENDLESS, ENDLESS, ENDLESS, ENDLESS));
        List<Future<AddNetworkReply>> waiting = new ArrayList<>();
        for (int i = 0; i < 56; i++) {
            String container = "c" + i;
            CNIBackendBlockingStub client = stub();
            waiting.add(tasks.submit(() -> client.addNetwork(add(container))));
            addresses.awaitWaiting(i + 1);
        }
        assertThat(refusal(() -> stub().addNetwork(add("late"))))
                .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        for (int i = 0; i < 20; i++) {
            assertHealthy();
        }
        assertThat(heard).anyMatch(said -> said.contains("as many pods wait for one as may"));
        addresses.arrive(56);
        for (Future<AddNetworkReply> each : waiting) {
            assertThat(each.get().getSuccess()).isTrue();
        }
    }

    @Test
    void aNewConnectionTakesThePlaceOfTheOneThatIsIdleLongest() throws Exception {
        start(limits(ENDLESS, ENDLESS, ENDLESS, ENDLESS));
        Future<AddNetworkReply> waiting = tasks.submit(() -> stub().addNetwork(add("c1")));
        addresses.awaitWaiting(1);
        List<RawClient> idle = new ArrayList<>();
        for (int i = 0; i < 63; i++) {
            idle.add(RawClient.greeting(socket()));
        }
        closing.addAll(idle);
        assertHealthy();
        assertThat(idle.getFirst().isClosedWithin(PATIENCE)).isTrue();
        assertThat(idle.getLast().isClosed()).isFalse();
        addresses.arrive(1);
        assertThat(waiting.get().getSuccess()).isTrue();
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
            start(RpcLimits.DEFAULT, broken);
            closing.add(RawClient.connect(socket()));
            await("a thread's death", () -> deaths.contains(death));
        } finally {
            closing.removeFirst().close();
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
    }

    @Test
    void aBugInOneCallIsAnsweredAsAnError() throws Exception {
        start(limits(ENDLESS, ENDLESS, ENDLESS, ENDLESS));
        addresses.breakBy(new IllegalStateException("a bug"));
        assertThatThrownBy(() -> stub().addNetwork(add("c1"))).hasMessageContaining("a bug");
        assertThatThrownBy(() -> stub().delNetwork(del("c1"))).hasMessageContaining("a bug");
        addresses.breakBy(null);
        addresses.arrive(1);
        assertThat(stub().addNetwork(add("c1")).getSuccess()).isTrue();
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

    private void start(RpcLimits limits) throws IOException {
        start(limits, System::nanoTime);
    }

    private void start(RpcLimits limits, LongSupplier nanos) throws IOException {
        closing.add(TestNode.start(socket(), addresses, PATIENCE, heard, limits, nanos));
    }

    private RawClient client() throws IOException {
        RawClient client = RawClient.connect(socket());
        closing.add(client);
        return client;
    }

    private ManagedChannel channel() {
        ManagedChannel channel =
                OkHttpChannelBuilder.forAddress("localhost", 1)
                        .usePlaintext()
                        .socketFactory(new UnixClientSocketFactory(socket()))
                        .build();
        closing.add(channel::shutdownNow);
        return channel;
    }

    /** Returns a client with a connection of its own. */
    private CNIBackendBlockingStub stub() {
        return CNIBackendGrpc.newBlockingStub(channel())
                .withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private void assertHealthy() {
        var asked =
                HealthGrpc.newBlockingStub(channel())
                        .withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                        .check(HealthCheckRequest.getDefaultInstance());
        assertThat(asked.getStatus()).isEqualTo(ServingStatus.SERVING);
    }

    private static Status.Code refusal(Runnable call) {
        return catchThrowableOfType(StatusRuntimeException.class, call::run).getStatus().getCode();
    }

    private static void await(String what, Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.call()) {
            assertThat(System.nanoTime()).as("waited in vain for " + what).isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    private Path socket() {
        return folder.resolve("ipamd.sock");
    }

    private static AddNetworkRequest add(String container) {
        return AddNetworkRequest.newBuilder()
                .setK8SPODNAME("web")
                .setK8SPODNAMESPACE("team")
                .setIfName("eth0")
                .setNetworkName("aws-cni")
                .setContainerID(container)
                .build();
    }

    private static DelNetworkRequest del(String container) {
        return DelNetworkRequest.newBuilder()
                .setIfName("eth0")
                .setNetworkName("aws-cni")
                .setContainerID(container)
                .build();
    }
}
