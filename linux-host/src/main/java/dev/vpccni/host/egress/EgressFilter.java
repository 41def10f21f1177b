package dev.vpccni.host.egress;

import dev.vpccni.dataplane.egress.EgressFamily;
import dev.vpccni.dataplane.egress.EgressNames;
import dev.vpccni.dataplane.egress.EgressRules;
import dev.vpccni.dataplane.egress.EgressWiring;
import dev.vpccni.dataplane.firewall.SavedTable;
import dev.vpccni.host.filter.Iptables;
import dev.vpccni.host.filter.Programs;
import dev.vpccni.node.port.HostException;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The packet filter of one family, as iptables(8) or ip6tables(8) knows it. Reads one chain, for a
 * table may have thousands of rules of services, and writes in one transaction. Thread-safe for
 * different containers.
 */
final class EgressFilter {

    /** How long to wait for whoever else is changing the tables. */
    private static final String WAIT_SECONDS = "10";

    private final Programs programs;
    private final Iptables iptables;
    private final EgressFamily family;

    EgressFilter(Programs programs, Iptables iptables, EgressFamily family) {
        this.programs = programs;
        this.iptables = iptables;
        this.family = family;
    }

    /** Makes the container's part what it should be. */
    void connect(EgressWiring wiring) throws HostException, InterruptedException {
        restore(EgressRules.connect(wiring, postrouting()));
    }

    /**
     * Removes a container's part.
     *
     * @param likely whether there is one; if not, that is found out first, at half the price
     */
    void disconnect(String chain, boolean likely) throws HostException, InterruptedException {
        List<String> postrouting = postrouting();
        if (likely || EgressRules.leadsTo(chain, postrouting)) {
            restore(EgressRules.remove(new TreeSet<>(List.of(chain)), postrouting));
        }
    }

    /** Returns what of the container's part is off. */
    List<String> verify(EgressWiring wiring) throws HostException, InterruptedException {
        Programs.Outcome listed = list("nat", wiring.chain());
        List<String> chain =
                listed.status() == 0 ? rules("nat", wiring.chain(), listed.output()) : List.of();
        return EgressRules.differences(wiring, postrouting(), chain);
    }

    /** Removes chains of a network but those of {@code kept} containers; returns which. */
    SortedSet<String> sweep(EgressFamily family, String network, SortedSet<String> kept)
            throws HostException, InterruptedException {
        SavedTable nat = nat();
        SortedSet<String> stale = EgressRules.chains(family, network, nat);
        kept.forEach(container -> stale.remove(EgressNames.chain(family, network, container)));
        restore(
                EgressRules.remove(
                        stale, nat.chains().getOrDefault(EgressRules.POSTROUTING, List.of())));
        return stale;
    }

    /** Keeps containers apart, if nothing does yet. */
    void separate(EgressFamily family) throws HostException, InterruptedException {
        restore(barrier(family));
    }

    /** Tells whether nothing keeps containers apart. */
    boolean lacksSeparation(EgressFamily family) throws HostException, InterruptedException {
        return !barrier(family).isEmpty();
    }

    private String barrier(EgressFamily family) throws HostException, InterruptedException {
        String forward = demandList("filter", EgressRules.FORWARD);
        return EgressRules.barrier(family, rules("filter", EgressRules.FORWARD, forward));
    }

    /** Returns the whole table, which may have thousands of rules of services. */
    SavedTable nat() throws HostException, InterruptedException {
        return SavedTable.parse("nat", programs.demand("", program() + "-save", "-t", "nat"));
    }

    private String program() throws HostException, InterruptedException {
        return family == EgressFamily.IPV4 ? iptables.name() : iptables.name6();
    }

    private List<String> postrouting() throws HostException, InterruptedException {
        String listed = demandList("nat", EgressRules.POSTROUTING);
        return rules("nat", EgressRules.POSTROUTING, listed);
    }

    private Programs.Outcome list(String table, String chain)
            throws HostException, InterruptedException {
        return programs.run("", program(), "-w", WAIT_SECONDS, "-t", table, "-S", chain);
    }

    private String demandList(String table, String chain)
            throws HostException, InterruptedException {
        return programs.demand("", program(), "-w", WAIT_SECONDS, "-t", table, "-S", chain);
    }

    /** Writes an input of {@link EgressRules}, if it is not empty. */
    void restore(String input) throws HostException, InterruptedException {
        if (!input.isEmpty()) {
            programs.demand(input, program() + "-restore", "--noflush", "-w", WAIT_SECONDS);
        }
    }

    private static List<String> rules(String table, String chain, String listed) {
        return SavedTable.parse(table, "*" + table + "\n" + listed)
                .chains()
                .getOrDefault(chain, List.of());
    }
}
