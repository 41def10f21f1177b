package dev.vpccni.host;

import dev.vpccni.dataplane.Changes;
import dev.vpccni.dataplane.Rule;
import dev.vpccni.linux.Errno;
import dev.vpccni.linux.route.Rtnetlink;
import dev.vpccni.node.port.HostException;

/** Carries out changes of rules. */
final class RuleChanges {

    private RuleChanges() {}

    static void apply(Rtnetlink node, Changes<Rule> changes) throws HostException {
        for (Rule rule : changes.add()) {
            var _ =
                    KernelStep.change(
                            "add rule",
                            Errno.EEXIST,
                            () -> node.addRule(KernelConversions.rule(rule)));
        }
        for (Rule rule : changes.remove()) {
            var _ =
                    KernelStep.change(
                            "delete rule",
                            Errno.ENOENT,
                            () -> node.deleteRule(KernelConversions.rule(rule)));
        }
    }
}
