package dev.vpccni.doctor.filter;

import dev.vpccni.dataplane.Rule;
import dev.vpccni.doctor.check.Check;
import dev.vpccni.doctor.check.Expected;
import dev.vpccni.doctor.check.Finding;
import dev.vpccni.doctor.check.ShellWord;
import dev.vpccni.doctor.kernel.Primary;
import dev.vpccni.doctor.snapshot.FilterChain;
import dev.vpccni.doctor.snapshot.HostSnapshot;
import dev.vpccni.doctor.snapshot.SeenRule;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.IpFamily;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether some chain that the kernel asks before it forwards drops what pods send or get. */
public final class ForwardCheck implements Check {

    @Override
    public String id() {
        return "forward-drop";
    }

    @Override
    public String looksFor() {
        return "a chain at the hook `forward` of iptables (either back end) or nft, of anybody, that"
                + " drops a new connection from a pod or to one: by its policy, with no rule that"
                + " accepts it, or by a rule";
    }

    @Override
    public String breaks() {
        return "all that pods send and get but on their own node's processes is dropped";
    }

    @Override
    public List<Finding> examine(HostSnapshot host, Expected expected) {
        var findings = new ArrayList<Finding>();
        List<FilterChain> chains = AllChains.of(host);
        String primary = Primary.name(host, expected.family());
        String pod = expected.vethPrefix() + "00000000000";
        for (FilterChain chain : chains) {
            var dropped = new ArrayList<String>();
            for (IpFamily family : IpFamily.values()) {
                if (chain.hook().equals("forward")
                        && sees(chain, family)
                        && expected.forwards(family)) {
                    IpAddress address = address(host, family);
                    if (new ForwardProbe(chains, family, pod, primary, true, address)
                            .isDroppedBy(chain)) {
                        dropped.add(family + " from pods");
                    }
                    if (new ForwardProbe(chains, family, primary, pod, false, address)
                            .isDroppedBy(chain)) {
                        dropped.add(family + " to pods");
                    }
                }
            }
            if (!dropped.isEmpty()) {
                findings.add(
                        wrong(
                                "%s, table %s %s, chain %s%s drops %s"
                                        .formatted(
                                                chain.where(),
                                                chain.family(),
                                                chain.table(),
                                                chain.name(),
                                                chain.drops() ? " (policy drop)" : "",
                                                String.join(" and ", dropped)),
                                remedy(chain, expected.vethPrefix())));
            }
        }
        return findings;
    }

    private static boolean sees(FilterChain chain, IpFamily family) {
        String own = family == IpFamily.IPV6 ? "ip6" : "ip";
        return chain.family().equals("inet") || chain.family().equals(own);
    }

    /** Returns the address of some pod that lives here. */
    private static @Nullable IpAddress address(HostSnapshot host, IpFamily family) {
        for (SeenRule rule : host.kernel().rules().or(List.of())) {
            Cidr to = rule.to();
            if (rule.priority() == Rule.TO_POD
                    && to != null
                    && to.isSingle()
                    && to.family() == family) {
                return to.network();
            }
        }
        return null;
    }

    /** Accepts pods' traffic first, whatever else the chain does. */
    private static String remedy(FilterChain chain, String prefix) {
        if (!chain.where().equals("nft")) {
            String insert =
                    chain.where()
                            + " -w -t "
                            + ShellWord.of(chain.table())
                            + " -I "
                            + ShellWord.of(chain.name());
            return "%s -i %s -j ACCEPT && %s -o %s -j ACCEPT"
                    .formatted(
                            insert, ShellWord.of(prefix + "+"), insert, ShellWord.of(prefix + "+"));
        }
        String insert =
                "nft insert rule %s %s %s"
                        .formatted(
                                chain.family(),
                                ShellWord.of(chain.table()),
                                ShellWord.of(chain.name()));
        String pods = ShellWord.of("\"" + prefix + "*\"");
        String now = insert + " iifname " + pods + " accept && " + insert + " oifname " + pods;
        return chain.table().equals("firewalld")
                ? "systemctl disable --now firewalld"
                : now + " accept";
    }
}
