package dev.vpccni.rpc;

import dev.vpccni.model.Cidr;
import dev.vpccni.node.pod.AddressService;
import dev.vpccni.node.pod.BranchService;
import io.grpc.BindableService;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.okhttp.OkHttpServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Upstream's gRPC services on a Unix socket: addresses for its plugin, facts for its network policy
 * agent, health, and server reflection. It has threads of its own and limits ({@link RpcLimits}),
 * so that no client keeps others away, nor the verbs.
 *
 * <p>When it cannot accept connections any more, a thread of it dies of that.
 */
public final class RpcServer implements AutoCloseable {

    /** The name that the manifests' probes ask for, beside the empty one. */
    private static final String HEALTH_NAME = "grpc.health.v1.aws-node";

    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(1);

    /** As often as a client in Go may ask whether the connection is alive, and no oftener. */
    private static final Duration PING_MIN = Duration.ofSeconds(10);

    private final Server server;
    private final RpcThreads threads;

    private RpcServer(Server server, RpcThreads threads) {
        this.server = server;
        this.threads = threads;
    }

    /**
     * Starts to serve; what another process left at the path is replaced.
     *
     * @param socket where to listen; its folder is made if need be
     * @param branches the interfaces that pods have for themselves
     * @param vpcCidrs the VPC's blocks of the family that pods have, as they are known now
     * @param patience how long a request for an address waits for one; upstream's plugin itself
     *     waits without limit, and its caller for a minute or more
     * @throws IOException if the socket cannot be made
     */
    public static RpcServer start(
            Path socket,
            NodeFacts facts,
            AddressService addresses,
            BranchService branches,
            Supplier<List<Cidr>> vpcCidrs,
            Duration patience,
            RpcListener listener)
            throws IOException {
        return start(
                socket,
                facts,
                addresses,
                branches,
                vpcCidrs,
                patience,
                listener,
                RpcLimits.DEFAULT,
                System::nanoTime);
    }

    static RpcServer start(
            Path socket,
            NodeFacts facts,
            AddressService addresses,
            BranchService branches,
            Supplier<List<Cidr>> vpcCidrs,
            Duration patience,
            RpcListener listener,
            RpcLimits limits,
            LongSupplier nanos)
            throws IOException {
        makeFolder(socket.toAbsolutePath().getParent());
        var health = new HealthStatusManager();
        health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, ServingStatus.SERVING);
        health.setStatus(HEALTH_NAME, ServingStatus.SERVING);
        var connections = new Connections(limits, nanos, listener);
        var calls = new OpenCalls(limits, nanos, listener);
        var backend =
                new CniBackend(
                        facts,
                        addresses,
                        branches,
                        vpcCidrs,
                        patience,
                        limits,
                        connections,
                        listener);
        var threads = new RpcThreads(limits.connections());
        var _ = new SlowClients(threads.timer(), connections, calls);
        try {
            Server server =
                    OkHttpServerBuilder.forPort(
                                    UnixDomainSocketAddress.of(socket),
                                    InsecureServerCredentials.create())
                            .socketFactory(
                                    new UnixServerSocketFactory(
                                            connections,
                                            listener,
                                            channel -> {
                                                threads.awaitRoom();
                                                return channel.accept();
                                            }))
                            .transportExecutor(threads::transport)
                            .executor(threads::calls)
                            .scheduledExecutorService(threads.timer())
                            .handshakeTimeout(limits.handshake().toMillis(), TimeUnit.MILLISECONDS)
                            .maxConnectionIdle(limits.idle().toMillis(), TimeUnit.MILLISECONDS)
                            .permitKeepAliveTime(PING_MIN.toMillis(), TimeUnit.MILLISECONDS)
                            .permitKeepAliveWithoutCalls(true)
                            .maxConcurrentCallsPerConnection(limits.callsOnOne())
                            .maxInboundMessageSize(RpcLimits.MESSAGE_MAX)
                            .maxInboundMetadataSize(RpcLimits.METADATA_MAX)
                            .flowControlWindow(RpcLimits.MESSAGE_MAX)
                            .intercept(calls)
                            .addService(backend)
                            .addService(new ConfigBackend(facts))
                            .addService(health.getHealthService())
                            .addService(ProtoReflectionServiceV1.newInstance())
                            .addService(olderReflection())
                            .build()
                            .start();
            return new RpcServer(server, threads);
        } catch (IOException e) {
            threads.close();
            throw e;
        }
    }

    /** Ends all requests; those that do not end within a second are abandoned. */
    @Override
    public void close() {
        threads.expectEnd();
        server.shutdownNow();
        try {
            server.awaitTermination(CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        threads.close();
    }

    /** What tools ask that are older than version 1 of reflection; upstream serves both. */
    @SuppressWarnings("deprecation")
    private static BindableService olderReflection() {
        return io.grpc.protobuf.services.ProtoReflectionService.newInstance();
    }

    private static void makeFolder(@Nullable Path folder) throws IOException {
        if (folder != null && !Files.isDirectory(folder)) {
            Files.createDirectories(
                    folder,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwxr-xr-x")));
        }
    }
}
