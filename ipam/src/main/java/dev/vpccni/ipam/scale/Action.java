package dev.vpccni.ipam.scale;

import dev.vpccni.ipam.ledger.InterfaceTemplate;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.InterfaceId;
import java.util.List;

/** One thing to do in EC2. The actions of a plan do not depend on each other. */
public sealed interface Action {

    /** Give an interface {@code count} more blocks. */
    record AssignTo(InterfaceId id, BlockKind kind, int count) implements Action {}

    /** Make an interface with {@code count} blocks and attach it as {@code device}. */
    record CreateInterface(InterfaceTemplate template, int device, BlockKind kind, int count)
            implements Action {}

    /** Give these blocks of an interface back. */
    record ReleaseFrom(InterfaceId id, List<Cidr> blocks) implements Action {
        public ReleaseFrom {
            blocks = List.copyOf(blocks);
        }
    }

    /** Detach and delete an interface, with the addresses on it. */
    record RemoveInterface(InterfaceId id) implements Action {}
}
