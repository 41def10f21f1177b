package dev.vpccni.doctor.filter;

import dev.vpccni.dataplane.firewall.Backend;
import dev.vpccni.dataplane.firewall.ConnectionMarks;
import dev.vpccni.doctor.check.Check;
import dev.vpccni.doctor.check.Expected;
import dev.vpccni.doctor.check.Finding;
import dev.vpccni.doctor.snapshot.HostSnapshot;
import java.util.ArrayList;
import java.util.List;

/** Whether our rules, or upstream's, are left in the packet filter that is used no more. */
public final class LeftoversCheck implements Check {

    @Override
    public String id() {
        return "leftover-chains";
    }

    @Override
    public String looksFor() {
        return "`AWS-*` chains and rules in the back end of iptables that the daemon does not use,"
                + " and the nft table `ip aws-cni` where it uses the old one";
    }

    @Override
    public String breaks() {
        return "connections are translated and marked by settings of the past, before ours are"
                + " asked or after";
    }

    @Override
    public List<Finding> examine(HostSnapshot host, Expected expected) {
        Backend used = host.filters().used().orNull();
        if (used == null) {
            return List.of();
        }
        var findings = new ArrayList<Finding>();
        Backend other = BackendUse.other(used);
        if (BackendUse.of(host, other).ours()) {
            String program = BackendUse.program(other);
            findings.add(
                    wrong(
                            "AWS chains or rules are in "
                                    + program
                                    + ", while `iptables` is "
                                    + BackendUse.program(used),
                            program + "-save | grep -v AWS | " + program + "-restore"));
        }
        boolean table =
                host.filters().nft().or(List.of()).stream()
                        .anyMatch(chain -> chain.table().equals(ConnectionMarks.TABLE));
        if (used == Backend.LEGACY && table) {
            findings.add(
                    wrong(
                            "nft has the table ip aws-cni, while `iptables` is iptables-legacy",
                            "nft delete table ip aws-cni"));
        }
        return findings;
    }
}
