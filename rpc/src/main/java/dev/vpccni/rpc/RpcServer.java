package dev.vpccni.rpc;

import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.node.AddressService;
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
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Upstream's gRPC services on a Unix socket, for upstream's plugin, its network policy agent and
 * its probe: {@code rpc.CNIBackend}, {@code rpc.ConfigServerBackend}, {@code grpc.health.v1.Health}
 * and server reflection. Everything runs on virtual threads.
 */
public final class RpcServer implements AutoCloseable {

    /** The name that the manifests' probes ask for, beside the empty one. */
    private static final String HEALTH_NAME = "grpc.health.v1.aws-node";

    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(1);

    private final Server server;
    private final ExecutorService threads;

    private RpcServer(Server server, ExecutorService threads) {
        this.server = server;
        this.threads = threads;
    }

    /**
     * Starts to serve; what another process left at the path is replaced.
     *
     * @param socket where to listen; its folder is made if need be
     * @param vpcCidrs the VPC's blocks as they are known now
     * @param patience how long a request for an address waits for one; upstream's plugin itself
     *     waits without limit, and its caller for a minute or more
     * @throws IOException if the socket cannot be made
     */
    public static RpcServer start(
            Path socket,
            NodeFacts facts,
            AddressService addresses,
            Supplier<List<Ipv4Cidr>> vpcCidrs,
            Duration patience,
            RpcListener listener)
            throws IOException {
        makeFolder(socket.toAbsolutePath().getParent());
        var health = new HealthStatusManager();
        health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, ServingStatus.SERVING);
        health.setStatus(HEALTH_NAME, ServingStatus.SERVING);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        try {
            Server server =
                    OkHttpServerBuilder.forPort(
                                    UnixDomainSocketAddress.of(socket),
                                    InsecureServerCredentials.create())
                            .socketFactory(new UnixServerSocketFactory())
                            .transportExecutor(threads)
                            .executor(threads)
                            .addService(
                                    new CniBackend(facts, addresses, vpcCidrs, patience, listener))
                            .addService(new ConfigBackend(facts))
                            .addService(health.getHealthService())
                            .addService(ProtoReflectionServiceV1.newInstance())
                            .addService(olderReflection())
                            .build()
                            .start();
            return new RpcServer(server, threads);
        } catch (IOException e) {
            threads.shutdownNow();
            throw e;
        }
    }

    /** Ends all requests; those that do not end within a second are abandoned. */
    @Override
    public void close() {
        server.shutdownNow();
        try {
            server.awaitTermination(CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        threads.shutdownNow();
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
