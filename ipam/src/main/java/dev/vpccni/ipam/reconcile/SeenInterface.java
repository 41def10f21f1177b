package dev.vpccni.ipam.reconcile;

import dev.vpccni.ipam.ledger.InterfaceFacts;
import dev.vpccni.model.Cidr;
import java.util.List;

/**
 * An attached interface, as EC2 or metadata shows it.
 *
 * @param blocks its secondary addresses and prefixes
 */
public record SeenInterface(InterfaceFacts facts, List<Cidr> blocks) {

    public SeenInterface {
        blocks = List.copyOf(blocks);
    }
}
