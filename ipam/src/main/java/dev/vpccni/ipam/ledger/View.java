package dev.vpccni.ipam.ledger;

import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.Ipv4Address;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What can be read off a whole ledger. */
final class View {

    private View() {}

    static Counts counts(Ledger ledger, Instant now) {
        var count = new Counting();
        Duration cooldown = ledger.cooldown();
        for (HeldInterface held : ledger.interfaces()) {
            if (held.facts().role().serves()) {
                count.add(held, held.cooling(now, cooldown));
            }
        }
        for (Checkpoint.Intent.Create create : ledger.creates()) {
            count.arriving += create.addresses();
        }
        ledger.unplacedMap()
                .forEach((_, use) -> {
                    if (!(use instanceof AddressUse.Gone)
                            && !HeldInterface.isFree(use, now, cooldown)) {
                        count.unplaced++;
                    }
                });
        return count.counts();
    }

    private static final class Counting {

        private int inUse;
        private int cooling;
        private int free;
        private int arriving;
        private int leaving;
        private int doubted;
        private int unplaced;

        void add(HeldInterface held, int coolingHere) {
            switch (held.stage()) {
                case SERVING -> {
                    int withheld = held.leaving() + held.doubted();
                    inUse += held.inUse();
                    cooling += coolingHere;
                    free += held.size() - held.inUse() - withheld - coolingHere;
                    arriving += held.arriving();
                    leaving += held.leaving();
                    doubted += held.doubted();
                }
                case SUSPENDED -> unplaced += held.inUse() + coolingHere;
                case LEAVING -> leaving += held.size();
            }
        }

        Counts counts() {
            return new Counts(inUse, cooling, free, arriving, leaving, doubted, unplaced);
        }
    }

    static @Nullable Instant nextCoolingEnd(Ledger ledger, Instant now) {
        Instant first = null;
        for (HeldInterface held : ledger.interfaces()) {
            for (Slot slot : held.slots()) {
                if (slot.use() instanceof AddressUse.Idle(Instant since)
                        && HeldInterface.cools(since, now, ledger.cooldown())
                        && (first == null || since.isBefore(first))) {
                    first = since;
                }
            }
        }
        // To the last instant of its cooldown, an address cools down.
        return first == null ? null : first.plus(ledger.cooldown()).plusNanos(1);
    }

    static List<Ipv4Address> held(Ledger ledger) {
        var held = new ArrayList<Ipv4Address>();
        for (HeldInterface one : ledger.interfaces()) {
            for (Slot slot : one.slots()) {
                if (slot.use() instanceof AddressUse.Held) {
                    held.add(slot.address());
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
        var departed = new ArrayList<Checkpoint.Cooling>();
        ledger.unplacedMap()
                .forEach((address, use) -> {
                    SavedInterface.add(new Slot(address, use), grants, resting);
                    if (use instanceof AddressUse.Gone(Instant since)
                            && !Ledger.isForgotten(since, ledger.latest())) {
                        departed.add(new Checkpoint.Cooling(address, since));
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
                                held.id(), held.leavingAddresses(), held.since()));
            }
            if (held.arriving() > 0) {
                intents.add(
                        new Checkpoint.Intent.Assign(
                                held.id(), held.arriving(), held.arrivingSince()));
            }
        }
        return intents;
    }
}
