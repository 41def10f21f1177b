package dev.vpccni.daemon;

import dev.vpccni.daemon.cluster.ClusterDuties;
import dev.vpccni.daemon.install.Installation;
import dev.vpccni.daemon.log.LogSettings;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where the daemon keeps things and what it tells whom.
 *
 * @param folder of the sockets and of the spool, {@code /var/run/aws-node}
 * @param backingStore {@code AWS_VPC_K8S_CNI_BACKING_STORE}
 * @param log where and what to log
 * @param metadataOnly {@code ENABLE_IMDS_ONLY_MODE}: EC2 is not asked
 * @param version {@code VPC_CNI_VERSION}, for the user agent; may be empty
 * @param conflist what the configuration for runtimes says
 * @param installation what is put on the host once pods can be added
 * @param clusterFile {@code VPC_CNI_CLUSTER_FILE}: what stands for the cluster's objects
 * @param nodeName {@code MY_NODE_NAME}: what the cluster calls the node; may be empty
 * @param duties what is written to the cluster's objects
 */
record DaemonSettings(
        Path folder,
        Path backingStore,
        LogSettings log,
        boolean metadataOnly,
        String version,
        Conflist conflist,
        Installation installation,
        @Nullable Path clusterFile,
        String nodeName,
        ClusterDuties duties) {

    /** Where upstream keeps its sockets and its checkpoint. */
    static final Path FOLDER = Path.of("/var/run/aws-node");

    /** Returns the socket on which the plugin calls. */
    Path pluginSocket() {
        return folder.resolve("cni.sock");
    }

    /** Returns the socket of upstream's gRPC services. */
    Path rpcSocket() {
        return folder.resolve("ipamd.sock");
    }

    /** Returns the folder in which the plugin leaves what it could not pass on. */
    Path spool() {
        return folder.resolve("spool");
    }
}
