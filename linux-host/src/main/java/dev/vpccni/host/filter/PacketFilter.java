package dev.vpccni.host.filter;

import dev.vpccni.dataplane.firewall.Backend;
import dev.vpccni.dataplane.firewall.ConnectionMarks;
import dev.vpccni.dataplane.firewall.FirewallPlan;
import dev.vpccni.dataplane.firewall.RestoreInput;
import dev.vpccni.dataplane.firewall.SavedTable;
import dev.vpccni.dataplane.firewall.TablePlan;
import dev.vpccni.host.kernel.KernelStep;
import dev.vpccni.linux.Errno;
import dev.vpccni.linux.ErrnoException;
import dev.vpccni.linux.netfilter.NfTables;
import dev.vpccni.linux.netfilter.NftTable;
import dev.vpccni.node.port.HostException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/**
 * The packet filter as iptables(8) and nf_tables know it. Reads first and writes differences only,
 * each table in one transaction. Belongs to platform threads in the node's network namespace. Not
 * thread-safe.
 */
public final class PacketFilter {

    /** How long to wait for whoever else is changing the tables. */
    private static final String WAIT_SECONDS = "10";

    private static final String NFT_TABLE = "nft table ip " + ConnectionMarks.TABLE;

    /** What kernels say who know no nf_tables, or not where we are. */
    private static final Set<Integer> NO_NFTABLES =
            Set.of(Errno.EINVAL, Errno.EOPNOTSUPP, Errno.EPROTONOSUPPORT);

    private final Programs programs;
    private final Iptables iptables;
    private boolean cleared;

    /** Begins with nothing known of the node. */
    public PacketFilter(Programs programs, Iptables iptables) {
        this.programs = programs;
        this.iptables = iptables;
    }

    /** Returns what iptables(8) speaks to, which does not change while this process lives. */
    public Backend backend() throws HostException, InterruptedException {
        return iptables.backend();
    }

    /** Makes our part of the packet filter what {@code plan} says; returns what was not so. */
    public List<String> apply(FirewallPlan plan) throws HostException, InterruptedException {
        var changed = new ArrayList<String>();
        ConnectionMarks marks = plan.connectionMarks();
        if (marks != null) {
            mark(marks, changed);
        }
        restore(plan, changed);
        if (marks == null) {
            removeMarks(changed);
        }
        if (!cleared) {
            clearOther(changed);
            cleared = true;
        }
        return changed;
    }

    /** Returns what {@link #apply} would change, and changes nothing. */
    public List<String> differences(FirewallPlan plan) throws HostException, InterruptedException {
        var differing = new ArrayList<String>();
        ConnectionMarks marks = plan.connectionMarks();
        if (marks != null ? !isMarked(MarkTable.of(marks)) : hasMarks()) {
            differing.add(marks != null ? NFT_TABLE : "without " + NFT_TABLE);
        }
        var _ = difference(plan, differing);
        if (!differenceOfOther().isEmpty()) {
            differing.add("without what is ours of " + iptables.otherName());
        }
        return differing;
    }

    private static boolean isMarked(NftTable wanted) throws HostException {
        try (NfTables tables = NfTables.open()) {
            return wanted.equals(tables.read(wanted.name(), MarkTable.CHAINS));
        } catch (IOException e) {
            throw KernelStep.refused("read " + NFT_TABLE, e);
        }
    }

    private static boolean hasMarks() throws HostException {
        try (NfTables tables = NfTables.open()) {
            return tables.read(ConnectionMarks.TABLE, List.of()) != null;
        } catch (ErrnoException e) {
            if (NO_NFTABLES.contains(e.errno())) {
                return false;
            }
            throw KernelStep.refused("read " + NFT_TABLE, e);
        } catch (IOException e) {
            throw KernelStep.refused("read " + NFT_TABLE, e);
        }
    }

    private void restore(FirewallPlan plan, List<String> changed)
            throws HostException, InterruptedException {
        restore(iptables.name(), difference(plan, changed));
    }

    /**
     * Returns what iptables-restore(8) is to be told.
     *
     * @param changed to which is added what that changes
     */
    private CharSequence difference(FirewallPlan plan, List<String> changed)
            throws HostException, InterruptedException {
        String saved = programs.demand("", iptables.name() + "-save");
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
        return input;
    }

    private void restore(String name, CharSequence input)
            throws HostException, InterruptedException {
        if (!input.isEmpty()) {
            programs.demand(input.toString(), name + "-restore", "--noflush", "-w", WAIT_SECONDS);
        }
    }

    /**
     * Removes what is ours from the packet filter that is not used, where somebody left it before
     * the node's programs changed. Nobody makes it anew, so once is enough. What cannot be read
     * there nobody can have written.
     */
    private void clearOther(List<String> changed) throws HostException, InterruptedException {
        String other = iptables.otherName();
        CharSequence input = differenceOfOther();
        if (!input.isEmpty()) {
            restore(other, input);
            changed.add("without what is ours of " + other);
        }
    }

    private CharSequence differenceOfOther() throws HostException, InterruptedException {
        Programs.Outcome saved;
        try {
            saved = programs.run("", iptables.otherName() + "-save");
        } catch (HostException e) {
            return "";
        }
        var input = new StringBuilder();
        for (String table : List.of("nat", "mangle")) {
            var nothing = new TablePlan(table, new TreeMap<>(), new TreeMap<>());
            input.append(RestoreInput.between(nothing, SavedTable.parse(table, saved.output())));
        }
        return input;
    }

    private static void mark(ConnectionMarks marks, List<String> changed) throws HostException {
        NftTable wanted = MarkTable.of(marks);
        try (NfTables tables = NfTables.open()) {
            if (!wanted.equals(tables.read(wanted.name(), MarkTable.CHAINS))) {
                tables.replace(wanted);
                changed.add(NFT_TABLE);
            }
        } catch (IOException e) {
            throw KernelStep.refused("make " + NFT_TABLE, e);
        }
    }

    private static void removeMarks(List<String> changed) throws HostException {
        try (NfTables tables = NfTables.open()) {
            if (tables.read(ConnectionMarks.TABLE, List.of()) != null) {
                tables.remove(ConnectionMarks.TABLE);
                changed.add("without " + NFT_TABLE);
            }
        } catch (ErrnoException e) {
            if (!NO_NFTABLES.contains(e.errno())) {
                throw KernelStep.refused("remove " + NFT_TABLE, e);
            }
        } catch (IOException e) {
            throw KernelStep.refused("remove " + NFT_TABLE, e);
        }
    }
}
