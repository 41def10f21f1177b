package dev.vpccni.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.PodName;
import dev.vpccni.node.AddressService;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.okhttp.OkHttpChannelBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rpc.AddNetworkReply;
import rpc.AddNetworkRequest;
import rpc.CNIBackendGrpc;
import rpc.CNIBackendGrpc.CNIBackendBlockingStub;
import rpc.DelNetworkRequest;

/** A request for an address whose client goes away leaves no address behind. */
final class AbandonedAddTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final AttachmentKey KEY = new AttachmentKey("aws-cni", "c1", "eth0");

    @TempDir Path folder;

    private final List<AutoCloseable> closing = new ArrayList<>();
    private final ExecutorService tasks = Executors.newVirtualThreadPerTaskExecutor();
    private final WaitingAddresses addresses = new WaitingAddresses();

    @AfterEach
    void closeAll() throws Exception {
        addresses.stop();
        for (AutoCloseable each : closing.reversed()) {
            each.close();
        }
        tasks.close();
    }

    @Test
    void nobodyWaitsForAClientThatHasGone() throws Exception {
        start(addresses);
        ManagedChannel killed = channel();
        Future<AddNetworkReply> waiting = tasks.submit(() -> stub(killed).addNetwork(add()));
        addresses.awaitWaiting(1);
        killed.shutdownNow();
        assertThatThrownBy(waiting::get).hasMessageContaining("UNAVAILABLE");
        addresses.awaitWaiting(0);
        addresses.arrive(1);
        assertThat(stub(channel()).addNetwork(add()).getSuccess()).isTrue();
        addresses.awaitGranted(Set.of(KEY));
    }

    @Test
    void nobodyWaitsForACallThatIsCancelled() throws Exception {
        start(addresses);
        Context.CancellableContext context = Context.current().withCancellation();
        Future<AddNetworkReply> waiting =
                tasks.submit(() -> context.call(() -> stub(channel()).addNetwork(add())));
        addresses.awaitWaiting(1);
        context.cancel(null);
        assertThatThrownBy(waiting::get).hasMessageContaining("CANCELLED");
        addresses.awaitWaiting(0);
    }

    @Test
    void theSecondRequestIsServedWhenTheFirstIsGivenUp() throws Exception {
        start(addresses);
        ManagedChannel killed = channel();
        Future<AddNetworkReply> first = tasks.submit(() -> stub(killed).addNetwork(add()));
        addresses.awaitWaiting(1);
        Future<AddNetworkReply> second = tasks.submit(() -> stub(channel()).addNetwork(add()));
        killed.shutdownNow();
        assertThatThrownBy(first::get).isNotNull();
        addresses.arrive(1);
        assertThat(second.get().getSuccess()).isTrue();
        addresses.awaitGranted(Set.of(KEY));
    }

    @Test
    void takingAwayEndsTheWait() throws Exception {
        start(addresses);
        Future<AddNetworkReply> waiting = tasks.submit(() -> stub(channel()).addNetwork(add()));
        addresses.awaitWaiting(1);
        assertThatThrownBy(() -> stub(channel()).delNetwork(del()))
                .hasMessageContaining("datastore: unknown pod");
        assertThat(waiting.get()).isEqualTo(AddNetworkReply.getDefaultInstance());
        addresses.arrive(1);
        addresses.awaitGranted(Set.of());
    }

    @Test
    void whatIsGrantedToAClientThatHasGoneIsGivenBack() throws Exception {
        var slow = new SlowAddresses(false);
        start(slow);
        goBeforeTheAnswer(slow);
        slow.released.await();
        assertThat(slow.releases).hasValue(1);
    }

    @Test
    void whatIsGrantedAndCannotBeToldIsGivenBack() throws Exception {
        addresses.arrive(1);
        closing.add(
                RpcServer.start(
                        socket(),
                        TestNode.facts("", false),
                        addresses,
                        () -> {
                            throw new IllegalStateException("a bug");
                        },
                        PATIENCE,
                        RpcListener.NONE));
        assertThatThrownBy(() -> stub(channel()).addNetwork(add())).hasMessageContaining("a bug");
        addresses.awaitGranted(Set.of());
    }

    /** It may be the second request of a runtime that has the answer to the first. */
    @Test
    void whatThePodHadBeforeIsNotGivenBack() throws Exception {
        var slow = new SlowAddresses(true);
        start(slow);
        goBeforeTheAnswer(slow);
        // The next one has its turn when the one before is through.
        assertThat(stub(channel()).addNetwork(add()).getSuccess()).isTrue();
        assertThat(slow.releases).hasValue(0);
    }

    private void goBeforeTheAnswer(SlowAddresses slow) throws Exception {
        ManagedChannel killed = channel();
        Future<AddNetworkReply> gone = tasks.submit(() -> stub(killed).addNetwork(add()));
        slow.asked.await();
        killed.shutdownNow();
        assertThatThrownBy(gone::get).isNotNull();
        // The server hears of that by itself, at which it wants the wait to end.
        slow.abandoned.await();
        slow.answer.countDown();
    }

    /** Grants an address only when it is told to, wanted or not. */
    private static final class SlowAddresses implements AddressService {

        final CountDownLatch asked = new CountDownLatch(1);
        final CountDownLatch abandoned = new CountDownLatch(1);
        final CountDownLatch answer = new CountDownLatch(1);
        final CountDownLatch released = new CountDownLatch(1);
        final AtomicInteger releases = new AtomicInteger();
        private final boolean again;

        SlowAddresses(boolean again) {
            this.again = again;
        }

        @Override
        public Lease assign(AttachmentKey key, PodName pod, Duration patience)
                throws InterruptedException {
            asked.countDown();
            answer.await();
            return lease();
        }

        @Override
        public void dismiss(AttachmentKey key) {
            abandoned.countDown();
        }

        @Override
        public @Nullable Lease release(AttachmentKey key) {
            releases.incrementAndGet();
            released.countDown();
            return lease();
        }

        private Lease lease() {
            return new Lease(Ipv4Address.parse("10.0.0.9"), 1, 2, again);
        }
    }

    private void start(AddressService service) throws IOException {
        closing.add(
                TestNode.start(
                        socket(),
                        service,
                        PATIENCE,
                        new ArrayList<>(),
                        RpcLimits.DEFAULT,
                        System::nanoTime));
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

    private static CNIBackendBlockingStub stub(ManagedChannel channel) {
        return CNIBackendGrpc.newBlockingStub(channel)
                .withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private Path socket() {
        return folder.resolve("ipamd.sock");
    }

    private static AddNetworkRequest add() {
        return AddNetworkRequest.newBuilder()
                .setK8SPODNAME("web")
                .setK8SPODNAMESPACE("team")
                .setIfName(KEY.interfaceName())
                .setNetworkName(KEY.networkName())
                .setContainerID(KEY.containerId())
                .build();
    }

    private static DelNetworkRequest del() {
        return DelNetworkRequest.newBuilder()
                .setIfName(KEY.interfaceName())
                .setNetworkName(KEY.networkName())
                .setContainerID(KEY.containerId())
                .build();
    }
}
