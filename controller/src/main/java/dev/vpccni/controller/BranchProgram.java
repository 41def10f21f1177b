package dev.vpccni.controller;

import dev.vpccni.aws.AwsEc2;
import dev.vpccni.aws.AwsSettings;
import dev.vpccni.aws.CallListener;
import dev.vpccni.aws.InstanceMetadata;
import dev.vpccni.controller.cluster.BranchCluster;
import dev.vpccni.controller.cluster.BranchPod;
import dev.vpccni.kubernetes.EventRecorder;
import dev.vpccni.kubernetes.EventSubject;
import dev.vpccni.kubernetes.api.ApiClient;
import dev.vpccni.kubernetes.api.ListWatch;
import dev.vpccni.kubernetes.program.ClusterAccess;
import dev.vpccni.kubernetes.program.ProgramTempo;
import dev.vpccni.node.port.MetadataException;
import dev.vpccni.node.port.Tempo;
import dev.vpccni.node.port.TrunkEc2;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Map;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** {@code vpc-cni branch-controller}. */
public final class BranchProgram implements AutoCloseable {

    private static final String NAME = "vpc-cni-branch-controller";

    private final Tempo tempo;
    private final EventRecorder events;
    private final BranchCluster cluster;
    private final Leadership leadership;
    private final BranchController controller;

    /**
     * @param self who this is; no other process, and no earlier one, may have the same name
     * @param limits how long a watch waits
     * @param log is told in lines what is done, and what is wrong; must not wait
     */
    BranchProgram(
            ApiClient client,
            TrunkEc2 ec2,
            BranchSettings settings,
            String self,
            ListWatch.Limits limits,
            Tempo tempo,
            RandomGenerator random,
            Consumer<String> log) {
        this.tempo = tempo;
        events = new EventRecorder(client, NAME, self, tempo, random, log);
        Tempo.Signal news = tempo.signal();
        cluster = new BranchCluster(client, limits, tempo, random, news::raise, this::unasked, log);
        leadership =
                new Leadership(client, settings.namespace(), settings.lease(), self, tempo, log);
        controller =
                new BranchController(
                        client,
                        cluster,
                        settings.cluster(),
                        ec2,
                        settings.rules(),
                        leadership::holds,
                        tempo,
                        random,
                        news,
                        events,
                        log);
    }

    /**
     * Serves the cluster until this process is told to end.
     *
     * @throws IOException if no cluster or no region is named
     */
    public static void run(
            Map<String, String> environment,
            String version,
            BranchSettings settings,
            Consumer<String> log)
            throws IOException, InterruptedException {
        var tempo = ProgramTempo.ofProcess(log);
        var random = new SecureRandom();
        String pod = environment.getOrDefault("MY_POD_NAME", NAME);
        String self = pod + "_" + Long.toHexString(random.nextLong());
        String region = region(environment, settings, tempo, random);
        try (ApiClient client = ClusterAccess.of(environment, version);
                var ec2 =
                        new AwsEc2(
                                AwsSettings.from(environment, region, version),
                                tempo,
                                CallListener.NONE);
                var program =
                        new BranchProgram(
                                client,
                                ec2,
                                settings,
                                self,
                                ListWatch.Limits.DEFAULT,
                                tempo,
                                random,
                                log)) {
            program.start();
            program.controller.run();
        }
    }

    private static String region(
            Map<String, String> environment,
            BranchSettings settings,
            Tempo tempo,
            RandomGenerator random)
            throws IOException, InterruptedException {
        String named =
                settings.region().isEmpty()
                        ? environment.getOrDefault("AWS_REGION", "")
                        : settings.region();
        if (!named.isEmpty()) {
            return named;
        }
        try {
            var metadata =
                    new InstanceMetadata(
                            InstanceMetadata.endpoint(environment),
                            tempo,
                            random,
                            CallListener.NONE);
            return metadata.identity().region();
        } catch (MetadataException e) {
            throw new IOException(
                    "which region? Set --region: metadata does not say, " + e.getMessage(), e);
        }
    }

    /** Follows the cluster and its Lease from now on, beside the caller. */
    void start() {
        tempo.start("events", events);
        tempo.start("lease", leadership);
        cluster.start();
    }

    BranchController controller() {
        return controller;
    }

    @Override
    public void close() {
        cluster.close();
        events.close();
    }

    /** Without the request the kubelet starts it with the node's groups, which nobody would see. */
    private void unasked(BranchPod pod) {
        if (leadership.holds()) {
            events.warn(
                    EventSubject.pod(pod.pod(), pod.uid()),
                    "SecurityGroupsNotUsed",
                    "Give it a branch interface",
                    "a SecurityGroupPolicy selects this pod, which has its node's security groups:"
                            + " its first container asks for no "
                            + BranchPod.RESOURCE
                            + "; make the pod anew with that limit set to 1");
        }
    }
}
