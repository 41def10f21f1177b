package dev.vpccni.doctor.kernel;

import dev.vpccni.dataplane.InterfaceNames;
import dev.vpccni.doctor.check.Check;
import dev.vpccni.doctor.check.Expected;
import dev.vpccni.doctor.check.Finding;
import dev.vpccni.doctor.check.ShellWord;
import dev.vpccni.doctor.snapshot.HostSnapshot;
import dev.vpccni.doctor.snapshot.SeenLink;
import java.util.ArrayList;
import java.util.List;

/** Whether pods and interfaces agree about the largest packet. */
public final class MtuCheck implements Check {

    @Override
    public String id() {
        return "mtu";
    }

    @Override
    public String looksFor() {
        return "an interface that serves pods with another MTU than `AWS_VPC_ENI_MTU` (wrong), a"
                + " living pod's host interface with another one than `POD_MTU` (warning; wrong if"
                + " it is larger than an interface's), a `POD_MTU` larger than `AWS_VPC_ENI_MTU`";
    }

    @Override
    public String breaks() {
        return "large packets are dropped or cut, so that connections stall that small packets pass";
    }

    @Override
    public List<Finding> examine(HostSnapshot host, Expected expected) {
        var findings = new ArrayList<Finding>();
        int least = Integer.MAX_VALUE;
        for (SeenLink link : Primary.interfaces(host, expected.family())) {
            least = Math.min(least, link.mtu());
            if (link.mtu() != expected.interfaceMtu()) {
                findings.add(
                        wrong(
                                "the MTU of %s is %d, and AWS_VPC_ENI_MTU %d"
                                        .formatted(
                                                link.name(), link.mtu(), expected.interfaceMtu()),
                                set(link, expected.interfaceMtu())));
            }
        }
        int whole = Math.min(least, expected.interfaceMtu());
        if (expected.podMtu() > expected.interfaceMtu()) {
            findings.add(
                    wrong(
                            "POD_MTU %d is larger than AWS_VPC_ENI_MTU %d"
                                    .formatted(expected.podMtu(), expected.interfaceMtu()),
                            "kubectl -n kube-system set env daemonset/aws-node POD_MTU="
                                    + expected.interfaceMtu()));
        }
        for (SeenLink link : host.kernel().links().or(List.of())) {
            if (InterfaceNames.isHost(expected.vethPrefix(), link.name())
                    && link.mtu() != expected.podMtu()) {
                String seen =
                        "the MTU of the pod's link %s is %d, and POD_MTU %d"
                                .formatted(link.name(), link.mtu(), expected.podMtu());
                String remedy = set(link, expected.podMtu());
                findings.add(link.mtu() > whole ? wrong(seen, remedy) : warning(seen, remedy));
            }
        }
        return findings;
    }

    private static String set(SeenLink link, int mtu) {
        return "ip link set dev " + ShellWord.of(link.name()) + " mtu " + mtu;
    }
}
