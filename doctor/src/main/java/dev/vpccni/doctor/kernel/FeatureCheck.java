package dev.vpccni.doctor.kernel;

import dev.vpccni.dataplane.firewall.Backend;
import dev.vpccni.doctor.check.Check;
import dev.vpccni.doctor.check.Expected;
import dev.vpccni.doctor.check.Finding;
import dev.vpccni.doctor.snapshot.Fact;
import dev.vpccni.doctor.snapshot.HostSnapshot;
import dev.vpccni.model.IpFamily;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;

/** Whether the kernel has, or can load, what pods' links and the packet filter are made of. */
public final class FeatureCheck implements Check {

    private static final List<String> ALWAYS = List.of("veth", "nf_conntrack");

    private static final List<String> IPTABLES =
            List.of("xt_comment", "xt_addrtype", "xt_connmark", "xt_nat", "nf_nat");

    @Override
    public String id() {
        return "kernel-features";
    }

    @Override
    public String looksFor() {
        return "modules that are neither in the kernel nor to be loaded: `veth`, `nf_conntrack`,"
                + " those of iptables' `comment`, `addrtype`, `connmark` and `SNAT`, `nf_tables` with"
                + " what iptables-nft and our table need, or `ip_tables`; `8021q` with"
                + " `ENABLE_POD_ENI`; policy routing";
    }

    @Override
    public String breaks() {
        return "pods cannot be wired, or the daemon cannot set the packet filter up";
    }

    @Override
    public List<Finding> examine(HostSnapshot host, Expected expected) {
        var findings = new ArrayList<Finding>();
        SortedSet<String> modules = host.node().modules().orNull();
        if (modules != null) {
            var missing = new ArrayList<String>();
            for (String module : needed(host, expected)) {
                if (!modules.contains(module)) {
                    missing.add(module);
                }
            }
            if (!missing.isEmpty()) {
                findings.add(
                        wrong(
                                "the kernel has no " + String.join(", ", missing),
                                // Distributions leave rarer modules out of their smallest kernels.
                                "apt-get install linux-modules-extra-$(uname -r) ||"
                                        + " dnf install kernel-modules-extra-$(uname -r)"));
            }
        }
        if (host.kernel().rules() instanceof Fact.Seen(var rules) && rules.isEmpty()) {
            findings.add(
                    wrong(
                            "the kernel has no routing rules, not even its own",
                            "ip rule add pref 32766 lookup main && ip rule add pref 0 lookup local"));
        }
        return findings;
    }

    private static List<String> needed(HostSnapshot host, Expected expected) {
        var needed = new ArrayList<>(ALWAYS);
        if (expected.family() == IpFamily.IPV4) {
            needed.addAll(IPTABLES);
            Backend used = host.filters().used().orNull();
            if (used == Backend.LEGACY) {
                needed.addAll(List.of("ip_tables", "iptable_nat", "iptable_mangle"));
            } else if (used == Backend.NFT) {
                needed.addAll(List.of("nf_tables", "nft_compat", "nft_ct", "nft_fib_ipv4"));
            }
        }
        if (expected.securityGroups()) {
            needed.add("8021q");
        }
        return needed;
    }
}
