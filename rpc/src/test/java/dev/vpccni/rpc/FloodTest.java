package dev.vpccni.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.okhttp.OkHttpChannelBuilder;
import java.io.File;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Thousands of connections, at a server with the daemon's heap and less. */
final class FloodTest {

    private static final int CONNECTIONS = 3_500;
    private static final long PATIENCE_SECONDS = 60;

    @TempDir Path folder;

    private Process server;

    @BeforeEach
    void startServer() throws Exception {
        server =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:+UseSerialGC",
                                "-Xmx32m",
                                "-Xmn4m",
                                "-XX:TieredStopAtLevel=1",
                                "-XX:+ExitOnOutOfMemoryError",
                                "-Djdk.virtualThreadScheduler.parallelism=4",
                                "-cp",
                                System.getProperty(
                                        "surefire.test.class.path",
                                        System.getProperty("java.class.path")),
                                TestNode.class.getName(),
                                socket().toString())
                        .redirectErrorStream(true)
                        .redirectOutput(new File("/dev/null"))
                        .start();
        await("its socket", () -> Files.exists(socket()));
    }

    @AfterEach
    void endServer() {
        server.destroyForcibly().onExit().join();
    }

    @Test
    void connectionsThatSayNothingKeepNobodyAway() throws Exception {
        assertHealthy();
        long files = files();
        long threads = threads();
        List<SocketChannel> silent = new ArrayList<>();
        try {
            for (int i = 0; i < CONNECTIONS; i++) {
                silent.add(SocketChannel.open(UnixDomainSocketAddress.of(socket())));
                if (i % 100 == 0) {
                    assertHealthy();
                }
            }
            for (int i = 0; i < 20; i++) {
                assertHealthy();
            }
            assertThat(files()).as("open files").isLessThan(files + 100);
            assertThat(threads()).as("threads").isLessThan(threads + 200);
        } finally {
            for (SocketChannel each : silent) {
                each.close();
            }
        }
        await("its files to be closed", () -> files() <= files + 5);
        await("its threads to end", () -> threads() <= threads + 10);
        assertHealthy();
    }

    /** Asks as a probe does: over a connection of its own. */
    private void assertHealthy() {
        ManagedChannel channel =
                OkHttpChannelBuilder.forAddress("localhost", 1)
                        .usePlaintext()
                        .socketFactory(new UnixClientSocketFactory(socket()))
                        .build();
        try {
            var asked =
                    HealthGrpc.newBlockingStub(channel)
                            .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS)
                            .check(HealthCheckRequest.getDefaultInstance());
            assertThat(asked.getStatus()).isEqualTo(ServingStatus.SERVING);
        } finally {
            channel.shutdownNow();
        }
    }

    private void await(String what, Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!condition.call()) {
            assertThat(server.isAlive()).as("the server ended instead of " + what).isTrue();
            assertThat(System.nanoTime()).as("waited in vain for " + what).isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    private long files() throws IOException {
        return count("fd");
    }

    private long threads() throws IOException {
        return count("task");
    }

    private long count(String what) throws IOException {
        try (var entries = Files.list(Path.of("/proc", Long.toString(server.pid()), what))) {
            return entries.count();
        }
    }

    private Path socket() {
        return folder.resolve("ipamd.sock");
    }
}
