package dev.vpccni.dataplane.firewall;

import org.jspecify.annotations.Nullable;

/**
 * What of the packet filter is ours.
 *
 * @param nat the iptables table {@code nat}
 * @param mangle the iptables table {@code mangle}
 * @param connectionMarks the nft table that marks connections, or null if there should be none
 */
public record FirewallPlan(
        TablePlan nat, TablePlan mangle, @Nullable ConnectionMarks connectionMarks) {}
