package dev.vpccni.ipam.ledger;

import dev.vpccni.model.BlockKind;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.InterfaceId;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;

/** Blocks and interfaces on their way out. */
final class Departures {

    private Departures() {}

    static Outcome beginRelease(Draft draft, Command.BeginRelease command, Instant now) {
        HeldInterface held = draft.interfaces.get(command.id());
        if (held == null) {
            return Arrivals.unknown(command.id());
        }
        for (Cidr cidr : command.blocks()) {
            Block block = held.find(cidr);
            if (block == null) {
                return new Outcome.Refused(BlockKind.text(cidr) + " is not on " + held.id());
            }
            if (block.stage() == BlockStage.DOUBTED) {
                return new Outcome.Refused(BlockKind.text(cidr) + " may be gone already");
            }
            if (block.inUse() > 0) {
                return new Outcome.Refused(BlockKind.text(cidr) + " is in use");
            }
            if (block.cooling(now, draft.cooldown) > 0) {
                return new Outcome.Refused(BlockKind.text(cidr) + " is cooling down");
            }
            held = held.with(block.withStage(BlockStage.LEAVING));
        }
        put(draft, held);
        return new Outcome.Done();
    }

    static Outcome confirmReleased(Draft draft, Command.ConfirmReleased command, Instant now) {
        HeldInterface held = draft.interfaces.get(command.id());
        if (held == null) {
            return new Outcome.Done();
        }
        for (Cidr cidr : command.blocks()) {
            Block block = held.find(cidr);
            if (block != null && block.stage() != BlockStage.LEAVING) {
                return new Outcome.Refused(BlockKind.text(cidr) + " was not being given back");
            }
            if (block != null) {
                held = held.without(cidr);
                draft.homes = draft.homes.remove(cidr);
                draft.departedBlocks = draft.departedBlocks.put(cidr, now);
            }
        }
        put(draft, held);
        draft.forgetCooled();
        return new Outcome.Done();
    }

    static Outcome cancelRelease(Draft draft, Command.CancelRelease command) {
        return move(
                draft,
                command.id(),
                command.blocks(),
                block -> block.stage() == BlockStage.LEAVING,
                BlockStage.SERVING);
    }

    static Outcome doubt(Draft draft, Command.Doubt command) {
        return move(
                draft,
                command.id(),
                command.blocks(),
                block -> block.stage() == BlockStage.SERVING,
                BlockStage.DOUBTED);
    }

    static Outcome trust(Draft draft, Command.Trust command) {
        return move(
                draft,
                command.id(),
                command.blocks(),
                block -> block.stage() == BlockStage.DOUBTED,
                BlockStage.SERVING);
    }

    private static Outcome move(
            Draft draft,
            InterfaceId id,
            List<Cidr> blocks,
            Predicate<Block> those,
            BlockStage stage) {
        HeldInterface held = draft.interfaces.get(id);
        if (held == null) {
            return new Outcome.Done();
        }
        for (Cidr cidr : blocks) {
            Block block = held.find(cidr);
            if (block != null && those.test(block)) {
                held = held.with(block.withStage(stage));
            }
        }
        put(draft, held);
        return new Outcome.Done();
    }

    static Outcome forget(Draft draft, Command.ForgetBlock command, Instant now) {
        HeldInterface held = draft.interfaces.get(command.id());
        Block block = held == null ? null : held.find(command.block());
        if (held == null || block == null) {
            return new Outcome.Done();
        }
        if (block.inUse() > 0) {
            return new Outcome.Refused(BlockKind.text(command.block()) + " is in use");
        }
        draft.displace(block);
        draft.put(held.without(command.block()));
        draft.forgetCooled();
        return new Outcome.Done();
    }

    static Outcome beginRemoval(Draft draft, Command.BeginRemoval command, Instant now) {
        HeldInterface held = draft.interfaces.get(command.id());
        if (held == null) {
            return Arrivals.unknown(command.id());
        }
        if (held.stage() == InterfaceStage.LEAVING) {
            return new Outcome.Done();
        }
        String against = held.againstRemoval(now, draft.cooldown);
        if (against != null) {
            return new Outcome.Refused(held.id() + " " + against);
        }
        draft.put(held.withStage(InterfaceStage.LEAVING));
        draft.removals = draft.removals.put(held.id(), now);
        return new Outcome.Done();
    }

    static Outcome confirmRemoved(Draft draft, Command.ConfirmRemoved command, Instant now) {
        HeldInterface held = draft.interfaces.get(command.id());
        if (held == null) {
            return new Outcome.Done();
        }
        if (held.stage() != InterfaceStage.LEAVING) {
            return new Outcome.Refused(held.id() + " was not being removed");
        }
        for (Block block : held.blocks()) {
            draft.homes = draft.homes.remove(block.cidr());
        }
        draft.remove(held);
        draft.departed = draft.departed.put(held.id(), now);
        draft.forgetCooled();
        return new Outcome.Done();
    }

    static Outcome cancelRemoval(Draft draft, Command.CancelRemoval command) {
        HeldInterface held = draft.interfaces.get(command.id());
        if (held != null && held.stage() == InterfaceStage.LEAVING) {
            draft.put(held.withStage(InterfaceStage.SERVING));
            draft.removals = draft.removals.remove(held.id());
        }
        return new Outcome.Done();
    }

    static Outcome forget(Draft draft, Command.ForgetInterface command, Instant now) {
        HeldInterface held = draft.interfaces.get(command.id());
        if (held != null) {
            held.blocks().forEach(draft::displace);
            draft.remove(held);
            draft.forgetCooled();
        }
        return new Outcome.Done();
    }

    private static void put(Draft draft, HeldInterface held) {
        if (draft.interfaces.get(held.id()) != held) {
            draft.put(held);
        }
    }
}
