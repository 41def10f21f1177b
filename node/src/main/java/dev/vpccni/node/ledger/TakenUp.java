package dev.vpccni.node.ledger;

import dev.vpccni.ipam.ledger.Block;
import dev.vpccni.ipam.ledger.BlockStage;
import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.HeldInterface;
import dev.vpccni.ipam.ledger.InterfaceFacts;
import dev.vpccni.ipam.ledger.Ledger;
import dev.vpccni.model.Cidr;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Blocks that a ledger takes up because EC2 has given them. EC2 gives nothing twice: what another
 * ledger of the node holds of them has been taken from it, though it may not know that yet.
 */
public final class TakenUp {

    private TakenUp() {}

    /** Whoever keeps the other ledgers of the node. */
    public interface Others {
        /** Is told of blocks before any address of them is granted. */
        void take(List<Cidr> blocks) throws IOException, InterruptedException;
    }

    /** Returns the blocks that {@code command} brings. */
    static Stream<Cidr> blocks(Command command) {
        return switch (command) {
            case Command.AddInterface add -> with(add.facts(), add.blocks());
            case Command.Discover discover -> with(discover.facts(), discover.blocks());
            case Command.AddBlocks add -> add.blocks().stream();
            case Command.Trust trust -> trust.blocks().stream();
            default -> Stream.empty();
        };
    }

    private static Stream<Cidr> with(InterfaceFacts facts, List<Cidr> blocks) {
        return Stream.concat(Stream.of(facts.primaryAddress().only()), blocks.stream());
    }

    /** Returns what keeps pods off those blocks of {@code ledger} that have been taken from it. */
    public static List<Command> doubts(Ledger ledger, List<Cidr> taken) {
        var doubts = new ArrayList<Command>();
        for (HeldInterface held : ledger.interfaces()) {
            List<Cidr> lost =
                    held.blocks().stream()
                            .filter(block -> block.stage() == BlockStage.SERVING)
                            .map(Block::cidr)
                            .filter(cidr -> taken.stream().anyMatch(one -> overlap(one, cidr)))
                            .toList();
            if (!lost.isEmpty()) {
                doubts.add(new Command.Doubt(held.id(), lost));
            }
        }
        return doubts;
    }

    private static boolean overlap(Cidr one, Cidr other) {
        return one.contains(other) || other.contains(one);
    }
}
