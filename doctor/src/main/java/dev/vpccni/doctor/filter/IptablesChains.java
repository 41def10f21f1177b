package dev.vpccni.doctor.filter;

import dev.vpccni.dataplane.firewall.SavedTable;
import dev.vpccni.doctor.snapshot.FilterChain;
import dev.vpccni.doctor.snapshot.FilterRule;
import dev.vpccni.doctor.snapshot.PacketFilters.Which;
import dev.vpccni.model.IpFamily;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** What iptables-save(8) prints, as chains. */
final class IptablesChains {

    private IptablesChains() {}

    /** Reads the whole text; what it does not know of a rule becomes something that may be met. */
    static List<FilterChain> parse(Which which, String text) {
        var chains = new ArrayList<FilterChain>();
        for (String table : tables(text)) {
            SavedTable saved = SavedTable.parse(table, text);
            Map<String, String> policies = policies(table, text);
            saved.chains()
                    .forEach((name, rules) ->
                            chains.add(
                                    new FilterChain(
                                            which.program(),
                                            which.family() == IpFamily.IPV6 ? "ip6" : "ip",
                                            table,
                                            name,
                                            policies.containsKey(name)
                                                    ? name.toLowerCase(Locale.ROOT)
                                                    : "",
                                            "DROP".equals(policies.get(name)),
                                            rules(rules, saved))));
        }
        return chains;
    }

    /** Returns the names of the tables that a text holds. */
    static List<String> tables(String text) {
        var tables = new TreeSet<String>();
        text.lines()
                .filter(line -> line.startsWith("*"))
                .forEach(line -> tables.add(line.substring(1).strip()));
        return List.copyOf(tables);
    }

    /** Returns the policy of each chain that has one, and so is the kernel's. */
    private static Map<String, String> policies(String table, String text) {
        var policies = new TreeMap<String, String>();
        boolean inside = false;
        for (String line : text.lines().toList()) {
            if (line.startsWith("*")) {
                inside = line.substring(1).strip().equals(table);
            } else if (inside && line.startsWith(":")) {
                String[] parts = line.substring(1).split(" ", 3);
                if (parts.length > 1 && !parts[1].equals("-")) {
                    policies.put(parts[0], parts[1]);
                }
            }
        }
        return policies;
    }

    private static List<FilterRule> rules(List<String> texts, SavedTable table) {
        var rules = new ArrayList<FilterRule>();
        for (String text : texts) {
            rules.add(new IptablesRule(text, table.chains().keySet()).parse());
        }
        return rules;
    }
}
