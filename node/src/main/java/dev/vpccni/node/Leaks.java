package dev.vpccni.node;

import dev.vpccni.ipam.ledger.Ledger;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.node.port.Ec2;
import dev.vpccni.node.port.Ec2Exception;
import dev.vpccni.node.port.ObservedInterface;
import java.util.function.Supplier;

/**
 * Finds and deletes interfaces that this node made and lost: those with its description that hang
 * on nothing. Nothing may be in the making meanwhile, for that looks the same.
 */
final class Leaks {

    private final Ec2 ec2;
    private final Interfaces interfaces;
    private final LedgerKeeper keeper;
    private final Supplier<Instance> instance;
    private final Explanations explanations;

    Leaks(
            Ec2 ec2,
            Interfaces interfaces,
            LedgerKeeper keeper,
            Supplier<Instance> instance,
            Explanations explanations) {
        this.ec2 = ec2;
        this.interfaces = interfaces;
        this.keeper = keeper;
        this.instance = instance;
        this.explanations = explanations;
    }

    /** Deletes what was lost, as far as EC2 shows it. */
    void sweep() throws Ec2Exception, InterruptedException {
        Instance self = instance.get();
        for (ObservedInterface shown :
                ec2.describeByDescription(self.identity().vpc(), self.description())) {
            if (shown.attachment() == null && !isKnown(shown.id())) {
                explanations.add("delete " + shown.id(), "it is ours and hangs on nothing");
                interfaces.deleteLeaked(shown.id());
            }
        }
    }

    private boolean isKnown(InterfaceId id) {
        Ledger ledger = keeper.ledger();
        return ledger.find(id) != null
                || ledger.creates().stream().anyMatch(create -> id.equals(create.id()));
    }
}
