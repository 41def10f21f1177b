package dev.vpccni.doctor.kernel;

import dev.vpccni.doctor.check.Check;
import dev.vpccni.doctor.check.Expected;
import dev.vpccni.doctor.check.Finding;
import dev.vpccni.doctor.check.ShellWord;
import dev.vpccni.doctor.snapshot.HostSnapshot;
import dev.vpccni.doctor.snapshot.SeenLink;
import dev.vpccni.model.IpFamily;
import java.util.ArrayList;
import java.util.List;

/** Whether the kernel forwards packets at all. */
public final class ForwardingCheck implements Check {

    @Override
    public String id() {
        return "forwarding-off";
    }

    @Override
    public String looksFor() {
        return "`ip_forward`, or the primary interface's own `forwarding`, off; with IPv6 pods"
                + " `net.ipv6.conf.all.forwarding`";
    }

    @Override
    public String breaks() {
        return "pods reach nothing but their own node, and nobody reaches them";
    }

    @Override
    public List<Finding> examine(HostSnapshot host, Expected expected) {
        var findings = new ArrayList<Finding>();
        for (IpFamily family : IpFamily.values()) {
            if (expected.forwards(family)) {
                for (String name : names(host, family)) {
                    var value = host.files().parameter(name);
                    if (value.isPresent() && value.getAsLong() == 0) {
                        findings.add(
                                wrong(name + " is 0", "sysctl -w " + ShellWord.of(name + "=1")));
                    }
                }
            }
        }
        return findings;
    }

    private static List<String> names(HostSnapshot host, IpFamily family) {
        if (family == IpFamily.IPV6) {
            return List.of("net/ipv6/conf/all/forwarding");
        }
        SeenLink primary = Primary.of(host, family);
        String all = "net/ipv4/ip_forward";
        var off = host.files().parameter(all);
        // The one for all sets each.
        return primary == null || (off.isPresent() && off.getAsLong() == 0)
                ? List.of(all)
                : List.of(all, "net/ipv4/conf/" + primary.name() + "/forwarding");
    }
}
