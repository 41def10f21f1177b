package dev.vpccni.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.MacAddress;
import dev.vpccni.model.PodName;
import dev.vpccni.node.pod.BranchService;
import dev.vpccni.node.pool.NoAddressException;
import io.grpc.ManagedChannel;
import io.grpc.okhttp.OkHttpChannelBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rpc.AddNetworkReply;
import rpc.AddNetworkRequest;
import rpc.CNIBackendGrpc.CNIBackendBlockingStub;
import rpc.DelNetworkReply;
import rpc.DelNetworkRequest;

/** Upstream's plugin and pods with interfaces of their own. */
final class BranchRpcTest {

    private static final AddNetworkRequest ADD = RpcTestServer.add("c1");
    private static final DelNetworkRequest DEL =
            RpcTestServer.del("c1").toBuilder()
                    .setK8SPODNAME("web")
                    .setK8SPODNAMESPACE("team")
                    .setK8SPODUID("u1")
                    .build();

    @TempDir Path folder;
    private final ScriptedAddresses addresses = new ScriptedAddresses("10.0.0.9");
    private final ScriptedBranches branches = new ScriptedBranches();
    private RpcServer server;
    private ManagedChannel channel;
    private CNIBackendBlockingStub client;

    /** Pods' own interfaces, as the test has them. */
    private static final class ScriptedBranches implements BranchService {

        private final Map<PodName, Lease> leases = new ConcurrentHashMap<>();
        private final CountDownLatch asked = new CountDownLatch(1);
        private final CountDownLatch dismissed = new CountDownLatch(1);
        private volatile boolean pending;
        private volatile String uid = "";

        void give(String address, String gateway) {
            leases.put(
                    new PodName("team", "web"),
                    new Lease(
                            IpAddress.parse(address),
                            IpAddress.parse(gateway),
                            MacAddress.parse("06:00:00:00:00:07"),
                            7,
                            42));
        }

        @Override
        public @Nullable Lease assign(AttachmentKey key, PodName pod, Duration patience)
                throws NoAddressException, InterruptedException {
            asked.countDown();
            if (pending) {
                boolean _ = dismissed.await(20, TimeUnit.SECONDS);
                throw new NoAddressException("no annotation yet", "wait");
            }
            return leases.get(pod);
        }

        @Override
        public void dismiss(AttachmentKey key) {
            dismissed.countDown();
        }

        @Override
        public @Nullable Lease of(PodName pod, String uid) {
            this.uid = uid;
            return leases.get(pod);
        }
    }

    @BeforeEach
    void start() throws IOException {
        Path socket = folder.resolve("ipamd.sock");
        server =
                RpcServer.start(
                        socket,
                        TestNode.facts("", false),
                        addresses,
                        branches,
                        List::of,
                        Duration.ofSeconds(20),
                        RpcListener.NONE);
        channel =
                OkHttpChannelBuilder.forAddress("localhost", 1)
                        .usePlaintext()
                        .socketFactory(new UnixClientSocketFactory(socket))
                        .build();
        client = RpcTestServer.stub(channel);
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        server.close();
    }

    @Test
    void thePluginIsToldHowToWireIt() {
        branches.give("10.0.1.7", "10.0.1.1");

        AddNetworkReply reply = client.addNetwork(ADD);

        assertThat(reply.getSuccess()).isTrue();
        assertThat(reply.getPodVlanId()).isEqualTo(7);
        assertThat(reply.getPodENIMAC()).isEqualTo("06:00:00:00:00:07");
        assertThat(reply.getPodENISubnetGW()).isEqualTo("10.0.1.1");
        assertThat(reply.getParentIfIndex()).isEqualTo(42);
        assertThat(reply.getIPAllocationMetadataList())
                .singleElement()
                .satisfies(given -> {
                    assertThat(given.getIPv4Addr()).isEqualTo("10.0.1.7");
                    assertThat(given.getDeviceNumber()).isEqualTo(-1);
                    assertThat(given.getRouteTableId()).isZero();
                });
        assertThat(addresses.lastPod()).as("the node's addresses are not asked for").isNull();
    }

    @Test
    void itIsToldWhatToUndo() {
        branches.give("2001:db8::7", "fe80:ec2::1");

        DelNetworkReply reply = client.delNetwork(DEL);

        assertThat(reply.getSuccess()).isTrue();
        assertThat(reply.getPodVlanId()).isEqualTo(7);
        assertThat(reply.getIPAllocationMetadata(0).getIPv6Addr()).isEqualTo("2001:db8::7");
        assertThat(branches.uid).isEqualTo("u1");
    }

    @Test
    void aPodThatNobodyKnowsIsUnknown() {
        assertThatThrownBy(() -> client.delNetwork(DEL))
                .hasMessageContaining("datastore: unknown pod");
    }

    @Test
    void anOrdinaryPodHasAnAddressOfTheNodes() {
        AddNetworkReply reply = client.addNetwork(ADD);
        assertThat(reply.getIPAllocationMetadata(0).getIPv4Addr()).isEqualTo("10.0.0.9");
        assertThat(reply.getPodVlanId()).isZero();
        branches.give("10.0.1.7", "10.0.1.1");
        assertThat(client.delNetwork(DEL).getPodVlanId())
                .as("what was granted goes, whatever the annotation says now")
                .isZero();
    }

    @Test
    void aDelEndsTheWaitOfAnAdd() throws Exception {
        branches.pending = true;
        var thread = new Thread(() -> assertThat(client.addNetwork(ADD).getSuccess()).isFalse());
        thread.start();
        assertThat(branches.asked.await(20, TimeUnit.SECONDS)).isTrue();

        assertThatThrownBy(() -> client.delNetwork(DEL)).hasMessageContaining("unknown pod");

        thread.join(20_000);
        assertThat(thread.isAlive()).isFalse();
        assertThat(addresses.lastPod()).as("no address past the security groups").isNull();
    }
}
