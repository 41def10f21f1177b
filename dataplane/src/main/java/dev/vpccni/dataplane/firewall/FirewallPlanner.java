package dev.vpccni.dataplane.firewall;

import dev.vpccni.dataplane.Mark;
import dev.vpccni.dataplane.NodeSetup;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.Ipv4Cidr;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Plans the packet filter of a node, rule for rule what upstream makes; its own checks count lines.
 *
 * <p>What a pod sends out of the VPC must leave by the primary interface, with the node's address:
 * the first packet's connection is marked, later packets get the mark from the connection, routing
 * sends what is marked to the primary interface, and there the source is translated. Connections
 * that reach a node port by the primary interface are marked too, so that answers leave by it.
 */
public final class FirewallPlanner {

    /** Translates sources; exactly one rule for each block, and one that translates. */
    public static final String SNAT_CHAIN = "AWS-SNAT-CHAIN-0";

    /** Marks connections, where iptables does. */
    public static final String CONNMARK_CHAIN = "AWS-CONNMARK-CHAIN-0";

    private static final String PREROUTING = "PREROUTING";
    private static final String POSTROUTING = "POSTROUTING";

    private FirewallPlanner() {}

    /** Returns what should be there on a node whose pods all came with the prefix of today. */
    public static FirewallPlan plan(NodeSetup setup, String primary, Backend backend) {
        return plan(setup, List.of(setup.vethPrefix()), primary, backend);
    }

    /**
     * Returns what should be there, {@code primary} being the primary interface's link: nothing
     * where pods have IPv6 addresses, which are the same inside the VPC and outside, and all of
     * which lie on interfaces that answers come back to.
     *
     * @param vethPrefixes how names of pods' host interfaces begin, that of new pods first: without
     *     marks, connections of pods from before a change of the prefix would leave by the wrong
     *     interface
     */
    public static FirewallPlan plan(
            NodeSetup setup, List<String> vethPrefixes, String primary, Backend backend) {
        if (setup.family() == IpFamily.IPV6) {
            return new FirewallPlan(empty("nat"), empty("mangle"), null);
        }
        boolean marks = !setup.externalSnat();
        return new FirewallPlan(
                nat(setup, marks && backend == Backend.LEGACY ? vethPrefixes : List.of()),
                mangle(setup, vethPrefixes, primary),
                marks && backend == Backend.NFT
                        ? new ConnectionMarks(vethPrefixes, setup.mark(), untranslated(setup))
                        : null);
    }

    /** Tells whether a rule as {@code iptables-save} prints it is one that this makes. */
    public static boolean owns(String rule) {
        return Comment.marksOurs(rule);
    }

    private static TablePlan empty(String table) {
        return new TablePlan(table, new TreeMap<>(), new TreeMap<>());
    }

    /** Returns the blocks that keep pods' own addresses, the last one first and each once. */
    static List<Ipv4Cidr> untranslated(NodeSetup setup) {
        var blocks = new ArrayList<Ipv4Cidr>();
        setup.vpcCidrs().forEach(block -> putFirst(blocks, block));
        setup.snatExclusions().forEach(block -> putFirst(blocks, block));
        return blocks;
    }

    private static <T> void putFirst(List<T> list, T element) {
        if (!list.contains(element)) {
            list.addFirst(element);
        }
    }

    /**
     * @param marking how names of interfaces begin whose connections are marked here
     */
    private static TablePlan nat(NodeSetup setup, List<String> marking) {
        SortedMap<String, List<String>> chains = new TreeMap<>();
        SortedMap<String, List<String>> rules = new TreeMap<>();
        chains.put(SNAT_CHAIN, setup.externalSnat() ? List.of() : translation(setup));
        if (!setup.externalSnat()) {
            rules.put(POSTROUTING, List.of(comment(Comment.SNAT_JUMP) + " -j " + SNAT_CHAIN));
        }
        if (!marking.isEmpty()) {
            chains.put(CONNMARK_CHAIN, marking(setup));
            var prerouting = new ArrayList<String>();
            String jump = "+ " + comment(Comment.CONNMARK_JUMP) + " -j " + CONNMARK_CHAIN;
            marking.forEach(prefix -> prerouting.add("-i " + prefix + jump));
            prerouting.add(comment(Comment.CONNMARK) + restore(setup.mark()));
            rules.put(PREROUTING, prerouting);
        }
        return new TablePlan("nat", chains, rules);
    }

    private static List<String> translation(NodeSetup setup) {
        var rules = new ArrayList<String>();
        for (Ipv4Cidr block : setup.vpcCidrs()) {
            putFirst(rules, to(block) + comment(Comment.SNAT_JUMP) + " -j RETURN");
        }
        for (Ipv4Cidr block : setup.snatExclusions()) {
            putFirst(rules, to(block) + comment(Comment.SNAT_EXCLUSION) + " -j RETURN");
        }
        rules.add(
                "! -o vlan+ "
                        + comment(Comment.SNAT)
                        + " -m addrtype ! --dst-type LOCAL -j SNAT --to-source "
                        + setup.primaryAddress()
                        + switch (setup.snatPorts()) {
                            case RANDOM_FULLY -> " --random-fully";
                            case RANDOM -> " --random";
                            case ORIGINAL -> "";
                        });
        return rules;
    }

    private static List<String> marking(NodeSetup setup) {
        var rules = new ArrayList<String>();
        for (Ipv4Cidr block : untranslated(setup)) {
            rules.add(to(block) + comment(Comment.CONNMARK_RETURN) + " -j RETURN");
        }
        rules.add(comment(Comment.CONNMARK) + set(setup.mark()));
        return rules;
    }

    private static TablePlan mangle(NodeSetup setup, List<String> vethPrefixes, String primary) {
        var rules = new ArrayList<String>();
        String comment = comment(Comment.PRIMARY_ENI);
        if (setup.nodePortSupport()) {
            rules.add(
                    "-i "
                            + primary
                            + " "
                            + comment
                            + " -m addrtype --dst-type LOCAL --limit-iface-in"
                            + set(setup.mark()));
        }
        if (setup.nodePortSupport() || !setup.externalSnat()) {
            for (String prefix : vethPrefixes) {
                rules.add("-i " + prefix + "+ " + comment + restore(setup.mark()));
            }
        }
        if (setup.nodePortSupport()) {
            rules.add("-i vlan+ " + comment + restore(setup.mark()));
        }
        SortedMap<String, List<String>> byChain = new TreeMap<>();
        byChain.put(PREROUTING, rules);
        return new TablePlan("mangle", new TreeMap<>(), byChain);
    }

    private static String to(Ipv4Cidr block) {
        return block.equals(Ipv4Cidr.ALL) ? "" : "-d " + block + " ";
    }

    private static String comment(String text) {
        return "-m comment --comment \"" + text + "\"";
    }

    private static String set(Mark mark) {
        return " -j CONNMARK --set-xmark " + mark;
    }

    private static String restore(Mark mark) {
        String mask = "0x" + Long.toHexString(mark.mask());
        return " -j CONNMARK --restore-mark --nfmask " + mask + " --ctmask " + mask;
    }
}
