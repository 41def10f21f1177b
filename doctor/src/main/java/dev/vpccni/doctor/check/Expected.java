package dev.vpccni.doctor.check;

import dev.vpccni.dataplane.Mark;
import dev.vpccni.model.IpFamily;

/**
 * What the node's daemon is told, as far as checks compare with it.
 *
 * @param family of pods' addresses
 * @param bothFamilies pods get out in the other family, too
 * @param mark {@code AWS_VPC_K8S_CNI_CONNMARK}
 * @param vethPrefix how names of pods' host interfaces begin
 * @param interfaceMtu {@code AWS_VPC_ENI_MTU}, bytes
 * @param podMtu {@code POD_MTU}, bytes
 * @param nodePorts connections to node ports are answered by the primary interface
 * @param securityGroups pods may have security groups of their own, and so VLAN links
 * @param networkFolder where the runtime looks for networks on the host
 * @param pluginFolder where the runtime looks for plugins on the host
 * @param checkpointFolder where the checkpoint lies
 * @param daemonRuns whoever asks is the daemon, which puts things there while it starts
 */
public record Expected(
        IpFamily family,
        boolean bothFamilies,
        Mark mark,
        String vethPrefix,
        int interfaceMtu,
        int podMtu,
        boolean nodePorts,
        boolean securityGroups,
        String networkFolder,
        String pluginFolder,
        String checkpointFolder,
        boolean daemonRuns) {

    /** What holds where the environment says nothing. */
    public static final Expected DEFAULT =
            new Expected(
                    IpFamily.IPV4,
                    false,
                    Mark.of(0x80),
                    "eni",
                    9001,
                    9001,
                    true,
                    false,
                    "/etc/cni/net.d",
                    "/opt/cni/bin",
                    "/var/run/aws-node",
                    false);

    /** Tells whether packets of pods are of this family. */
    public boolean forwards(IpFamily some) {
        return some == family || bothFamilies;
    }
}
