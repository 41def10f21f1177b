package dev.vpccni.daemon;

import dev.vpccni.aws.AwsSettings;
import dev.vpccni.aws.CallListener;
import dev.vpccni.aws.InstanceMetadata;
import dev.vpccni.aws.PermissionProbe;
import dev.vpccni.aws.PermissionProbe.Verdict;
import dev.vpccni.daemon.environment.IgnoredSetting;
import dev.vpccni.doctor.cluster.seen.NetworkPlan;
import dev.vpccni.doctor.cluster.seen.SeenPermission;
import dev.vpccni.doctor.snapshot.Fact;
import dev.vpccni.model.InstanceTypes;
import dev.vpccni.model.IpFamily;
import dev.vpccni.node.port.Metadata;
import dev.vpccni.node.port.MetadataException;
import dev.vpccni.node.settings.AddressingSettings;
import dev.vpccni.node.settings.NodeSettings;
import dev.vpccni.node.settings.PodsMax;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;

/** What daemons with some environment would do, and need for it. Thread-safe. */
public final class DaemonPlan {

    private final Map<String, String> environment;
    private final EnvironmentSettings settings;

    private DaemonPlan(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
        settings = EnvironmentSettings.parse(environment, PodsMax.PUBLISHED);
    }

    /** Returns that of a daemon with these variables. */
    public static DaemonPlan of(Map<String, String> environment) {
        return new DaemonPlan(environment);
    }

    /**
     * Returns what the cluster's doctor compares with.
     *
     * @param source where the variables come from, for people
     * @param account the daemon's service account
     * @param unknown what is not known of them
     */
    public NetworkPlan network(
            String source,
            String namespace,
            String daemonSet,
            String account,
            List<String> unknown) {
        NodeSettings node = settings.node();
        AddressingSettings addressing = node.addressing();
        return new NetworkPlan(
                source,
                namespace,
                daemonSet,
                account,
                settings.faults(),
                settings.reports().stream().map(IgnoredSetting::toString).toList(),
                addressing.family() == IpFamily.IPV6,
                addressing.prefixDelegation(),
                addressing.customNetworking(),
                node.pool().trunk(),
                node.pool().interfacesMax(),
                node.kernel().connectionMark(),
                settings.daemon().conflist().version(),
                unknown);
    }

    /**
     * Asks EC2, as whoever this process is, whether it would do what the settings need. What EC2
     * does not say clearly is left out, and added to {@code unclear}.
     */
    public Fact<List<SeenPermission>> permissions(List<String> unclear)
            throws InterruptedException {
        if (settings.daemon().metadataOnly()) {
            return new Fact.Absent<>();
        }
        try {
            var tempo = new RealTempo((_, _) -> {});
            var metadata =
                    new InstanceMetadata(
                            InstanceMetadata.endpoint(environment),
                            tempo,
                            new KernelRandom(),
                            CallListener.NONE);
            Metadata.Identity self = metadata.identity();
            var subject =
                    new PermissionProbe.Subject(
                            self.instance(),
                            self.instanceType(),
                            self.primaryInterface(),
                            self.subnet(),
                            metadata.securityGroups());
            SortedSet<String> needed =
                    PermissionProbe.needed(
                            settings.node().cloud().provisioning(),
                            settings.node().addressing().family() == IpFamily.IPV6,
                            settings.node().cloud().subnetDiscovery(),
                            InstanceTypes.known().find(self.instanceType()) == null);
            return new Fact.Seen<>(asked(self.region(), subject, needed, unclear));
        } catch (MetadataException e) {
            return new Fact.Unseen<>(
                    "this is no instance of EC2, or its metadata is out of reach: "
                            + e.getMessage());
        } catch (IllegalArgumentException e) {
            return new Fact.Unseen<>(String.valueOf(e.getMessage()));
        }
    }

    private List<SeenPermission> asked(
            String region,
            PermissionProbe.Subject subject,
            SortedSet<String> needed,
            List<String> unclear)
            throws InterruptedException {
        AwsSettings aws = AwsSettings.from(environment, region, settings.daemon().version());
        var seen = new ArrayList<SeenPermission>();
        PermissionProbe.ask(aws, subject, needed)
                .forEach((action, verdict) -> {
                    switch (verdict) {
                        case Verdict.Allowed() -> seen.add(new SeenPermission(action, true, ""));
                        case Verdict.Denied(String said) ->
                                seen.add(new SeenPermission(action, false, said));
                        case Verdict.Unknown(String why) ->
                                unclear.add("whether EC2 allows " + action + ": " + why);
                    }
                });
        return seen;
    }
}
