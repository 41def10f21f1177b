package dev.vpccni.ipam.ledger;

import dev.vpccni.model.BlockKind;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.IpAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
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
        InterfaceFacts facts = listed.facts();
        if (draft.interfaces.contains(facts.id())
                || draft.interfaces.size() >= Ledger.INTERFACES_MAX) {
            problems.add("interface " + facts.id() + " is one too many");
            return;
        }
        HeldInterface joined = HeldInterface.joining(facts, listed.since());
        HeldInterface held =
                listed.suspended() ? joined.withStage(InterfaceStage.SUSPENDED) : joined;
        draft.put(held);
        for (Cidr block : listed.blocks()) {
            held = place(held, block, BlockStage.SERVING);
        }
        for (Cidr block : listed.doubted()) {
            held = place(held, block, BlockStage.DOUBTED);
        }
    }

    private HeldInterface place(HeldInterface held, Cidr block, BlockStage stage) {
        if (draft.holderOf(block) != null
                || block.contains(held.facts().primaryAddress())
                || held.size() >= Ledger.INTERFACE_BLOCKS_MAX
                || !BlockKind.exists(block)) {
            problems.add(BlockKind.text(block) + " on " + held.id() + " is one too many");
            return held;
        }
        HeldInterface more = draft.place(held, block);
        HeldInterface staged = more.with(Objects.requireNonNull(more.find(block)).withStage(stage));
        draft.put(staged);
        return staged;
    }

    private void leave(HeldInterface from, List<Cidr> blocks) {
        HeldInterface held = from;
        for (Cidr cidr : blocks) {
            Block block = held.find(cidr);
            if (block == null) {
                held = place(held, cidr, BlockStage.LEAVING);
            } else {
                held = held.with(block.withStage(BlockStage.LEAVING));
                draft.put(held);
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
            case Checkpoint.Intent.Release(InterfaceId id, List<Cidr> some, _) -> {
                HeldInterface held = listed(id, "relieved of addresses");
                if (held != null) {
                    leave(held, some);
                }
            }
            case Checkpoint.Intent.Assign(
                            InterfaceId id,
                            BlockKind kind,
                            int count,
                            Instant since) -> {
                HeldInterface held = listed(id, "given addresses");
                if (held != null && count > 0 && count <= Ledger.INTERFACE_BLOCKS_MAX) {
                    draft.put(held.withArriving(new HeldInterface.Arriving(kind, count, since)));
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

    private void add(Checkpoint.Departed departed) {
        for (Checkpoint.DepartedBlock gone : departed.blocks()) {
            if (draft.holderOf(gone.block()) == null) {
                draft.departedBlocks = draft.departedBlocks.put(gone.block(), gone.since());
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
                    new AddressUse.Assigned(
                            grant.key(), grant.pod(), grant.since(), grant.interfaces()));
        }
        keepWhatIsInUse(grant.address());
    }

    private void add(Checkpoint.Cooling cooling) {
        AddressUse use = draft.use(cooling.address());
        if (use == null || use instanceof AddressUse.Idle) {
            draft.setUse(cooling.address(), new AddressUse.Idle(cooling.since()));
        }
    }

    /** What has a pod is not on its way out, whatever the file says. */
    private void keepWhatIsInUse(IpAddress address) {
        HeldInterface home = draft.home(address);
        Block block = home == null ? null : home.holding(address);
        if (home == null || block == null) {
            return;
        }
        if (home.stage() == InterfaceStage.LEAVING) {
            problems.add(home.id() + " was being removed, and " + address + " is in use on it");
        }
        if (block.stage() == BlockStage.LEAVING) {
            problems.add(
                    BlockKind.text(block.cidr())
                            + " was being given back, and "
                            + address
                            + " is in use");
        }
        draft.keep(address);
    }
}
