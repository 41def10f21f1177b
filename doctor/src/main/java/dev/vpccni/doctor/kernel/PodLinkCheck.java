package dev.vpccni.doctor.kernel;

import dev.vpccni.doctor.check.Check;
import dev.vpccni.doctor.check.Expected;
import dev.vpccni.doctor.check.Finding;
import dev.vpccni.doctor.check.ShellWord;
import dev.vpccni.doctor.snapshot.HostSnapshot;
import dev.vpccni.doctor.snapshot.SeenLink;
import java.util.ArrayList;
import java.util.List;

/** Whether pods' links are up, and lead to somebody. */
public final class PodLinkCheck implements Check {

    @Override
    public String id() {
        return "pod-links";
    }

    @Override
    public String looksFor() {
        return "a pod's host interface that is down (wrong), or whose other end is (warning)";
    }

    @Override
    public String breaks() {
        return "the pod has no network, and its route is gone or leads nowhere";
    }

    @Override
    public List<Finding> examine(HostSnapshot host, Expected expected) {
        var findings = new ArrayList<Finding>();
        for (SeenLink link : host.kernel().links().or(List.of())) {
            if (!link.isPods()) {
                continue;
            }
            String name = ShellWord.of(link.name());
            if (!link.up()) {
                // The route goes with the link; the daemon brings it back once it is up.
                findings.add(wrong(link.name() + " is down", "ip link set dev " + name + " up"));
            } else if (!link.carrier()) {
                findings.add(
                        warning(
                                "the other end of " + link.name() + " is down",
                                "ip link del dev " + name));
            }
        }
        return findings;
    }
}
