package dev.vpccni.rpc;

import static dev.vpccni.rpc.RpcTestServer.PATIENCE;
import static dev.vpccni.rpc.RpcTestServer.add;
import static dev.vpccni.rpc.RpcTestServer.await;
import static dev.vpccni.rpc.RpcTestServer.del;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import rpc.AddNetworkReply;
import rpc.CNIBackendGrpc.CNIBackendBlockingStub;

/** Many clients or calls at once, and that there is room for another. */
final class RpcCrowdTest {

    private static final String ADD = "rpc.CNIBackend/AddNetwork";
    private static final String REFLECT =
            "grpc.reflection.v1.ServerReflection/ServerReflectionInfo";

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

    /** Each has its request begun and waits for nothing, so that all are open at once. */
    @Test
    void aThousandCallsOfOneClientKeepNobodyAway() throws Exception {
        server.start(RpcLimits.DEFAULT);
        RawClient greedy = server.greeting();
        for (int i = 0; i < 1_000; i++) {
            greedy.open(2 * i + 1, ADD);
        }
        server.assertHealthy();
        server.addresses.arrive(1);
        assertThat(server.stub().addNetwork(add("c1")).getSuccess()).isTrue();
        assertThat(server.stub().delNetwork(del("c1")).getSuccess()).isTrue();
    }

    @Test
    void streamsKeepNobodyAway() throws Exception {
        server.start(RpcLimits.DEFAULT);
        for (int connection = 0; connection < 4; connection++) {
            RawClient greedy = server.greeting();
            for (int i = 0; i < 100; i++) {
                greedy.open(2 * i + 1, REFLECT);
            }
        }
        await("refusals", () -> server.heard.size() >= 400 - 32);
        server.assertHealthy();
        server.addresses.arrive(1);
        assertThat(server.stub().addNetwork(add("c1")).getSuccess()).isTrue();
    }

    @Test
    void asManyAddressesAreWaitedForAsMayAndTakingBackIsAlwaysPossible() throws Exception {
        server.start(RpcLimits.DEFAULT);
        server.addresses.arrive(1);
        assertThat(server.stub().addNetwork(add("early")).getSuccess()).isTrue();
        List<CNIBackendBlockingStub> clients = List.of(server.stub(), server.stub(), server.stub());
        List<Future<AddNetworkReply>> waiting = new ArrayList<>();
        for (int i = 0; i < RpcLimits.DEFAULT.adds(); i++) {
            String container = "c" + i;
            CNIBackendBlockingStub client = clients.get(i % clients.size());
            waiting.add(server.tasks.submit(() -> client.addNetwork(add(container))));
        }
        server.addresses.awaitWaiting(RpcLimits.DEFAULT.adds());
        assertThat(refusal(() -> server.stub().addNetwork(add("late"))))
                .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        server.assertHealthy();
        assertThat(clients.getFirst().delNetwork(del("early")).getSuccess()).isTrue();
        server.addresses.arrive(RpcLimits.DEFAULT.adds());
        for (Future<AddNetworkReply> each : waiting) {
            assertThat(each.get().getSuccess()).isTrue();
        }
    }

    /** Upstream's plugin makes a connection for each call. */
    @Test
    void whoeverWaitsLeavesConnectionsForOthers() throws Exception {
        server.start(RpcLimits.DEFAULT);
        List<Future<AddNetworkReply>> waiting = new ArrayList<>();
        for (int i = 0; i < 56; i++) {
            String container = "c" + i;
            CNIBackendBlockingStub client = server.stub();
            waiting.add(server.tasks.submit(() -> client.addNetwork(add(container))));
            server.addresses.awaitWaiting(i + 1);
        }
        assertThat(refusal(() -> server.stub().addNetwork(add("late"))))
                .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        for (int i = 0; i < 20; i++) {
            server.assertHealthy();
        }
        assertThat(server.heard)
                .anyMatch(said -> said.contains("as many pods wait for one as may"));
        server.addresses.arrive(56);
        for (Future<AddNetworkReply> each : waiting) {
            assertThat(each.get().getSuccess()).isTrue();
        }
    }

    @Test
    void aNewConnectionTakesThePlaceOfTheOneThatIsIdleLongest() throws Exception {
        server.start(RpcLimits.DEFAULT);
        Future<AddNetworkReply> waiting =
                server.tasks.submit(() -> server.stub().addNetwork(add("c1")));
        server.addresses.awaitWaiting(1);
        List<RawClient> idle = new ArrayList<>();
        for (int i = 0; i < 63; i++) {
            idle.add(server.greeting());
        }
        server.assertHealthy();
        assertThat(idle.getFirst().isClosedWithin(PATIENCE)).isTrue();
        assertThat(idle.getLast().isClosed()).isFalse();
        server.addresses.arrive(1);
        assertThat(waiting.get().getSuccess()).isTrue();
    }

    private static Status.Code refusal(Runnable call) {
        return catchThrowableOfType(StatusRuntimeException.class, call::run).getStatus().getCode();
    }
}
