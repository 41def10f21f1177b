package dev.vpccni.ipam.ledger;

import dev.vpccni.model.BlockKind;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.InterfaceId;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Interfaces and blocks on their way in. */
final class Arrivals {

    private Arrivals() {}

    static Outcome beginCreate(Draft draft, Command.BeginCreate command, Instant now) {
        if (draft.creates.contains(command.token())) {
            return new Outcome.Done();
        }
        if (draft.creates.size() + draft.interfaces.size() >= Ledger.INTERFACES_MAX) {
            return tooMany();
        }
        var create =
                new Checkpoint.Intent.Create(
                        command.token(),
                        command.template(),
                        command.device(),
                        command.kind(),
                        command.count(),
                        command.created(),
                        null,
                        now);
        draft.creates = draft.creates.put(command.token(), create);
        return new Outcome.Done();
    }

    static Outcome noteCreated(Draft draft, Command.NoteCreated command) {
        Checkpoint.Intent.Create create = draft.creates.get(command.token());
        if (create == null) {
            return new Outcome.Refused("nothing is being made under token " + command.token());
        }
        if (!command.id().equals(create.id())) {
            draft.creates = draft.creates.put(command.token(), create.withId(command.id()));
        }
        return new Outcome.Done();
    }

    static Outcome cancelCreate(Draft draft, Command.CancelCreate command) {
        draft.creates = draft.creates.remove(command.token());
        return new Outcome.Done();
    }

    static Outcome addInterface(Draft draft, Command.AddInterface command, Instant now) {
        InterfaceFacts facts = command.facts();
        HeldInterface known = draft.interfaces.get(facts.id());
        if (known == null && draft.interfaces.size() >= Ledger.INTERFACES_MAX) {
            return tooMany();
        }
        HeldInterface held = known == null ? HeldInterface.joining(facts, now) : known;
        if (!held.facts().equals(facts)) {
            held = held.withFacts(facts);
        }
        if (held.stage() == InterfaceStage.SUSPENDED) {
            held = held.withStage(InterfaceStage.SERVING);
        }
        if (held != known) {
            draft.put(held);
        }
        draft.departed = draft.departed.remove(facts.id());
        if (command.token() != null) {
            draft.creates = draft.creates.remove(command.token());
        }
        return add(draft, held, command.blocks(), now);
    }

    static Outcome discover(Draft draft, Command.Discover command, Instant now) {
        InterfaceFacts facts = command.facts();
        if (draft.interfaces.contains(facts.id())) {
            return new Outcome.Done();
        }
        if (draft.interfaces.size() >= Ledger.INTERFACES_MAX) {
            return tooMany();
        }
        HeldInterface joining = HeldInterface.joining(facts, now);
        HeldInterface held =
                facts.role().managed() ? joining.withStage(InterfaceStage.SUSPENDED) : joining;
        draft.put(held);
        draft.departed = draft.departed.remove(facts.id());
        return add(draft, held, command.blocks(), now);
    }

    static Outcome describe(Draft draft, Command.Describe command) {
        HeldInterface held = draft.interfaces.get(command.facts().id());
        if (held == null) {
            return unknown(command.facts().id());
        }
        if (!held.facts().equals(command.facts())) {
            HeldInterface described = held.withFacts(command.facts());
            boolean mayServe = !held.facts().role().managed() && command.facts().role().managed();
            // Nobody has set it up in the kernel yet.
            draft.put(mayServe ? described.withStage(InterfaceStage.SUSPENDED) : described);
        }
        return new Outcome.Done();
    }

    static Outcome suspend(Draft draft, Command.Suspend command) {
        HeldInterface held = draft.interfaces.get(command.id());
        if (held == null) {
            return unknown(command.id());
        }
        if (held.stage() == InterfaceStage.SERVING) {
            draft.put(held.withStage(InterfaceStage.SUSPENDED));
        }
        return new Outcome.Done();
    }

    static Outcome beginAssign(Draft draft, Command.BeginAssign command, Instant now) {
        HeldInterface held = draft.interfaces.get(command.id());
        if (held == null) {
            return unknown(command.id());
        }
        long expected = (long) held.size() + command.count();
        if (held.stage() != InterfaceStage.SERVING
                || held.arriving().count() > 0
                || command.count() < 1
                || expected > Ledger.INTERFACE_BLOCKS_MAX) {
            return new Outcome.Refused(
                    held.id() + " (" + held.stage() + ") cannot grow to " + expected);
        }
        draft.put(
                held.withArriving(
                        new HeldInterface.Arriving(command.kind(), command.count(), now)));
        return new Outcome.Done();
    }

    static Outcome endAssign(Draft draft, Command.EndAssign command) {
        HeldInterface held = draft.interfaces.get(command.id());
        if (held != null && held.arriving().count() > 0 && command.count() > 0) {
            HeldInterface.Arriving arriving = held.arriving();
            int left = Math.max(0, arriving.count() - command.count());
            draft.put(
                    held.withArriving(
                            new HeldInterface.Arriving(arriving.kind(), left, arriving.since())));
        }
        return new Outcome.Done();
    }

    static Outcome addBlocks(Draft draft, Command.AddBlocks command, Instant now) {
        HeldInterface held = draft.interfaces.get(command.id());
        return held == null ? unknown(command.id()) : add(draft, held, command.blocks(), now);
    }

    private static Outcome add(Draft draft, HeldInterface to, List<Cidr> blocks, Instant now) {
        if (to.stage() == InterfaceStage.LEAVING) {
            return new Outcome.Refused(to.id() + " is being removed");
        }
        HeldInterface held = to;
        for (Cidr block : blocks) {
            if (!BlockKind.exists(block)) {
                return new Outcome.Refused(block + " is no block that EC2 gives");
            }
            if (block.contains(held.facts().primaryAddress())) {
                return new Outcome.Refused(
                        BlockKind.text(block) + " has the primary address of " + held.id());
            }
            if (block.isSingle()) {
                draft.letOut(block.network(), held.id());
                held = Objects.requireNonNull(draft.interfaces.get(held.id()));
            } else {
                held = draft.absorb(held, block);
            }
            if (draft.holderOf(block) == null) {
                held = draft.place(held.withGrown(now), block);
            }
        }
        return held.size() > Ledger.INTERFACE_BLOCKS_MAX
                ? new Outcome.Refused(held.id() + " cannot have " + held.size() + " blocks")
                : new Outcome.Done();
    }

    static Outcome unknown(@Nullable InterfaceId id) {
        return new Outcome.Refused("no interface " + id);
    }

    private static Outcome tooMany() {
        return new Outcome.Refused("more than " + Ledger.INTERFACES_MAX + " interfaces");
    }
}
