package dev.vpccni.doctor.filter;

import dev.vpccni.dataplane.firewall.Backend;
import dev.vpccni.doctor.check.Check;
import dev.vpccni.doctor.check.Expected;
import dev.vpccni.doctor.check.Finding;
import dev.vpccni.doctor.snapshot.HostSnapshot;
import java.util.List;

/**
 * Whether rules lie in both packet filters that iptables(8) knows, or kube-proxy's in the other.
 */
public final class BackendsCheck implements Check {

    @Override
    public String id() {
        return "both-backends";
    }

    @Override
    public String looksFor() {
        return "the chains of kubelet and kube-proxy (`KUBE-*`) in another back end of iptables than"
                + " the daemon uses (wrong); rules of others in both (warning)";
    }

    @Override
    public String breaks() {
        return "the kernel asks both in an order that nobody chose: services and translation of"
                + " addresses undo each other, and a drop in either one counts";
    }

    @Override
    public List<Finding> examine(HostSnapshot host, Expected expected) {
        Backend used = host.filters().used().orNull();
        if (used == null) {
            return List.of();
        }
        Backend other = BackendUse.other(used);
        BackendUse here = BackendUse.of(host, used);
        BackendUse there = BackendUse.of(host, other);
        if (there.cluster() && !here.cluster()) {
            String program = BackendUse.program(other);
            return List.of(
                    wrong(
                            "kubelet's and kube-proxy's chains are in "
                                    + program
                                    + ", and `iptables` here is "
                                    + BackendUse.program(used),
                            "update-alternatives --set iptables /usr/sbin/" + program));
        }
        if (here.others() && there.others()) {
            String program = BackendUse.program(other);
            return List.of(
                    warning(
                            "rules of others are in "
                                    + program
                                    + " besides those in "
                                    + BackendUse.program(used)
                                    + ", which the daemon"
                                    + (here.cluster() ? " and kube-proxy use" : " uses"),
                            move(other, used)));
        }
        return List.of();
    }

    /** Puts the rules of both families where the others are, and leaves nothing behind. */
    private static String move(Backend from, Backend to) {
        return ("for v in ip ip6; do ${v}tables-%1$s-save | ${v}tables-%2$s-restore --noflush && "
                        + "for t in $(${v}tables-%1$s-save | sed -n 's/^\\*//p'); do "
                        + "${v}tables-%1$s -w -t $t -F && ${v}tables-%1$s -w -t $t -X; done; done")
                .formatted(suffix(from), suffix(to));
    }

    private static String suffix(Backend backend) {
        return backend == Backend.LEGACY ? "legacy" : "nft";
    }
}
