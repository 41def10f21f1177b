package dev.vpccni.doctor.cluster.seen;

import java.util.List;

/**
 * What is to run in a cluster, by its settings.
 *
 * @param source where the settings come from, for people
 * @param namespace of the DaemonSet
 * @param daemonSet its name
 * @param account its service account's name
 * @param faults settings with which no daemon starts
 * @param reports settings that are not followed as they stand
 * @param ipv6 pods have IPv6 addresses
 * @param prefixes pods' addresses come in prefixes
 * @param customNetworking pods have interfaces of their own subnets
 * @param podInterfaces pods may have security groups, and so branch interfaces
 * @param interfacesMax {@code MAX_ENI}; -1 for as many as there can be
 * @param mark {@code AWS_VPC_K8S_CNI_CONNMARK}
 * @param conflistVersion {@code cniVersion} of what runtimes read
 * @param unknown what could not be found out about it
 */
public record NetworkPlan(
        String source,
        String namespace,
        String daemonSet,
        String account,
        List<String> faults,
        List<String> reports,
        boolean ipv6,
        boolean prefixes,
        boolean customNetworking,
        boolean podInterfaces,
        int interfacesMax,
        long mark,
        String conflistVersion,
        List<String> unknown) {

    public NetworkPlan {
        faults = List.copyOf(faults);
        reports = List.copyOf(reports);
        unknown = List.copyOf(unknown);
    }
}
