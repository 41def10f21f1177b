package dev.vpccni.rpc;

import static dev.vpccni.rpc.RpcTestServer.PATIENCE;
import static dev.vpccni.rpc.RpcTestServer.del;
import static dev.vpccni.rpc.RpcTestServer.stub;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.PodName;
import dev.vpccni.node.pod.AddressService;
import dev.vpccni.node.pod.BranchService;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rpc.AddNetworkReply;
import rpc.AddNetworkRequest;

/** A request for an address whose client goes away leaves no address behind. */
final class AbandonedAddTest {

    private static final AttachmentKey KEY = new AttachmentKey("aws-cni", "c1", "eth0");
    private static final AddNetworkRequest ADD = RpcTestServer.add(KEY.containerId());

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
    void nobodyWaitsForAClientThatHasGone() throws Exception {
        server.start(RpcLimits.DEFAULT);
        ManagedChannel killed = server.channel();
        Future<AddNetworkReply> waiting = server.tasks.submit(() -> stub(killed).addNetwork(ADD));
        server.addresses.awaitWaiting(1);
        killed.shutdownNow();
        assertThatThrownBy(waiting::get).hasMessageContaining("UNAVAILABLE");
        server.addresses.awaitWaiting(0);
        server.addresses.arrive(1);
        assertThat(server.stub().addNetwork(ADD).getSuccess()).isTrue();
        server.addresses.awaitGranted(Set.of(KEY));
    }

    @Test
    void nobodyWaitsForACallThatIsCancelled() throws Exception {
        server.start(RpcLimits.DEFAULT);
        Context.CancellableContext context = Context.current().withCancellation();
        Future<AddNetworkReply> waiting =
                server.tasks.submit(() -> context.call(() -> server.stub().addNetwork(ADD)));
        server.addresses.awaitWaiting(1);
        context.cancel(null);
        assertThatThrownBy(waiting::get).hasMessageContaining("CANCELLED");
        server.addresses.awaitWaiting(0);
    }

    @Test
    void theSecondRequestIsServedWhenTheFirstIsGivenUp() throws Exception {
        server.start(RpcLimits.DEFAULT);
        ManagedChannel killed = server.channel();
        Future<AddNetworkReply> first = server.tasks.submit(() -> stub(killed).addNetwork(ADD));
        server.addresses.awaitWaiting(1);
        Future<AddNetworkReply> second = server.tasks.submit(() -> server.stub().addNetwork(ADD));
        killed.shutdownNow();
        assertThatThrownBy(first::get).isNotNull();
        server.addresses.arrive(1);
        assertThat(second.get().getSuccess()).isTrue();
        server.addresses.awaitGranted(Set.of(KEY));
    }

    @Test
    void takingAwayEndsTheWait() throws Exception {
        server.start(RpcLimits.DEFAULT);
        Future<AddNetworkReply> waiting = server.tasks.submit(() -> server.stub().addNetwork(ADD));
        server.addresses.awaitWaiting(1);
        assertThatThrownBy(() -> server.stub().delNetwork(del(KEY.containerId())))
                .hasMessageContaining("datastore: unknown pod");
        assertThat(waiting.get()).isEqualTo(AddNetworkReply.getDefaultInstance());
        server.addresses.arrive(1);
        server.addresses.awaitGranted(Set.of());
    }

    @Test
    void whatIsGrantedToAClientThatHasGoneIsGivenBack() throws Exception {
        var slow = new SlowAddresses(false);
        server.start(slow, RpcLimits.DEFAULT, System::nanoTime);
        goBeforeTheAnswer(slow);
        slow.released.await();
        assertThat(slow.releases).hasValue(1);
    }

    @Test
    void whatIsGrantedAndCannotBeToldIsGivenBack() throws Exception {
        server.addresses.arrive(1);
        server.closing(
                RpcServer.start(
                        server.socket(),
                        TestNode.facts("", false),
                        server.addresses,
                        BranchService.NONE,
                        () -> {
                            throw new IllegalStateException("a bug");
                        },
                        PATIENCE,
                        RpcListener.NONE));
        assertThatThrownBy(() -> server.stub().addNetwork(ADD)).hasMessageContaining("a bug");
        server.addresses.awaitGranted(Set.of());
    }

    /** It may be the second request of a runtime that has the answer to the first. */
    @Test
    void whatThePodHadBeforeIsNotGivenBack() throws Exception {
        var slow = new SlowAddresses(true);
        server.start(slow, RpcLimits.DEFAULT, System::nanoTime);
        goBeforeTheAnswer(slow);
        // The next one has its turn when the one before is through.
        assertThat(server.stub().addNetwork(ADD).getSuccess()).isTrue();
        assertThat(slow.releases).hasValue(0);
    }

    private void goBeforeTheAnswer(SlowAddresses slow) throws Exception {
        ManagedChannel killed = server.channel();
        Future<AddNetworkReply> gone = server.tasks.submit(() -> stub(killed).addNetwork(ADD));
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
        public List<Lease> assign(
                AttachmentKey key, PodName pod, boolean everyCard, Duration patience)
                throws InterruptedException {
            asked.countDown();
            answer.await();
            return List.of(lease());
        }

        @Override
        public void dismiss(AttachmentKey key) {
            abandoned.countDown();
        }

        @Override
        public List<Lease> release(AttachmentKey key) {
            releases.incrementAndGet();
            released.countDown();
            return List.of(lease());
        }

        private Lease lease() {
            return new Lease(Ipv4Address.parse("10.0.0.9"), 1, 2, again);
        }
    }
}
