package dev.vpccni.dataplane.egress;

import dev.vpccni.dataplane.firewall.SavedTable;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What iptables(8), or ip6tables(8), should say for containers that get out in the other family: a
 * chain for each that translates its address, and a jump to it for what comes from that address.
 * Rules are in the form that {@code -S} prints, without {@code -A} and the chain; inputs are for
 * {@code iptables-restore --noflush}, each one transaction.
 */
public final class EgressRules {

    /** Where the kernel asks whether to translate a source. */
    public static final String POSTROUTING = "POSTROUTING";

    /** Where the kernel asks whether to pass on a packet. */
    public static final String FORWARD = "FORWARD";

    private EgressRules() {}

    /** Returns what the container's chain holds, in order. */
    public static List<String> chain(EgressWiring wiring) {
        String comment = comment(wiring);
        String ports =
                switch (wiring.snatPorts()) {
                    case RANDOM_FULLY -> " --random-fully";
                    case RANDOM -> " --random";
                    case ORIGINAL -> "";
                };
        return List.of(
                "-d " + wiring.family().multicast() + comment + " -j ACCEPT",
                comment.strip() + " -j SNAT --to-source " + wiring.nodeAddress() + ports);
    }

    /** Returns the rule in {@link #POSTROUTING} that leads to the container's chain. */
    public static String jump(EgressWiring wiring) {
        return "-s " + wiring.address().only() + comment(wiring) + " -j " + wiring.chain();
    }

    /**
     * Returns the input that makes a container's part what it should be: its chain is refilled, and
     * of jumps there is its own. Another container's jump from the same address is left over from
     * one that is gone, and goes with its chain.
     *
     * @param postrouting the rules of {@link #POSTROUTING}
     */
    public static String connect(EgressWiring wiring, List<String> postrouting) {
        String wanted = jump(wiring);
        boolean found = false;
        var changes = new ArrayList<String>();
        SortedSet<String> stale = new TreeSet<>();
        for (String rule : postrouting) {
            String target = after("-j", rule);
            if (sameRule(rule, wanted) && !found) {
                found = true;
            } else if (target.equals(wiring.chain())) {
                changes.add("-D " + POSTROUTING + " " + rule);
            } else if (target.startsWith(wiring.family().chainPrefix())
                    && after("-s", rule).equals(wiring.address().only().toString())) {
                changes.add("-D " + POSTROUTING + " " + rule);
                stale.add(target);
            }
        }
        for (String rule : chain(wiring)) {
            changes.add("-A " + wiring.chain() + " " + rule);
        }
        if (!found) {
            changes.add("-A " + POSTROUTING + " " + wanted);
        }
        var refilled = new TreeSet<>(stale);
        refilled.add(wiring.chain());
        return input("nat", refilled, changes, stale);
    }

    /**
     * What a container has in the packet filter, as it was seen or made.
     *
     * @param chain its name
     * @param rules what it holds, in order
     * @param jump the rule in {@link #POSTROUTING} that leads to it
     */
    public record Part(String chain, List<String> rules, String jump) {

        public Part {
            rules = List.copyOf(rules);
        }

        /** Returns what a container's part should be. */
        public static Part of(EgressWiring wiring) {
            return new Part(wiring.chain(), EgressRules.chain(wiring), EgressRules.jump(wiring));
        }

        /** Returns what is missing of it in the table {@code nat}, a phrase for each thing. */
        public List<String> missing(SavedTable nat) {
            var missing = new ArrayList<String>();
            List<String> seen = nat.chains().getOrDefault(chain, List.of());
            boolean same = seen.size() == rules.size();
            for (int i = 0; same && i < seen.size(); i++) {
                same = sameRule(seen.get(i), rules.get(i));
            }
            if (!same) {
                missing.add("chain " + chain);
            }
            if (!hasJump(nat)) {
                missing.add("rule in " + POSTROUTING + " " + jump);
            }
            return missing;
        }

        /** Returns the input that makes it whole again. */
        public String restoration(SavedTable nat) {
            var changes = new ArrayList<String>();
            rules.forEach(rule -> changes.add("-A " + chain + " " + rule));
            if (!hasJump(nat)) {
                changes.add("-A " + POSTROUTING + " " + jump);
            }
            return input("nat", new TreeSet<>(List.of(chain)), changes, new TreeSet<>());
        }

        private boolean hasJump(SavedTable nat) {
            return nat.chains().getOrDefault(POSTROUTING, List.of()).stream()
                    .anyMatch(rule -> sameRule(rule, jump));
        }
    }

    /**
     * Returns the parts of containers that the table {@code nat} has whole, by the addresses that
     * lead to them.
     */
    public static SortedMap<IpAddress, Part> parts(EgressFamily family, SavedTable nat) {
        var parts = new TreeMap<IpAddress, Part>();
        for (String rule : nat.chains().getOrDefault(POSTROUTING, List.of())) {
            String chain = after("-j", rule);
            List<String> rules = nat.chains().getOrDefault(chain, List.of());
            String source = after("-s", rule);
            if (chain.startsWith(family.chainPrefix()) && !rules.isEmpty() && !source.isEmpty()) {
                parts.put(Cidr.parse(source).network(), new Part(chain, rules, rule));
            }
        }
        return parts;
    }

    /** Returns how far the packet filter is from what it should be, a phrase for each thing. */
    public static List<String> differences(
            EgressWiring wiring, List<String> postrouting, List<String> chain) {
        var differences = new ArrayList<String>();
        if (postrouting.stream().noneMatch(rule -> sameRule(rule, jump(wiring)))) {
            differences.add("rule is missing in POSTROUTING: " + jump(wiring));
        }
        List<String> wanted = chain(wiring);
        boolean same = wanted.size() == chain.size();
        for (int i = 0; same && i < wanted.size(); i++) {
            same = sameRule(wanted.get(i), chain.get(i));
        }
        if (!same) {
            differences.add("chain " + wiring.chain() + " holds " + chain + ", not " + wanted);
        }
        return differences;
    }

    /** Tells whether a rule of {@code postrouting} leads to {@code chain}. */
    public static boolean leadsTo(String chain, List<String> postrouting) {
        return postrouting.stream().anyMatch(rule -> after("-j", rule).equals(chain));
    }

    /**
     * Returns the input that removes chains and every jump to them, whether they are there or not.
     *
     * @param chains empty for nothing to do, which is an empty input
     * @param postrouting the rules of {@link #POSTROUTING}
     */
    public static String remove(SortedSet<String> chains, List<String> postrouting) {
        var changes = new ArrayList<String>();
        for (String rule : postrouting) {
            if (chains.contains(after("-j", rule))) {
                changes.add("-D " + POSTROUTING + " " + rule);
            }
        }
        // Naming a chain makes it where there is none, so that it can be deleted.
        return chains.isEmpty() ? "" : input("nat", chains, changes, chains);
    }

    /**
     * Returns the chains of a network's containers, by what the comments in them and on the jumps
     * to them say.
     *
     * @param nat the table {@code nat}
     */
    public static SortedSet<String> chains(EgressFamily family, String network, SavedTable nat) {
        var chains = new TreeSet<String>();
        nat.chains()
                .forEach((chain, rules) -> {
                    for (String rule : rules) {
                        String owner = chain.equals(POSTROUTING) ? after("-j", rule) : chain;
                        if (owner.startsWith(family.chainPrefix())
                                && after("--comment", rule)
                                        .startsWith(EgressNames.commentOf(network))) {
                            chains.add(owner);
                        }
                    }
                });
        return chains;
    }

    /**
     * Returns the input that keeps pods from each other's egress addresses, ahead of whatever else
     * {@link #FORWARD} says; empty if that is there.
     *
     * @param forward the rules of {@link #FORWARD}
     */
    public static String barrier(EgressFamily family, List<String> forward) {
        String wanted =
                "-d "
                        + family.block()
                        + " -m conntrack --ctstate NEW -m comment --comment \"Block Node Local Pod"
                        + " access via "
                        + family.addresses()
                        + "\" -j REJECT --reject-with "
                        + family.rejection();
        if (forward.stream().anyMatch(rule -> sameRule(rule, wanted))) {
            return "";
        }
        var changes = List.of("-I " + FORWARD + " 1 " + wanted);
        return input("filter", new TreeSet<>(), changes, new TreeSet<>());
    }

    private static String input(
            String table,
            SortedSet<String> refilled,
            List<String> changes,
            SortedSet<String> deleted) {
        var lines = new ArrayList<String>();
        lines.add("*" + table);
        refilled.forEach(chain -> lines.add(":" + chain + " - [0:0]"));
        lines.addAll(changes);
        deleted.forEach(chain -> lines.add("-X " + chain));
        lines.add("COMMIT");
        return String.join("\n", lines) + "\n";
    }

    private static String comment(EgressWiring wiring) {
        String text = EgressNames.comment(wiring.network(), wiring.containerId());
        return " -m comment --comment \"" + text.replace("\"", "\\\"") + "\"";
    }

    /** Returns the word behind {@code option}, empty if there is none. */
    private static String after(String option, String rule) {
        List<String> words = SavedTable.words(rule);
        int at = words.indexOf(option);
        return at >= 0 && at + 1 < words.size() ? words.get(at + 1) : "";
    }

    private static boolean sameRule(String rule, String other) {
        return SavedTable.words(rule).equals(SavedTable.words(other));
    }
}
