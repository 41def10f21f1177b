package dev.vpccni.dataplane;

import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv6Address;
import dev.vpccni.model.MacAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Plans the wiring of a pod, as it is for an ordinary one; {@link BranchPlanner} has what differs.
 *
 * <p>The pod has its address alone, as a /32 or /128, and reaches everything through a router that
 * does not exist: 169.254.1.1 or fe80::1, whose permanent neighbour entry is the host interface. On
 * the node a route to that one address leads to the pod, rule 512 makes every packet to it use that
 * route, and rule 1536 sends what comes from it to the table of its network interface. A further
 * card's link has the next router's address.
 */
public final class PodPlanner {

    private static final Ipv4Address IPV4_GATEWAY = Ipv4Address.parse("169.254.1.1");
    private static final Ipv6Address IPV6_GATEWAY = Ipv6Address.parse("fe80::1");

    private PodPlanner() {}

    /** The addresses of the two ends of a pair. */
    public record Ends(MacAddress host, MacAddress pod) {}

    /**
     * Returns what should be there, one plan for each link.
     *
     * @param ends the addresses of a link's two ends
     */
    public static List<PodPlan> plan(PodWiring wiring, Function<? super PodLink, Ends> ends) {
        return switch (wiring) {
            case PodWiring.OneAddress(PodLink link) -> List.of(plan(link, 0, ends.apply(link)));
            case PodWiring.AddressPerCard(List<PodLink> perCard) -> {
                var plans = new ArrayList<PodPlan>();
                for (PodLink link : perCard) {
                    plans.add(plan(link, plans.size(), ends.apply(link)));
                }
                yield plans;
            }
            case PodWiring.OnBranch branch ->
                    List.of(
                            BranchPlanner.plan(
                                    branch, plan(branch.link(), 0, ends.apply(branch.link()))));
        };
    }

    /**
     * @param card what it counts among the pod's links, from 0
     */
    private static PodPlan plan(PodLink link, int card, Ends ends) {
        return new PodPlan(
                link, host(link, ends), pod(link, card, ends), podParameters(link), null);
    }

    /**
     * Returns what lets a pod use IPv6 as soon as it is connected. Runtimes may switch it off, and
     * the kernel spends two seconds on asking whether somebody else has the interface's own
     * address, where nobody but the node can hear the question.
     */
    private static SortedMap<String, String> podParameters(PodLink link) {
        var parameters = new TreeMap<String, String>();
        switch (link.address().family()) {
            case IPV4 -> {
                // nothing to set
            }
            case IPV6 -> {
                String own = "net/ipv6/conf/" + link.podInterface() + "/";
                parameters.put(own + "accept_dad", "0");
                parameters.put(own + "disable_ipv6", "0");
                parameters.put("net/ipv6/conf/lo/disable_ipv6", "0");
            }
        }
        return parameters;
    }

    private static NamespaceState host(PodLink link, Ends ends) {
        String device = link.hostInterface();
        IpAddress address = link.address();
        return new NamespaceState(
                List.of(new Link(device, ends.host(), link.mtu(), true)),
                List.of(),
                List.of(Route.onLink(RouteTables.MAIN, address, device)),
                List.of(new Neighbour(address, device, ends.pod())),
                rules(address, link.table()));
    }

    /** What comes from another address than the first one's has a table of its own. */
    private static NamespaceState pod(PodLink link, int card, Ends ends) {
        String device = link.podInterface();
        IpAddress address = link.address();
        IpAddress gateway = gateway(address.family(), card);
        int table = card == 0 ? RouteTables.MAIN : card;
        return new NamespaceState(
                List.of(new Link(device, ends.pod(), link.mtu(), true)),
                List.of(new InterfaceAddress(device, address, address.family().bits(), null)),
                List.of(
                        Route.onLink(table, gateway, device),
                        Route.byDefault(table, gateway, device)),
                List.of(new Neighbour(gateway, device, ends.host())),
                card == 0 ? List.of() : List.of(Rule.from(Rule.WITHIN_POD, address.only(), table)));
    }

    private static IpAddress gateway(IpFamily family, int card) {
        return switch (family) {
            case IPV4 -> IPV4_GATEWAY.plus(card);
            case IPV6 -> IPV6_GATEWAY.plus(card);
        };
    }

    /**
     * Returns the rules on the node of a pod whose address lies on the interface of {@code table}.
     */
    public static List<Rule> rules(IpAddress address, int table) {
        Cidr only = address.only();
        var rules = new ArrayList<Rule>();
        rules.add(Rule.to(Rule.TO_POD, only, RouteTables.MAIN));
        if (table != RouteTables.MAIN) {
            rules.add(Rule.from(Rule.FROM_POD, only, table));
        }
        return rules;
    }

    /**
     * Tells whether {@code rule} is one that only a pod with {@code address} can have: such a rule
     * goes when it is not among {@link #rules}. A rule for a larger block is somebody else's.
     */
    public static boolean owns(Rule rule, IpAddress address) {
        Cidr only = address.only();
        return rule.equals(Rule.to(Rule.TO_POD, only, RouteTables.MAIN))
                || rule.equals(Rule.from(Rule.FROM_POD, only, rule.table()));
    }

    /** Tells whether {@code rule}, inside a pod, is one that only its {@code address} can have. */
    public static boolean ownsWithin(Rule rule, IpAddress address) {
        return rule.equals(Rule.from(Rule.WITHIN_POD, address.only(), rule.table()));
    }
}
