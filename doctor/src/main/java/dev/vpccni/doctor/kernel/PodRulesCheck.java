package dev.vpccni.doctor.kernel;

import dev.vpccni.dataplane.RouteTables;
import dev.vpccni.dataplane.Rule;
import dev.vpccni.doctor.check.Check;
import dev.vpccni.doctor.check.Expected;
import dev.vpccni.doctor.check.Finding;
import dev.vpccni.doctor.snapshot.HostSnapshot;
import dev.vpccni.doctor.snapshot.SeenLink;
import dev.vpccni.doctor.snapshot.SeenRoute;
import dev.vpccni.doctor.snapshot.SeenRule;
import dev.vpccni.model.Cidr;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Whether rules for pods' addresses are those of pods that live, and lead somewhere. */
public final class PodRulesCheck implements Check {

    @Override
    public String id() {
        return "pod-rules";
    }

    @Override
    public String looksFor() {
        return "routing rules 512 and 1536 of addresses that no pod's link has (warning), two rules"
                + " 1536 of one address that lead to two tables, and a rule 1536 to a table without"
                + " a default route (wrong)";
    }

    @Override
    public String breaks() {
        return "packets of the pod that has the address, or gets it next, leave by the wrong"
                + " interface, where the VPC drops them";
    }

    @Override
    public List<Finding> examine(HostSnapshot host, Expected expected) {
        List<SeenRule> rules = host.kernel().rules().orNull();
        List<SeenRoute> routes = host.kernel().routes().orNull();
        if (rules == null || routes == null || host.kernel().links().orNull() == null) {
            return List.of();
        }
        Set<Cidr> served = served(host, routes);
        var findings = new ArrayList<Finding>();
        var tables = new TreeMap<Cidr, Integer>();
        for (SeenRule rule : rules) {
            Cidr address = address(rule);
            if (address == null) {
                continue;
            }
            String remedy = rule.ip() + " del " + rule.selector();
            if (!served.contains(address)) {
                findings.add(
                        warning(
                                "no pod's link has the address of rule `" + rule.selector() + "`",
                                remedy));
            } else if (rule.priority() == Rule.FROM_POD) {
                Integer first = tables.putIfAbsent(address, rule.table());
                if (first != null) {
                    findings.add(
                            wrong(
                                    "rule `%s` comes after one of the same address to table %d"
                                            .formatted(rule.selector(), first),
                                    remedy));
                } else if (isEmpty(rule, routes)) {
                    findings.add(
                            wrong(
                                    "rule `"
                                            + rule.selector()
                                            + "` leads to a table without a default route",
                                    remedy));
                }
            }
        }
        return findings;
    }

    /** Returns the addresses with a route by a pod's link, whatever its prefix. */
    private static Set<Cidr> served(HostSnapshot host, List<SeenRoute> routes) {
        var served = new TreeSet<Cidr>();
        for (SeenRoute route : routes) {
            SeenLink link = host.kernel().link(route.link());
            if (link != null && route.destination().isSingle() && link.isPods()) {
                served.add(route.destination());
            }
        }
        return served;
    }

    /** Returns the address that a rule is for, or null if it is none of a pod's. */
    private static @Nullable Cidr address(SeenRule rule) {
        Cidr from = rule.from();
        Cidr to = rule.to();
        if (rule.inverted()) {
            return null;
        }
        if (rule.priority() == Rule.TO_POD && to != null && to.isSingle()) {
            return to;
        }
        return rule.priority() == Rule.FROM_POD && from != null && from.isSingle() ? from : null;
    }

    private static boolean isEmpty(SeenRule rule, List<SeenRoute> routes) {
        return rule.table() != RouteTables.MAIN
                && routes.stream()
                        .noneMatch(route ->
                                route.table() == rule.table()
                                        && route.destination().prefixLength() == 0
                                        && route.destination().family() == rule.family());
    }
}
