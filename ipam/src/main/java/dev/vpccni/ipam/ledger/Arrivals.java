package dev.vpccni.ipam.ledger;

import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.Ipv4Address;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Interfaces and addresses on their way in. */
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
                        command.subnet(),
                        command.device(),
                        command.addresses(),
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
        return add(draft, held, command.addresses(), now);
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
                facts.role().serves() ? joining.withStage(InterfaceStage.SUSPENDED) : joining;
        draft.put(held);
        draft.departed = draft.departed.remove(facts.id());
        return add(draft, held, command.addresses(), now);
    }

    static Outcome describe(Draft draft, Command.Describe command) {
        HeldInterface held = draft.interfaces.get(command.facts().id());
        if (held == null) {
            return unknown(command.facts().id());
        }
        if (!held.facts().equals(command.facts())) {
            HeldInterface described = held.withFacts(command.facts());
            boolean mayServe = !held.facts().role().serves() && command.facts().role().serves();
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
                || held.arriving() > 0
                || command.count() < 1
                || expected > Ledger.INTERFACE_ADDRESSES_MAX) {
            return new Outcome.Refused(
                    held.id() + " (" + held.stage() + ") cannot grow to " + expected);
        }
        draft.put(held.withArriving(command.count(), now));
        return new Outcome.Done();
    }

    static Outcome endAssign(Draft draft, Command.EndAssign command) {
        HeldInterface held = draft.interfaces.get(command.id());
        if (held != null && held.arriving() > 0 && command.count() > 0) {
            int left = Math.max(0, held.arriving() - command.count());
            draft.put(held.withArriving(left, held.arrivingSince()));
        }
        return new Outcome.Done();
    }

    static Outcome addAddresses(Draft draft, Command.AddAddresses command, Instant now) {
        HeldInterface held = draft.interfaces.get(command.id());
        return held == null ? unknown(command.id()) : add(draft, held, command.addresses(), now);
    }

    private static Outcome add(
            Draft draft, HeldInterface to, List<Ipv4Address> addresses, Instant now) {
        if (to.stage() == InterfaceStage.LEAVING) {
            return new Outcome.Refused(to.id() + " is being removed");
        }
        HeldInterface held = to;
        for (Ipv4Address address : addresses) {
            if (address.equals(held.facts().primaryAddress())) {
                return new Outcome.Refused(address + " is the primary one of " + held.id());
            }
            if (draft.homes.get(address) == null) {
                held = draft.place(held.withGrown(now), address);
            }
        }
        return held.size() > Ledger.INTERFACE_ADDRESSES_MAX
                ? new Outcome.Refused(held.id() + " cannot have " + held.size() + " addresses")
                : new Outcome.Done();
    }

    static Outcome unknown(@Nullable InterfaceId id) {
        return new Outcome.Refused("no interface " + id);
    }

    private static Outcome tooMany() {
        return new Outcome.Refused("more than " + Ledger.INTERFACES_MAX + " interfaces");
    }
}
