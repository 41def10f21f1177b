package dev.vpccni.dataplane;

import dev.vpccni.model.IpAddress;
import dev.vpccni.model.IpFamily;
import java.util.ArrayList;
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
        IpAddress gateway = setup.gateway();
        var addresses = new ArrayList<InterfaceAddress>();
        var rules = new ArrayList<Rule>();
        if (setup.hasAddress()) {
            addresses.add(address(setup, device));
            rules.add(Rule.from(Rule.FROM_INTERFACE, setup.primaryAddress().only(), setup.table()));
        }
        return new NamespaceState(
                List.of(new Link(device, setup.mac(), setup.mtu(), true)),
                addresses,
                List.of(
                        Route.onLink(setup.table(), gateway, device),
                        Route.byDefault(setup.table(), gateway, device)),
                List.of(),
                rules);
    }

    private static InterfaceAddress address(InterfaceSetup setup, String device) {
        boolean hasBroadcast = setup.subnet().family() == IpFamily.IPV4;
        return new InterfaceAddress(
                device,
                setup.primaryAddress(),
                setup.subnet().prefixLength(),
                hasBroadcast ? setup.subnet().last() : null);
    }

    /** Tells whether {@code rule} is one that only the interface with {@code address} can have. */
    public static boolean owns(Rule rule, IpAddress address) {
        return rule.equals(Rule.from(Rule.FROM_INTERFACE, address.only(), rule.table()));
    }
}
