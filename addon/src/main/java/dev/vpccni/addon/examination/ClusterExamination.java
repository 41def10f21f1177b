package dev.vpccni.addon.examination;

import dev.vpccni.doctor.cluster.seen.ClusterSnapshot;
import dev.vpccni.doctor.cluster.seen.NetworkPlan;
import dev.vpccni.doctor.cluster.seen.SeenPermission;
import dev.vpccni.doctor.snapshot.Fact;
import dev.vpccni.kubernetes.api.ApiClient;
import dev.vpccni.kubernetes.program.ClusterAccess;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** A look at the cluster that the environment names. Not thread-safe. */
public final class ClusterExamination implements AutoCloseable {

    private final ApiClient client;
    private final ClusterReader reader;

    private ClusterExamination(ApiClient client, ClusterReader reader) {
        this.client = client;
        this.reader = reader;
    }

    /**
     * Returns one that has not asked anything yet.
     *
     * @param version of this program
     * @param namespace of the DaemonSet
     * @param daemonSet its name
     * @throws IOException if no cluster is named
     */
    public static ClusterExamination of(
            Map<String, String> environment, String version, String namespace, String daemonSet)
            throws IOException {
        ApiClient client = ClusterAccess.of(environment, version);
        return new ClusterExamination(client, new ClusterReader(client, namespace, daemonSet));
    }

    /**
     * Asks whether the API server is there.
     *
     * @throws IOException if it does not answer
     */
    public void reach() throws IOException, InterruptedException {
        reader.reach();
    }

    /** Returns the DaemonSet; absent where there is none. */
    public Fact<DaemonFound> daemon() throws InterruptedException {
        return reader.daemon();
    }

    /** Reads all the rest. */
    public ClusterSnapshot read(
            NetworkPlan plan, Fact<DaemonFound> daemon, Fact<List<SeenPermission>> permissions)
            throws InterruptedException {
        return reader.read(plan, daemon, permissions);
    }

    @Override
    public void close() {
        client.close();
    }
}
