package dev.vpccni.host;

import dev.vpccni.dataplane.PodPlanner;
import dev.vpccni.dataplane.Rule;
import dev.vpccni.linux.Errno;
import dev.vpccni.linux.route.Family;
import dev.vpccni.linux.route.Rtnetlink;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.node.port.HostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The rules of pods: added where missing, without a second one that leads elsewhere. */
final class PodRules {

    /** Releases before 1.9 could leave a rule behind for each of the VPC's blocks. */
    private static final int DUPLICATES_MAX = 64;

    private final FromRules known = new FromRules();

    /** Reads all rules, in the order in which the kernel asks them. */
    List<Rule> read(Rtnetlink node) throws HostException {
        long asOf = known.version();
        List<Rule> rules = readAll(node);
        known.load(rules, asOf);
        return rules;
    }

    /** Adds the rules of a pod, and removes others for its address. */
    void add(Rtnetlink node, Ipv4Address address, int table, Undo undo) throws HostException {
        if (!known.isComplete()) {
            read(node);
        }
        List<Rule> wanted = PodPlanner.rules(address, table);
        for (Rule rule : wanted) {
            if (KernelStep.change(
                    "add rule", Errno.EEXIST, () -> node.addRule(KernelConversions.rule(rule)))) {
                undo.push(() -> node.deleteRule(KernelConversions.rule(rule)));
                learn(rule, undo);
            }
        }
        for (int other : known.tables(address)) {
            Rule stale = Rule.from(Rule.FROM_POD, Rule.only(address), other);
            if (!wanted.contains(stale)) {
                delete(node, stale, undo);
            }
        }
    }

    /** Removes every rule of a pod. */
    void remove(Rtnetlink node, Ipv4Address address, int table) throws HostException {
        var rules = new ArrayList<>(PodPlanner.rules(address, table));
        for (int other : known.tables(address)) {
            Rule rule = Rule.from(Rule.FROM_POD, Rule.only(address), other);
            if (!rules.contains(rule)) {
                rules.add(rule);
            }
        }
        for (Rule rule : rules) {
            delete(node, rule, new Undo());
        }
    }

    /** Reads all IPv4 rules that look something up. */
    static List<Rule> readAll(Rtnetlink node) throws HostException {
        return KernelStep.ask("list rules", () -> node.rules(Family.IPV4)).stream()
                .map(KernelConversions::rule)
                .filter(Objects::nonNull)
                .toList();
    }

    private void learn(Rule rule, Undo undo) {
        if (rule.priority() == Rule.FROM_POD) {
            Ipv4Address address = rule.from().network();
            known.added(address, rule.table());
            undo.push(() -> known.removed(address, rule.table()));
        }
    }

    /** Deletes a rule and its copies, which differ in what we do not look at. */
    private void delete(Rtnetlink node, Rule rule, Undo undo) throws HostException {
        int copies = 0;
        while (copies < DUPLICATES_MAX
                && KernelStep.change(
                        "delete rule",
                        Errno.ENOENT,
                        () -> node.deleteRule(KernelConversions.rule(rule)))) {
            if (copies == 0) {
                undo.push(() -> node.addRule(KernelConversions.rule(rule)));
            }
            copies++;
        }
        if (rule.priority() == Rule.FROM_POD) {
            Ipv4Address address = rule.from().network();
            known.removed(address, rule.table());
            undo.push(() -> known.added(address, rule.table()));
        }
    }
}
