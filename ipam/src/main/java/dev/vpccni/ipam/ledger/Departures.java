package dev.vpccni.ipam.ledger;

import dev.vpccni.model.Ipv4Address;
import java.time.Instant;

/** Addresses and interfaces on their way out. */
final class Departures {

    private Departures() {}

    static Outcome beginRelease(Draft draft, Command.BeginRelease command, Instant now) {
        HeldInterface held = draft.interfaces.get(command.id());
        if (held == null) {
            return Arrivals.unknown(command.id());
        }
        for (Ipv4Address address : command.addresses()) {
            switch (held.use(address)) {
                case null -> {
                    return new Outcome.Refused(address + " is not on " + held.id());
                }
                case AddressUse.Leaving _ -> {}
                case AddressUse.Idle(Instant since) -> {
                    if (HeldInterface.cools(since, now, draft.cooldown)) {
                        return new Outcome.Refused(address + " is cooling down");
                    }
                    held = held.with(address, new AddressUse.Leaving(since));
                }
                case AddressUse.Assigned _, AddressUse.Held _ -> {
                    return new Outcome.Refused(address + " is in use");
                }
                case AddressUse.Doubted _, AddressUse.Gone _ -> {
                    return new Outcome.Refused(address + " may be gone already");
                }
            }
        }
        put(draft, held);
        return new Outcome.Done();
    }

    static Outcome confirmReleased(Draft draft, Command.ConfirmReleased command, Instant now) {
        HeldInterface held = draft.interfaces.get(command.id());
        if (held == null) {
            return new Outcome.Done();
        }
        for (Ipv4Address address : command.addresses()) {
            AddressUse use = held.use(address);
            if (use instanceof AddressUse.Leaving) {
                held = held.without(address);
                draft.homes = draft.homes.remove(address);
                draft.unplaced = draft.unplaced.put(address, new AddressUse.Gone(now));
            } else if (use != null) {
                return new Outcome.Refused(address + " was not being given back");
            }
        }
        put(draft, held);
        draft.forgetCooled();
        return new Outcome.Done();
    }

    static Outcome cancelRelease(Draft draft, Command.CancelRelease command) {
        HeldInterface held = draft.interfaces.get(command.id());
        if (held == null) {
            return new Outcome.Done();
        }
        for (Ipv4Address address : command.addresses()) {
            if (held.use(address) instanceof AddressUse.Leaving(Instant since)) {
                held = held.with(address, new AddressUse.Idle(since));
            }
        }
        put(draft, held);
        return new Outcome.Done();
    }

    static Outcome doubt(Draft draft, Command.Doubt command) {
        HeldInterface held = draft.interfaces.get(command.id());
        if (held == null) {
            return new Outcome.Done();
        }
        for (Ipv4Address address : command.addresses()) {
            if (held.use(address) instanceof AddressUse.Idle(Instant since)) {
                held = held.with(address, new AddressUse.Doubted(since));
            }
        }
        put(draft, held);
        return new Outcome.Done();
    }

    static Outcome trust(Draft draft, Command.Trust command) {
        HeldInterface held = draft.interfaces.get(command.id());
        if (held == null) {
            return new Outcome.Done();
        }
        for (Ipv4Address address : command.addresses()) {
            if (held.use(address) instanceof AddressUse.Doubted(Instant since)) {
                held = held.with(address, new AddressUse.Idle(since));
            }
        }
        put(draft, held);
        return new Outcome.Done();
    }

    static Outcome forget(Draft draft, Command.ForgetAddress command, Instant now) {
        HeldInterface held = draft.interfaces.get(command.id());
        AddressUse use = held == null ? null : held.use(command.address());
        if (held == null || use == null) {
            return new Outcome.Done();
        }
        if (use.inUse()) {
            return new Outcome.Refused(command.address() + " is in use");
        }
        draft.displace(held, command.address());
        draft.put(held.without(command.address()));
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
        for (Slot slot : held.slots()) {
            draft.homes = draft.homes.remove(slot.address());
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
            for (Slot slot : held.slots()) {
                draft.displace(held, slot.address());
            }
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
