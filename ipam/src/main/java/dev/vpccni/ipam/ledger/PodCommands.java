package dev.vpccni.ipam.ledger;

import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.IpAddress;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Grants to pods, and their end. */
final class PodCommands {

    private PodCommands() {}

    static Outcome assign(Draft draft, Command.Assign command, Instant now) {
        IpAddress known = draft.addresses.get(command.key());
        if (known != null) {
            HeldInterface home = draft.home(known);
            Checkpoint.Grant grant = grant(draft, command.key(), known, home);
            return home == null
                    ? new Outcome.Unplaced(grant)
                    : new Outcome.Granted(grant, home.facts(), true);
        }
        AssignableInterfaces.Opening opening = draft.opening();
        HeldInterface home = opening == null ? null : draft.interfaces.get(opening.id());
        if (opening == null || home == null) {
            return new Outcome.NoAddress();
        }
        IpAddress address = home.opening(opening.kind(), now, draft.cooldown);
        var use = new AddressUse.Assigned(command.key(), command.pod(), now, command.interfaces());
        Block block = Objects.requireNonNull(home.holding(address));
        draft.put(home.with(block.forgetting(now, draft.cooldown).with(address, use)));
        draft.addresses = draft.addresses.put(command.key(), address);
        var grant =
                new Checkpoint.Grant(
                        address, command.key(), command.pod(), now, command.interfaces());
        return new Outcome.Granted(grant, home.facts(), false);
    }

    static Outcome release(Draft draft, Command.Release command, Instant now) {
        IpAddress address = draft.addresses.get(command.key());
        if (address == null) {
            return new Outcome.UnknownKey(command.key());
        }
        HeldInterface home = draft.home(address);
        Checkpoint.Grant grant = grant(draft, command.key(), address, home);
        draft.addresses = draft.addresses.remove(command.key());
        draft.setUse(address, home, new AddressUse.Idle(now));
        draft.forgetCooled();
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
        draft.keep(command.address());
        draft.setUse(command.address(), new AddressUse.Held(now));
        return new Outcome.Done();
    }

    static Outcome unhold(Draft draft, Command.Unhold command, Instant now) {
        if (draft.use(command.address()) instanceof AddressUse.Held) {
            draft.setUse(command.address(), new AddressUse.Idle(now));
        }
        return new Outcome.Done();
    }

    private static Checkpoint.Grant grant(
            Draft draft, AttachmentKey key, IpAddress address, @Nullable HeldInterface home) {
        AddressUse use = home == null ? draft.unplaced.get(address) : home.use(address);
        if (use instanceof AddressUse.Assigned(var owner, var pod, var since, int count)
                && owner.equals(key)) {
            return new Checkpoint.Grant(address, key, pod, since, count);
        }
        throw new IllegalStateException(key + " and " + address + " disagree");
    }
}
