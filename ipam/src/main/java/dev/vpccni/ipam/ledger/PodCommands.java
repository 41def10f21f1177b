package dev.vpccni.ipam.ledger;

import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.Ipv4Address;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Grants to pods, and their end. */
final class PodCommands {

    private PodCommands() {}

    static Outcome assign(Draft draft, Command.Assign command, Instant now) {
        Ipv4Address known = draft.addresses.get(command.key());
        if (known != null) {
            Checkpoint.Grant grant = grant(draft, command.key(), known);
            HeldInterface home = draft.home(known);
            return home == null
                    ? new Outcome.Unplaced(grant)
                    : new Outcome.Granted(grant, home.facts(), true);
        }
        HeldInterface home = Choice.of(draft, now);
        if (home == null) {
            return new Outcome.NoAddress();
        }
        Ipv4Address address = home.longestIdle();
        var use = new AddressUse.Assigned(command.key(), command.pod(), now);
        draft.put(home.with(address, use));
        draft.addresses = draft.addresses.put(command.key(), address);
        var grant = new Checkpoint.Grant(address, command.key(), command.pod(), now);
        return new Outcome.Granted(grant, home.facts(), false);
    }

    static Outcome release(Draft draft, Command.Release command, Instant now) {
        Ipv4Address address = draft.addresses.get(command.key());
        if (address == null) {
            return new Outcome.UnknownKey(command.key());
        }
        Checkpoint.Grant grant = grant(draft, command.key(), address);
        HeldInterface home = draft.home(address);
        draft.addresses = draft.addresses.remove(command.key());
        draft.setUse(address, new AddressUse.Idle(now));
        draft.forgetCooled(now);
        return new Outcome.Released(grant, home == null ? null : home.facts());
    }

    static Outcome hold(Draft draft, Command.Hold command, Instant now) {
        AddressUse use = draft.use(command.address());
        if (use != null && use.inUse()) {
            return new Outcome.Done();
        }
        if (use == null && draft.unplaced.size() >= Ledger.UNPLACED_MAX) {
            return new Outcome.Refused("too many addresses without an interface");
        }
        draft.keep(draft.home(command.address()));
        draft.setUse(command.address(), new AddressUse.Held(now));
        return new Outcome.Done();
    }

    static Outcome unhold(Draft draft, Command.Unhold command, Instant now) {
        if (draft.use(command.address()) instanceof AddressUse.Held) {
            draft.setUse(command.address(), new AddressUse.Idle(now));
        }
        return new Outcome.Done();
    }

    private static Checkpoint.Grant grant(Draft draft, AttachmentKey key, Ipv4Address address) {
        if (draft.use(address) instanceof AddressUse.Assigned(var owner, var pod, var since)
                && owner.equals(key)) {
            return new Checkpoint.Grant(address, key, pod, since);
        }
        throw new IllegalStateException(key + " and " + address + " disagree");
    }

    /** The interface that the next address comes from: the fullest, so that the others drain. */
    private static final class Choice {

        private @Nullable HeldInterface best;

        static @Nullable HeldInterface of(Draft draft, Instant now) {
            var choice = new Choice();
            draft.interfaces.forEach((_, held) -> {
                if (held.canServe(now, draft.cooldown)) {
                    choice.consider(held);
                }
            });
            return choice.best;
        }

        private void consider(HeldInterface held) {
            if (best == null
                    || held.inUse() > best.inUse()
                    || (held.inUse() == best.inUse()
                            && held.facts().device() < best.facts().device())) {
                best = held;
            }
        }
    }
}
