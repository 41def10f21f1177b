package dev.vpccni.doctor.filter;

import dev.vpccni.dataplane.RouteTables;
import dev.vpccni.dataplane.Rule;
import dev.vpccni.dataplane.firewall.ConnectionMarks;
import dev.vpccni.doctor.check.Check;
import dev.vpccni.doctor.check.Expected;
import dev.vpccni.doctor.check.Finding;
import dev.vpccni.doctor.check.ShellWord;
import dev.vpccni.doctor.snapshot.FilterChain;
import dev.vpccni.doctor.snapshot.FilterRule;
import dev.vpccni.doctor.snapshot.HostSnapshot;
import dev.vpccni.doctor.snapshot.MarkUse;
import dev.vpccni.doctor.snapshot.SeenRule;
import java.util.ArrayList;
import java.util.List;

/** Whether somebody else uses the bits of packets' and connections' marks that are ours. */
public final class MarkCheck implements Check {

    /** Findings told one by one; a manager of services may have a rule for each. */
    private static final int TOLD_MAX = 20;

    /** The priority that the kernel gives the first rule of somebody who asks for none. */
    private static final int LATER = 32_765;

    @Override
    public String id() {
        return "mark-clash";
    }

    @Override
    public String looksFor() {
        return "rules of iptables, nft and `ip rule` that are not ours and write bits of"
                + " `AWS_VPC_K8S_CNI_CONNMARK` (wrong) or ask for them (warning); a tunnel's `not"
                + " fwmark` only where it comes before rule 1024 (wrong)";
    }

    @Override
    public String breaks() {
        return "connections leave by the wrong interface: from pods to places outside the VPC, and"
                + " answers from node ports";
    }

    @Override
    public List<Finding> examine(HostSnapshot host, Expected expected) {
        var findings = new ArrayList<Finding>();
        for (FilterChain chain : AllChains.of(host)) {
            boolean ours =
                    chain.where().equals("nft") && chain.table().equals(ConnectionMarks.TABLE);
            for (FilterRule rule : chain.rules()) {
                if (!ours && !rule.ours()) {
                    examine(chain, rule, expected, findings);
                }
            }
        }
        for (SeenRule rule : host.kernel().rules().or(List.of())) {
            examine(rule, expected, findings);
        }
        return findings.size() > TOLD_MAX ? findings.subList(0, TOLD_MAX) : findings;
    }

    private void examine(
            FilterChain chain, FilterRule rule, Expected expected, List<Finding> findings) {
        long written = bits(rule, true) & expected.mark().mask();
        long read = bits(rule, false) & expected.mark().mask();
        if (written == 0 && read == 0) {
            return;
        }
        String seen =
                "%s, table %s %s, chain %s: rule `%s` %s, which %s ours"
                        .formatted(
                                chain.where(),
                                chain.family(),
                                chain.table(),
                                chain.name(),
                                rule.text(),
                                (written == 0 ? "asks for 0x" : "writes 0x")
                                        + Long.toHexString(written == 0 ? read : written)
                                        + " of a mark",
                                Long.bitCount(written == 0 ? read : written) == 1 ? "is" : "are");
        findings.add(
                written == 0
                        ? warning(seen, removal(chain, rule))
                        : wrong(seen, removal(chain, rule)));
    }

    private static long bits(FilterRule rule, boolean written) {
        long bits = 0;
        for (MarkUse use : rule.marks()) {
            bits |= use.writes() == written ? use.bits() : 0;
        }
        return bits;
    }

    private static String removal(FilterChain chain, FilterRule rule) {
        if (chain.where().equals("nft")) {
            return "nft delete rule %s %s %s %s"
                    .formatted(
                            chain.family(),
                            ShellWord.of(chain.table()),
                            ShellWord.of(chain.name()),
                            rule.text());
        }
        return chain.where()
                + " -w -t "
                + ShellWord.of(chain.table())
                + " -D "
                + ShellWord.of(chain.name())
                + " "
                + SavedWords.forShell(rule.text());
    }

    private void examine(SeenRule rule, Expected expected, List<Finding> findings) {
        boolean own =
                rule.priority() == Rule.MARKED
                        && !rule.inverted()
                        && rule.mask() == expected.mark().mask()
                        && rule.mark() == expected.mark().value()
                        && rule.table() == RouteTables.MAIN;
        if (own || (rule.mask() & expected.mark().mask()) == 0) {
            return;
        }
        boolean first = rule.priority() <= Rule.MARKED && rule.takesMark(expected.mark().value());
        if (rule.inverted()) {
            // A tunnel's: it is for all that does not bear its own mark, and does not set ours.
            if (first) {
                findings.add(
                        wrong(
                                "the routing rule `%s` takes packets that bear our mark, before ours"
                                                .formatted(rule.selector())
                                        + " does",
                                later(rule)));
            }
            return;
        }
        String seen =
                "the routing rule `"
                        + rule.selector()
                        + "` asks for 0x"
                        + Long.toHexString(rule.mask() & expected.mark().mask())
                        + " of a mark, which is ours";
        String remedy = rule.ip() + " del " + rule.selector();
        findings.add(first ? wrong(seen, remedy) : warning(seen, remedy));
    }

    /** Returns what has a rule asked after pods' rules, and before the main table's. */
    private static String later(SeenRule rule) {
        return rule.ip()
                + " add pref "
                + LATER
                + rule.conditions()
                + " && "
                + rule.ip()
                + " del "
                + rule.selector();
    }
}
