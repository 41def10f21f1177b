package dev.vpccni.ipam.reconcile;

import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.InterfaceId;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a reconciliation asks for.
 *
 * @param commands for the ledger, in this order
 * @param serve interfaces that both EC2 and the kernel have and that serve nobody: set them up in
 *     the kernel, then add them
 * @param abandoned grants whose pods have been gone for a while: let go of them as a DEL would
 * @param findings what does not fit and is not corrected (yet), as lines to show
 * @param askEc2 whether a hint came up that only EC2 can settle
 * @param askAgain whether EC2 has to be asked once more, a moment later, to be believed
 * @param misplaced how many blocks EC2 shows on an interface that the ledger holds on another;
 *     empty if EC2 was not asked
 * @param suspicions to bring to the next reconciliation
 */
public record Corrections(
        List<Command> commands,
        List<SeenInterface> serve,
        List<AttachmentKey> abandoned,
        List<String> findings,
        boolean askEc2,
        boolean askAgain,
        SortedMap<InterfaceId, Integer> misplaced,
        Suspicions suspicions) {

    public Corrections {
        commands = List.copyOf(commands);
        serve = List.copyOf(serve);
        abandoned = List.copyOf(abandoned);
        findings = List.copyOf(findings);
        misplaced = Collections.unmodifiableSortedMap(new TreeMap<>(misplaced));
    }
}
