package dev.vpccni.doctor;

import dev.vpccni.doctor.check.Check;
import dev.vpccni.doctor.check.Expected;
import dev.vpccni.doctor.check.Finding;
import dev.vpccni.doctor.files.CloudSetupCheck;
import dev.vpccni.doctor.files.LinkPolicyCheck;
import dev.vpccni.doctor.files.NetworkManagerCheck;
import dev.vpccni.doctor.files.NetworkOrderCheck;
import dev.vpccni.doctor.files.NetworkdCheck;
import dev.vpccni.doctor.files.OwnNetworkCheck;
import dev.vpccni.doctor.files.PluginsCheck;
import dev.vpccni.doctor.filter.BackendsCheck;
import dev.vpccni.doctor.filter.ForwardCheck;
import dev.vpccni.doctor.filter.LeftoversCheck;
import dev.vpccni.doctor.filter.MarkCheck;
import dev.vpccni.doctor.kernel.ConntrackCheck;
import dev.vpccni.doctor.kernel.DiskCheck;
import dev.vpccni.doctor.kernel.FeatureCheck;
import dev.vpccni.doctor.kernel.ForwardingCheck;
import dev.vpccni.doctor.kernel.MtuCheck;
import dev.vpccni.doctor.kernel.NeighbourCheck;
import dev.vpccni.doctor.kernel.OtherDaemonCheck;
import dev.vpccni.doctor.kernel.PodLinkCheck;
import dev.vpccni.doctor.kernel.PodRulesCheck;
import dev.vpccni.doctor.kernel.ReversePathCheck;
import dev.vpccni.doctor.snapshot.HostSnapshot;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Asks every question about a host. Pure. */
public final class Doctor {

    /** Every check, in the order in which they are told. */
    public static final List<Check> CHECKS =
            List.of(
                    new ForwardCheck(),
                    new MarkCheck(),
                    new BackendsCheck(),
                    new LeftoversCheck(),
                    new ForwardingCheck(),
                    new ReversePathCheck(),
                    new MtuCheck(),
                    new PodRulesCheck(),
                    new PodLinkCheck(),
                    new FeatureCheck(),
                    new ConntrackCheck(),
                    new NeighbourCheck(),
                    new NetworkdCheck(),
                    new NetworkManagerCheck(),
                    new CloudSetupCheck(),
                    new LinkPolicyCheck(),
                    new NetworkOrderCheck(),
                    new OwnNetworkCheck(),
                    new PluginsCheck(),
                    new OtherDaemonCheck(),
                    new DiskCheck());

    private Doctor() {}

    /** Returns what is wrong with {@code host}, compared with {@code expected}. */
    public static Diagnosis examine(HostSnapshot host, Expected expected) {
        var findings = new ArrayList<Finding>();
        for (Check check : CHECKS) {
            findings.addAll(check.examine(host, expected));
        }
        findings.sort(Comparator.comparing(Finding::severity)); // stable
        return new Diagnosis(findings, host.unseen());
    }
}
