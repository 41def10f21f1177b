package dev.vpccni.node.eni;

import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.HeldInterface;
import dev.vpccni.ipam.ledger.Ledger;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.InterfaceId;
import java.util.ArrayList;
import java.util.List;

/**
 * What EC2 proves by giving blocks: that it has taken them from wherever they were on their way
 * back from. Its answer to that may come later, or never.
 */
final class ProvenReleases {

    private ProvenReleases() {}

    /**
     * Returns the ends of the releases that {@code given} proves.
     *
     * @param to which interface EC2 gave them to. What it gave to the one that gives back the very
     *     same is left out: whoever asks EC2 to take it may ask once more, and mean this one
     */
    static List<Command> by(Ledger ledger, InterfaceId to, List<Cidr> given) {
        List<Command> ends = new ArrayList<>();
        for (HeldInterface held : ledger.interfaces()) {
            List<Cidr> gone =
                    held.leavingBlocks().stream()
                            .filter(block -> isIn(given, block))
                            .filter(block -> !held.id().equals(to) || !given.contains(block))
                            .toList();
            if (!gone.isEmpty()) {
                ends.add(new Command.ConfirmReleased(held.id(), gone));
            }
        }
        return ends;
    }

    private static boolean isIn(List<Cidr> given, Cidr block) {
        return given.stream().anyMatch(g -> g.contains(block) || block.contains(g));
    }
}
