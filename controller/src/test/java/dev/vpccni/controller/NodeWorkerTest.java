package dev.vpccni.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.controller.cluster.BranchNode;
import dev.vpccni.controller.cluster.NodeView;
import dev.vpccni.controller.plan.Placement;
import dev.vpccni.controller.plan.PodWish;
import dev.vpccni.kubernetes.api.ApiAccess;
import dev.vpccni.kubernetes.api.ApiClient;
import dev.vpccni.kubernetes.fake.HeldTempo;
import dev.vpccni.model.InstanceId;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NodeWorkerTest {

    private static final BranchNode NODE =
            new BranchNode("node-1", "uid", new InstanceId("i-0123456789abcdef0"), "m5.large", "");
    private static final NodeView VIEW =
            new NodeView(NODE, true, true, new Placement.OfPrimary(), Collections.emptySortedMap());

    @TempDir Path folder;
    private final List<String> log = new CopyOnWriteArrayList<>();
    private final AtomicBoolean leads = new AtomicBoolean(true);

    /** Else it and its successor would both change the node's trunk once the lease is back. */
    @Test
    void whoWasClosedMayActNoMoreAlsoWhereTheProcessLeadsAgain() throws Exception {
        var given = new CompletableFuture<BooleanSupplier>();
        var tempo = new HeldTempo();
        var access = new ApiAccess.InCluster("http://127.0.0.1:1", folder);
        try (var client = new ApiClient(access, "test")) {
            var worker =
                    new NodeWorker(
                            client,
                            VIEW,
                            9,
                            mayAct -> {
                                given.complete(mayAct);
                                throw new IllegalStateException("that is all");
                            },
                            leads::get,
                            tempo,
                            new Lines());
            tempo.start("worker", worker);
            BooleanSupplier mayAct = given.get(20, TimeUnit.SECONDS);
            assertThat(mayAct.getAsBoolean()).isTrue();
            leads.set(false);
            assertThat(mayAct.getAsBoolean()).isFalse();
            leads.set(true);
            assertThat(mayAct.getAsBoolean()).isTrue();
            leads.set(false);
            worker.close();
            leads.set(true);
            assertThat(mayAct.getAsBoolean()).isFalse();
        }
        assertThat(log).allMatch(line -> line.contains("that is all"));
    }

    private final class Lines implements Reporter {
        @Override
        public void line(String line) {
            log.add(line);
        }

        @Override
        public void waits(PodWish pod, String why) {
            log.add(why);
        }
    }
}
