package dev.vpccni.host;

import dev.vpccni.dataplane.Changes;
import dev.vpccni.dataplane.Rule;
import dev.vpccni.host.kernel.KernelConversions;
import dev.vpccni.host.kernel.KernelStep;
import dev.vpccni.linux.Errno;
import dev.vpccni.linux.route.Rtnetlink;
import dev.vpccni.node.port.HostException;
import java.util.ArrayList;
import java.util.List;

/** Carries out changes of rules. */
final class RuleChanges {

    private RuleChanges() {}

    /** Returns what it changed, each in one phrase. */
    static List<String> apply(Rtnetlink node, Changes<Rule> changes) throws HostException {
        var changed = new ArrayList<String>();
        for (Rule rule : changes.add()) {
            if (KernelStep.change(
                    "add rule", Errno.EEXIST, () -> node.addRule(KernelConversions.rule(rule)))) {
                changed.add("rule " + text(rule));
            }
        }
        for (Rule rule : changes.remove()) {
            if (KernelStep.change(
                    "delete rule",
                    Errno.ENOENT,
                    () -> node.deleteRule(KernelConversions.rule(rule)))) {
                changed.add("without rule " + text(rule));
            }
        }
        return changed;
    }

    /** Returns a rule in one line without tabs. */
    static String text(Rule rule) {
        return rule.toString().replace('\t', ' ');
    }
}
