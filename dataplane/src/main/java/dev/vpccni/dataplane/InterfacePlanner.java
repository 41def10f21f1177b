package dev.vpccni.dataplane;

import dev.vpccni.model.Ipv4Address;
import java.util.List;

/**
 * Plans a secondary network interface: its address without the connected route that would draw the
 * primary interface's traffic, and a table of its own that knows nothing but the subnet's router.
 */
public final class InterfacePlanner {

    private InterfacePlanner() {}

    /** Returns what should be there, {@code device} being the link with the interface's address. */
    public static NamespaceState plan(InterfaceSetup setup, String device) {
        if (setup.table() == RouteTables.MAIN) {
            throw new IllegalArgumentException("a secondary interface never uses table main");
        }
        Ipv4Address gateway = setup.gateway();
        return new NamespaceState(
                List.of(new Link(device, setup.mac(), setup.mtu(), true)),
                List.of(
                        new InterfaceAddress(
                                device,
                                setup.primaryAddress(),
                                setup.subnet().prefixLength(),
                                setup.subnet().last())),
                List.of(
                        Route.onLink(setup.table(), gateway, device),
                        Route.byDefault(setup.table(), gateway, device)),
                List.of(),
                List.of(
                        Rule.from(
                                Rule.FROM_INTERFACE,
                                Rule.only(setup.primaryAddress()),
                                setup.table())));
    }

    /** Tells whether {@code rule} is one that only the interface with {@code address} can have. */
    public static boolean owns(Rule rule, Ipv4Address address) {
        return rule.equals(Rule.from(Rule.FROM_INTERFACE, Rule.only(address), rule.table()));
    }
}
