package dev.vpccni.host;

import dev.vpccni.dataplane.Changes;
import dev.vpccni.dataplane.PodPlanner;
import dev.vpccni.dataplane.Rule;
import dev.vpccni.host.kernel.KernelConversions;
import dev.vpccni.host.kernel.KernelStep;
import dev.vpccni.host.kernel.Undo;
import dev.vpccni.linux.Errno;
import dev.vpccni.linux.ErrnoException;
import dev.vpccni.linux.route.Rtnetlink;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.IpFamily;
import dev.vpccni.node.port.HostException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/** The rules of pods: added where missing, without a second one that leads elsewhere. */
final class PodRules {

    /** Releases before 1.9 could leave a rule behind for each of the VPC's blocks. */
    private static final int DUPLICATES_MAX = 64;

    /** The kernel was built, or booted, without this family. */
    private static final int EAFNOSUPPORT = 97;

    private final SortedMap<IpFamily, FromRules> known = new TreeMap<>();

    PodRules() {
        for (IpFamily family : IpFamily.values()) {
            known.put(family, new FromRules());
        }
    }

    /** Reads all rules, those of each family in the order in which the kernel asks them. */
    List<Rule> read(Rtnetlink node) throws HostException {
        var rules = new ArrayList<Rule>();
        for (IpFamily family : IpFamily.values()) {
            rules.addAll(read(node, family));
        }
        return rules;
    }

    private List<Rule> read(Rtnetlink node, IpFamily family) throws HostException {
        FromRules ofFamily = known(family);
        long asOf = ofFamily.version();
        List<Rule> rules = readAll(node, family);
        ofFamily.load(rules, asOf);
        return rules;
    }

    private FromRules known(IpFamily family) {
        return Objects.requireNonNull(known.get(family));
    }

    /** Adds the rules of a pod, and removes others for its address. */
    void add(Rtnetlink node, IpAddress address, int table, Undo undo) throws HostException {
        FromRules ofFamily = known(address.family());
        if (!ofFamily.isComplete()) {
            var _ = read(node, address.family());
        }
        List<Rule> wanted = PodPlanner.rules(address, table);
        for (Rule rule : wanted) {
            add(node, rule, undo);
        }
        for (int other : ofFamily.tables(address)) {
            Rule stale = Rule.from(Rule.FROM_POD, address.only(), other);
            if (!wanted.contains(stale)) {
                delete(node, stale, undo);
            }
        }
    }

    private void add(Rtnetlink node, Rule rule, Undo undo) throws HostException {
        if (KernelStep.change(
                "add rule", Errno.EEXIST, () -> node.addRule(KernelConversions.rule(rule)))) {
            undo.push(() -> node.deleteRule(KernelConversions.rule(rule)));
            learn(rule, undo);
        }
    }

    /** Carries out changes of the rules of a pod with a branch interface. */
    void apply(Rtnetlink node, Changes<Rule> changes, Undo undo) throws HostException {
        for (Rule rule : changes.add()) {
            add(node, rule, undo);
        }
        for (Rule rule : changes.remove()) {
            delete(node, rule, undo);
        }
    }

    /** Removes every rule of a pod. */
    void remove(Rtnetlink node, IpAddress address, int table) throws HostException {
        var rules = new ArrayList<>(PodPlanner.rules(address, table));
        for (int other : known(address.family()).tables(address)) {
            Rule rule = Rule.from(Rule.FROM_POD, address.only(), other);
            if (!rules.contains(rule)) {
                rules.add(rule);
            }
        }
        for (Rule rule : rules) {
            delete(node, rule, new Undo());
        }
    }

    /**
     * Reads the rules of a family that look something up; none where the kernel does without it.
     */
    static List<Rule> readAll(Rtnetlink node, IpFamily family) throws HostException {
        try {
            return node.rules(KernelConversions.family(family)).stream()
                    .map(KernelConversions::rule)
                    .filter(Objects::nonNull)
                    .toList();
        } catch (ErrnoException e) {
            if (e.is(EAFNOSUPPORT)) {
                return List.of();
            }
            throw KernelStep.refused("list rules", e);
        } catch (IOException e) {
            throw KernelStep.refused("list rules", e);
        }
    }

    private void learn(Rule rule, Undo undo) {
        if (rule.priority() == Rule.FROM_POD) {
            IpAddress address = rule.from().network();
            FromRules ofFamily = known(address.family());
            ofFamily.added(address, rule.table());
            undo.push(() -> ofFamily.removed(address, rule.table()));
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
            IpAddress address = rule.from().network();
            FromRules ofFamily = known(address.family());
            ofFamily.removed(address, rule.table());
            undo.push(() -> ofFamily.added(address, rule.table()));
        }
    }
}
