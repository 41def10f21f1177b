package dev.vpccni.ipam.ledger;

import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.Ipv4Address;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes a ledger of a checkpoint, which may come from anywhere and say anything. */
final class CheckpointRestoration {

    private final List<String> problems = new ArrayList<>();
    private final Draft draft;

    private CheckpointRestoration(Ledger empty, Instant now) {
        this.draft = new Draft(empty, now);
    }

    static Ledger.Restored restore(Checkpoint checkpoint, Ledger empty, Instant now) {
        var restoration = new CheckpointRestoration(empty, now);
        checkpoint.interfaces().forEach(restoration::add);
        checkpoint.intents().forEach(restoration::add);
        checkpoint.grants().forEach(restoration::add);
        checkpoint.cooling().forEach(restoration::add);
        restoration.add(checkpoint.departed());
        restoration.draft.noLaterThanNow();
        restoration.draft.forgetCooled();
        return new Ledger.Restored(new Ledger(restoration.draft), restoration.problems);
    }

    private void add(Checkpoint.Interface listed) {
        var facts =
                new InterfaceFacts(
                        listed.id(),
                        listed.mac(),
                        listed.subnet(),
                        listed.subnetCidr(),
                        listed.device(),
                        listed.attachment(),
                        listed.primaryAddress(),
                        listed.role());
        if (draft.interfaces.contains(listed.id())
                || draft.interfaces.size() >= Ledger.INTERFACES_MAX) {
            problems.add("interface " + listed.id() + " is one too many");
            return;
        }
        HeldInterface joined = HeldInterface.joining(facts, listed.since());
        HeldInterface held =
                listed.suspended() ? joined.withStage(InterfaceStage.SUSPENDED) : joined;
        draft.put(held);
        for (Ipv4Address address : listed.addresses()) {
            InterfaceId home = draft.homes.get(address);
            if (home != null
                    || address.equals(listed.primaryAddress())
                    || held.size() >= Ledger.INTERFACE_ADDRESSES_MAX) {
                problems.add(address + " on " + listed.id() + " is one too many");
            } else {
                held = draft.place(held, address);
            }
        }
    }

    private void add(Checkpoint.Intent intent) {
        switch (intent) {
            case Checkpoint.Intent.Create create ->
                    draft.creates = draft.creates.put(create.token(), create);
            case Checkpoint.Intent.Remove(InterfaceId id, Instant since) -> {
                HeldInterface held = listed(id, "removed");
                if (held != null) {
                    draft.put(held.withStage(InterfaceStage.LEAVING));
                    draft.removals = draft.removals.put(id, since);
                }
            }
            case Checkpoint.Intent.Release(
                            InterfaceId id,
                            List<Ipv4Address> some,
                            Instant since) -> {
                HeldInterface held = listed(id, "relieved of addresses");
                if (held != null) {
                    leave(held, some, since);
                }
            }
            case Checkpoint.Intent.Assign(InterfaceId id, int count, Instant since) -> {
                HeldInterface held = listed(id, "given addresses");
                if (held != null && count > 0 && count <= Ledger.INTERFACE_ADDRESSES_MAX) {
                    draft.put(held.withArriving(count, since));
                }
            }
        }
    }

    private @Nullable HeldInterface listed(InterfaceId id, String what) {
        HeldInterface held = draft.interfaces.get(id);
        if (held == null) {
            problems.add("interface " + id + " was being " + what + ", and is not listed");
        }
        return held;
    }

    private void leave(HeldInterface from, List<Ipv4Address> addresses, Instant since) {
        HeldInterface held = from;
        for (Ipv4Address address : addresses) {
            InterfaceId home = draft.homes.get(address);
            boolean elsewhere = home != null && !home.equals(held.id());
            if (elsewhere || held.size() >= Ledger.INTERFACE_ADDRESSES_MAX) {
                problems.add(address + " was leaving " + held.id() + ", and is one too many");
            } else {
                draft.homes = draft.homes.put(address, held.id());
                held = held.with(address, new AddressUse.Leaving(since));
                draft.put(held);
            }
        }
    }

    private void add(Checkpoint.Departed departed) {
        for (Checkpoint.Cooling gone : departed.addresses()) {
            if (draft.use(gone.address()) == null) {
                draft.setUse(gone.address(), new AddressUse.Gone(gone.since()));
            }
        }
        for (Checkpoint.DepartedInterface gone : departed.interfaces()) {
            if (!draft.interfaces.contains(gone.id())) {
                draft.departed = draft.departed.put(gone.id(), gone.since());
            }
        }
    }

    private void add(Checkpoint.Grant grant) {
        AddressUse use = draft.use(grant.address());
        if (use != null && use.inUse()) {
            problems.add(grant.address() + " is granted twice, also to " + grant.key());
        } else if (draft.addresses.contains(grant.key())) {
            problems.add(grant.key() + " has a second address, " + grant.address());
            draft.setUse(grant.address(), new AddressUse.Held(grant.since()));
        } else {
            draft.addresses = draft.addresses.put(grant.key(), grant.address());
            draft.setUse(
                    grant.address(),
                    new AddressUse.Assigned(grant.key(), grant.pod(), grant.since()));
        }
        keepWhatIsInUse(grant.address());
    }

    private void add(Checkpoint.Cooling cooling) {
        AddressUse use = draft.use(cooling.address());
        if (use == null || use instanceof AddressUse.Idle) {
            draft.setUse(cooling.address(), new AddressUse.Idle(cooling.since()));
        }
    }

    /** An interface with a pod on it is not on its way out, whatever the file says. */
    private void keepWhatIsInUse(Ipv4Address address) {
        HeldInterface home = draft.home(address);
        if (home != null && home.stage() == InterfaceStage.LEAVING) {
            problems.add(home.id() + " was being removed, and " + address + " is in use on it");
            draft.keep(home);
        }
    }
}
