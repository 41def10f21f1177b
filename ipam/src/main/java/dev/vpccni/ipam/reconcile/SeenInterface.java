package dev.vpccni.ipam.reconcile;

import dev.vpccni.ipam.ledger.InterfaceFacts;
import dev.vpccni.model.Ipv4Address;
import java.util.List;

/**
 * An attached interface, as EC2 or metadata shows it.
 *
 * @param addresses its secondary addresses
 */
public record SeenInterface(InterfaceFacts facts, List<Ipv4Address> addresses) {

    public SeenInterface {
        addresses = List.copyOf(addresses);
    }
}
