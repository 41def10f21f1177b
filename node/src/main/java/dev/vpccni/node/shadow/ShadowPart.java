package dev.vpccni.node.shadow;

import java.util.Locale;

/** What of a node something is said about. */
public enum ShadowPart {
    /** The other daemon, and what it is told. */
    DAEMON,
    /** Which pod has which address, by checkpoint and kernel. */
    PODS,
    /** Links, addresses, routes, rules and parameters. */
    ROUTING,
    /** Source address translation and marks. */
    FILTER,
    /** Network interfaces as EC2 has them. */
    INTERFACES,
    /** How many addresses there should be. */
    POOL;

    /** Returns it as reports have it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
