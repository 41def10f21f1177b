package dev.vpccni.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.node.pod.AddressService;
import io.grpc.ManagedChannel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.okhttp.OkHttpChannelBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import rpc.AddNetworkRequest;
import rpc.CNIBackendGrpc;
import rpc.CNIBackendGrpc.CNIBackendBlockingStub;
import rpc.DelNetworkRequest;

/** A server on a socket of a test's own, and its clients. */
final class RpcTestServer {

    /** For what must happen, on however busy a machine. */
    static final Duration PATIENCE = Duration.ofSeconds(60);

    /** What the server said of what went wrong. */
    final List<String> heard = Collections.synchronizedList(new ArrayList<>());

    /** Has no address until one arrives. */
    final WaitingAddresses addresses = new WaitingAddresses();

    /** For calls that wait. */
    final ExecutorService tasks = Executors.newVirtualThreadPerTaskExecutor();

    private final List<AutoCloseable> closing = new ArrayList<>();
    private final Path socket;

    RpcTestServer(Path folder) {
        socket = folder.resolve("ipamd.sock");
    }

    Path socket() {
        return socket;
    }

    RpcTestServer start(RpcLimits limits) throws IOException {
        return start(addresses, limits, System::nanoTime);
    }

    RpcTestServer start(AddressService service, RpcLimits limits, LongSupplier nanos)
            throws IOException {
        closing.add(TestNode.start(socket, service, PATIENCE, heard, limits, nanos));
        return this;
    }

    /** Returns a client that has said nothing yet. */
    RawClient silent() throws IOException {
        return closing(RawClient.connect(socket));
    }

    /** Returns a client that has greeted. */
    RawClient greeting() throws IOException {
        return closing(RawClient.greeting(socket));
    }

    ManagedChannel channel() {
        ManagedChannel channel =
                OkHttpChannelBuilder.forAddress("localhost", 1)
                        .usePlaintext()
                        .socketFactory(new UnixClientSocketFactory(socket))
                        .build();
        closing.add(channel::shutdownNow);
        return channel;
    }

    /** Returns a client with a connection of its own. */
    CNIBackendBlockingStub stub() {
        return stub(channel());
    }

    static CNIBackendBlockingStub stub(ManagedChannel channel) {
        return CNIBackendGrpc.newBlockingStub(channel)
                .withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    static AddNetworkRequest add(String container) {
        return AddNetworkRequest.newBuilder()
                .setK8SPODNAME("web")
                .setK8SPODNAMESPACE("team")
                .setIfName("eth0")
                .setNetworkName("aws-cni")
                .setContainerID(container)
                .build();
    }

    static DelNetworkRequest del(String container) {
        return DelNetworkRequest.newBuilder()
                .setIfName("eth0")
                .setNetworkName("aws-cni")
                .setContainerID(container)
                .build();
    }

    /** Asserts that another client is answered. */
    void assertHealthy() {
        var asked =
                HealthGrpc.newBlockingStub(channel())
                        .withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                        .check(HealthCheckRequest.getDefaultInstance());
        assertThat(asked.getStatus()).isEqualTo(ServingStatus.SERVING);
    }

    static void await(String what, Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.call()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited in vain for " + what);
            }
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    /** Closes {@code it} in the end. */
    <T extends AutoCloseable> T closing(T it) {
        closing.add(it);
        return it;
    }

    /** Ends the server, its clients and their calls. */
    void close() throws Exception {
        addresses.stop();
        for (AutoCloseable each : closing.reversed()) {
            each.close();
        }
        tasks.close();
    }
}
