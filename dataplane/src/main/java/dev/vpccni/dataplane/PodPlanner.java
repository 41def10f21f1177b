package dev.vpccni.dataplane;

import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.MacAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * Plans the wiring of an ordinary pod.
 *
 * <p>The pod has its address as a /32 and reaches everything through a router that does not exist:
 * 169.254.1.1, whose permanent neighbour entry is the host interface. On the node a /32 route leads
 * to the pod, rule 512 makes every packet to it use that route, and rule 1536 sends what comes from
 * it to the table of its network interface.
 */
public final class PodPlanner {

    /** The pod's router. */
    public static final Ipv4Address GATEWAY = Ipv4Address.parse("169.254.1.1");

    private PodPlanner() {}

    /** Returns what should be there, given the addresses of the two ends of the pair. */
    public static PodPlan plan(PodWiring wiring, MacAddress hostMac, MacAddress podMac) {
        String host = wiring.hostInterface();
        String pod = wiring.podInterface();
        return new PodPlan(
                new NamespaceState(
                        List.of(new Link(host, hostMac, wiring.mtu(), true)),
                        List.of(),
                        List.of(Route.onLink(RouteTables.MAIN, wiring.address(), host)),
                        List.of(new Neighbour(wiring.address(), host, podMac)),
                        rules(wiring.address(), wiring.table())),
                new NamespaceState(
                        List.of(new Link(pod, podMac, wiring.mtu(), true)),
                        List.of(new InterfaceAddress(pod, wiring.address(), 32, null)),
                        List.of(
                                Route.onLink(RouteTables.MAIN, GATEWAY, pod),
                                Route.byDefault(RouteTables.MAIN, GATEWAY, pod)),
                        List.of(new Neighbour(GATEWAY, pod, hostMac)),
                        List.of()));
    }

    /**
     * Returns the rules on the node of a pod whose address lies on the interface of {@code table}.
     */
    public static List<Rule> rules(Ipv4Address address, int table) {
        Ipv4Cidr only = Rule.only(address);
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
    public static boolean owns(Rule rule, Ipv4Address address) {
        Ipv4Cidr only = Rule.only(address);
        return rule.equals(Rule.to(Rule.TO_POD, only, RouteTables.MAIN))
                || rule.equals(Rule.from(Rule.FROM_POD, only, rule.table()));
    }
}
