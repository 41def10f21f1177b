package dev.vpccni.host;

import dev.vpccni.dataplane.firewall.Backend;
import dev.vpccni.dataplane.firewall.ConnectionMarks;
import dev.vpccni.dataplane.firewall.FirewallPlan;
import dev.vpccni.dataplane.firewall.RestoreInput;
import dev.vpccni.dataplane.firewall.SavedTable;
import dev.vpccni.dataplane.firewall.TablePlan;
import dev.vpccni.node.port.HostException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The packet filter as iptables(8) and nft(8) know it. Reads first and writes differences only,
 * each table in one transaction. Not thread-safe.
 */
final class PacketFilter {

    /** How long to wait for whoever else is changing the tables. */
    private static final String WAIT_SECONDS = "10";

    private static final String NFT_TABLE = "nft table ip " + ConnectionMarks.TABLE;

    private final Programs programs;
    private final String iptables;
    private @Nullable Backend backend;

    /**
     * @param iptables the program's name, from which those of its siblings follow: {@code
     *     iptables}, {@code iptables-legacy} or {@code iptables-nft}
     */
    PacketFilter(Programs programs, String iptables) {
        this.programs = programs;
        this.iptables = iptables;
    }

    /** Returns what iptables(8) speaks to, which does not change while this process lives. */
    Backend backend() throws HostException, InterruptedException {
        Backend known = backend;
        if (known == null) {
            known = Backend.of(programs.demand("", iptables, "--version"));
            backend = known;
        }
        return known;
    }

    /** Makes our part of the packet filter what {@code plan} says; returns what was not so. */
    List<String> apply(FirewallPlan plan) throws HostException, InterruptedException {
        var changed = new ArrayList<String>();
        ConnectionMarks marks = plan.connectionMarks();
        if (marks != null) {
            mark(marks, changed);
        }
        restore(plan, changed);
        if (marks == null) {
            removeMarks(changed);
        }
        return changed;
    }

    private void restore(FirewallPlan plan, List<String> changed)
            throws HostException, InterruptedException {
        String saved = programs.demand("", iptables + "-save");
        var input = new StringBuilder();
        for (TablePlan table : List.of(plan.nat(), plan.mangle())) {
            SavedTable seen = SavedTable.parse(table.name(), saved);
            String difference = RestoreInput.between(table, seen);
            List<String> missing = table.missingFrom(seen);
            if (!difference.isEmpty()) {
                input.append(difference);
                changed.addAll(
                        missing.isEmpty()
                                ? List.of(
                                        "table "
                                                + table.name()
                                                + " in order and without what is stale")
                                : missing);
            }
        }
        if (!input.isEmpty()) {
            programs.demand(
                    input.toString(), iptables + "-restore", "--noflush", "-w", WAIT_SECONDS);
        }
    }

    private void mark(ConnectionMarks marks, List<String> changed)
            throws HostException, InterruptedException {
        if (!marks.listing().equals(list().output())) {
            programs.demand(marks.script(), "nft", "-f", "-");
            changed.add(NFT_TABLE);
        }
    }

    private void removeMarks(List<String> changed) throws HostException, InterruptedException {
        Programs.Outcome listed;
        try {
            listed = list();
        } catch (HostException e) {
            return; // Without nft(8) nobody has made the table.
        }
        if (listed.status() == 0) {
            programs.demand(ConnectionMarks.REMOVAL, "nft", "-f", "-");
            changed.add("without " + NFT_TABLE);
        }
    }

    /** Prints our nft table; the status is not 0 if there is none. */
    private Programs.Outcome list() throws HostException, InterruptedException {
        return programs.run("", "nft", "-s", "list", "table", "ip", ConnectionMarks.TABLE);
    }
}
