package dev.vpccni.ipam.reconcile;

import dev.vpccni.ipam.ledger.Command;
import java.util.List;

/**
 * What a reconciliation asks for.
 *
 * @param commands for the ledger, in this order
 * @param adopt interfaces that nobody knew: set them up in the kernel, then add them
 * @param findings what does not fit and is not corrected (yet), as lines to show
 * @param askEc2 whether a hint came up that only EC2 can settle
 * @param suspicions to bring to the next reconciliation
 */
public record Corrections(
        List<Command> commands,
        List<SeenInterface> adopt,
        List<String> findings,
        boolean askEc2,
        Suspicions suspicions) {

    public Corrections {
        commands = List.copyOf(commands);
        adopt = List.copyOf(adopt);
        findings = List.copyOf(findings);
    }
}
