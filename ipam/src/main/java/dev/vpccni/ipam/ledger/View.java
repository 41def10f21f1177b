package dev.vpccni.ipam.ledger;

import dev.vpccni.model.BlockKind;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.IpFamily;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What can be read off a whole ledger. */
final class View {

    private View() {}

    static Counts counts(Ledger ledger, Instant now) {
        var count = new Counting(ledger.preferred());
        Duration cooldown = ledger.cooldown();
        for (HeldInterface held : ledger.interfaces()) {
            if (held.facts().role().managed()) {
                count.add(held, now, cooldown);
            }
        }
        for (Checkpoint.Intent.Create create : ledger.creates()) {
            count.arriving += create.addresses();
        }
        ledger.unplacedMap()
                .forEach((_, use) -> {
                    if (!Block.isFree(use, now, cooldown)) {
                        count.unplaced++;
                    }
                });
        return count.counts();
    }

    private static final class Counting {

        private final BlockKind preferred;
        private int inUse;
        private int cooling;
        private long free;
        private long leftOver;
        private long arriving;
        private long leaving;
        private long doubted;
        private int unplaced;

        Counting(BlockKind preferred) {
            this.preferred = preferred;
        }

        void add(HeldInterface held, Instant now, Duration cooldown) {
            IpFamily family = held.facts().primaryAddress().family();
            for (Block block : held.blocks()) {
                add(held, block, block.cooling(now, cooldown));
            }
            if (held.stage() == InterfaceStage.SERVING) {
                HeldInterface.Arriving coming = held.arriving();
                arriving += coming.count() * coming.kind().size(family);
            }
        }

        private void add(HeldInterface held, Block block, int coolingHere) {
            switch (held.stage()) {
                case SERVING -> {
                    inUse += block.inUse();
                    switch (block.stage()) {
                        case SERVING -> serving(held.facts(), block, coolingHere);
                        case LEAVING -> leaving += block.idle();
                        case DOUBTED -> doubted += block.idle();
                    }
                }
                case SUSPENDED -> unplaced += block.inUse() + coolingHere;
                case LEAVING -> leaving += block.idle() + block.inUse();
            }
        }

        private void serving(InterfaceFacts facts, Block block, int coolingHere) {
            cooling += coolingHere;
            long ready = block.idle() - coolingHere;
            if (facts.serves()) {
                free += ready;
                leftOver += block.kind() == preferred ? 0 : ready;
            }
        }

        Counts counts() {
            return new Counts(inUse, cooling, free, leftOver, arriving, leaving, doubted, unplaced);
        }
    }

    static @Nullable Instant nextCoolingEnd(Ledger ledger, Instant now) {
        Instant first = null;
        for (HeldInterface held : ledger.interfaces()) {
            for (Block block : held.blocks()) {
                for (Slot slot : block.slots()) {
                    if (slot.use() instanceof AddressUse.Idle(Instant since)
                            && Block.cools(since, now, ledger.cooldown())
                            && (first == null || since.isBefore(first))) {
                        first = since;
                    }
                }
            }
        }
        // To the last instant of its cooldown, an address cools down.
        return first == null ? null : first.plus(ledger.cooldown()).plusNanos(1);
    }

    static List<IpAddress> held(Ledger ledger) {
        var held = new ArrayList<IpAddress>();
        for (HeldInterface one : ledger.interfaces()) {
            for (Block block : one.blocks()) {
                for (Slot slot : block.slots()) {
                    if (slot.use() instanceof AddressUse.Held) {
                        held.add(slot.address());
                    }
                }
            }
        }
        ledger.unplacedMap()
                .forEach((address, use) -> {
                    if (use instanceof AddressUse.Held) {
                        held.add(address);
                    }
                });
        held.sort(null);
        return held;
    }

    static Checkpoint checkpoint(Ledger ledger) {
        var grants = new ArrayList<Checkpoint.Grant>(ledger.addressMap().size());
        var cooling = new ArrayList<Checkpoint.Cooling>();
        var interfaces = new ArrayList<Checkpoint.Interface>();
        for (HeldInterface held : ledger.interfaces()) {
            SavedInterface saved = held.saved();
            saved.addTo(grants, cooling, ledger.latest(), ledger.cooldown());
            interfaces.add(saved.entry());
        }
        var resting = new ArrayList<Checkpoint.Cooling>();
        ledger.unplacedMap()
                .forEach((address, use) -> {
                    switch (use) {
                        case AddressUse.Assigned(var key, var pod, var since, int count) ->
                                grants.add(new Checkpoint.Grant(address, key, pod, since, count));
                        case AddressUse.Idle(var since) ->
                                resting.add(new Checkpoint.Cooling(address, since));
                        case AddressUse.Held _ -> {} // The kernel knows.
                    }
                });
        var departed = new ArrayList<Checkpoint.DepartedBlock>();
        ledger.departedBlockMap()
                .forEach((block, since) -> {
                    if (!Ledger.isForgotten(since, ledger.latest())) {
                        departed.add(new Checkpoint.DepartedBlock(block, since));
                    }
                });
        SavedInterface.addCooling(resting, cooling, ledger.latest(), ledger.cooldown());
        var departedInterfaces = new ArrayList<Checkpoint.DepartedInterface>();
        ledger.departedMap()
                .forEach((id, since) -> {
                    if (!Ledger.isForgotten(since, ledger.latest())) {
                        departedInterfaces.add(new Checkpoint.DepartedInterface(id, since));
                    }
                });
        grants.sort((a, b) -> a.address().compareTo(b.address()));
        cooling.sort((a, b) -> a.address().compareTo(b.address()));
        return new Checkpoint(
                grants,
                cooling,
                intents(ledger),
                interfaces,
                new Checkpoint.Departed(departed, departedInterfaces));
    }

    private static List<Checkpoint.Intent> intents(Ledger ledger) {
        var intents = new ArrayList<Checkpoint.Intent>(ledger.creates());
        ledger.removalMap()
                .forEach((InterfaceId id, Instant since) ->
                        intents.add(new Checkpoint.Intent.Remove(id, since)));
        for (HeldInterface held : ledger.interfaces()) {
            // A fixed time: the checkpoint must not change where nothing else does.
            if (held.leaving() > 0) {
                intents.add(
                        new Checkpoint.Intent.Release(
                                held.id(), held.leavingBlocks(), held.since()));
            }
            HeldInterface.Arriving arriving = held.arriving();
            if (arriving.count() > 0) {
                intents.add(
                        new Checkpoint.Intent.Assign(
                                held.id(), arriving.kind(), arriving.count(), arriving.since()));
            }
        }
        return intents;
    }
}
