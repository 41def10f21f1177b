package dev.vpccni.acceptance.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;

/**
 * What verbs leave in a node's kernel and on its disk, as text that two moments can be compared by:
 * links, addresses, rules, routes, firewall rules, grants.
 */
public record Residue(String text) {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration POLL = Duration.ofMillis(50);

    /** Counters, IPv6, and what else the kernel changes by itself are left out. */
    private static final String SCRIPT =
            """
            ls /sys/class/net
            ip -4 -o address | sed 's/ *valid_lft.*//'
            ip rule
            ip -4 route show table all
            iptables-save | grep '^-A'
            sed 's/.*"allocations":\\(\\[[^]]*\\]\\).*/grants \\1/' /run/aws-node/ipam.json ||
                echo 'grants []'
            """;

    /** Looks at a node. */
    public static Residue of(LabUnderTest lab, String node) throws Exception {
        Ended looked = lab.exec(node, "sh", "-c", SCRIPT);
        assertThat(looked.out()).as(looked.err()).contains("0:\tfrom all lookup local");
        return new Residue(looked.out());
    }

    /**
     * Waits until a node with default targets has the spare interface that they ask for once it has
     * a pod: what comes last is its rule.
     */
    public static void awaitSpareInterface(LabUnderTest lab, String node) throws Exception {
        lab.await(
                "the spare interface of " + node,
                PATIENCE,
                () -> lab.exec(node, "ip", "rule").out().contains("32765:"));
    }

    /** Waits until the last pod's link has gone, and looks then. */
    public static Residue awaitNoPods(LabUnderTest lab, String node) throws Exception {
        lab.await(
                "no pod's link on " + node,
                PATIENCE,
                () -> !lab.exec(node, "ls", "/sys/class/net").out().contains("eni"));
        return of(lab, node);
    }

    /** Waits until a node is as it was before: the kernel takes links away in its own time. */
    public static void awaitSame(LabUnderTest lab, String node, Residue before) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!of(lab, node).equals(before) && System.nanoTime() < deadline) {
            Thread.sleep(POLL);
        }
        assertThat(of(lab, node).text).as("what is left on " + node).isEqualTo(before.text);
    }
}
