package dev.vpccni.ipam.ledger;

import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.Ipv4Address;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
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
            var addresses = new ArrayList<Ipv4Address>(held.size());
            for (Slot slot : held.slots()) {
                collect(slot.address(), slot.use(), grants, cooling, ledger);
                if (!(slot.use() instanceof AddressUse.Leaving
                        || slot.use() instanceof AddressUse.Doubted)) {
                    addresses.add(slot.address());
                }
            }
            interfaces.add(entry(held, addresses));
        }
        var departed = new ArrayList<Checkpoint.Cooling>();
        ledger.unplacedMap()
                .forEach((address, use) -> {
                    collect(address, use, grants, cooling, ledger);
                    if (use instanceof AddressUse.Gone(Instant since)
                            && !Ledger.isForgotten(since, ledger.latest())) {
                        departed.add(new Checkpoint.Cooling(address, since));
                    }
                });
        var departedInterfaces = new ArrayList<Checkpoint.DepartedInterface>();
        ledger.departedMap()
                .forEach((id, since) -> {
                    if (!Ledger.isForgotten(since, ledger.latest())) {
                        departedInterfaces.add(new Checkpoint.DepartedInterface(id, since));
                    }
                });
        grants.sort(Comparator.comparing(Checkpoint.Grant::address));
        cooling.sort(Comparator.comparing(Checkpoint.Cooling::address));
        return new Checkpoint(
                grants,
                cooling,
                intents(ledger),
                interfaces,
                new Checkpoint.Departed(departed, departedInterfaces));
    }

    private static void collect(
            Ipv4Address address,
            AddressUse use,
            List<Checkpoint.Grant> grants,
            List<Checkpoint.Cooling> cooling,
            Ledger ledger) {
        switch (use) {
            case AddressUse.Assigned(var key, var pod, var since) ->
                    grants.add(new Checkpoint.Grant(address, key, pod, since));
            case AddressUse.Idle(Instant since) -> collect(address, since, cooling, ledger);
            // It is asked about again after a restart, and has to cool down all the same.
            case AddressUse.Doubted(Instant since) -> collect(address, since, cooling, ledger);
            // A held one the kernel knows, one that leaves is an intent, and one that has left is
            // listed as such.
            case AddressUse.Held _, AddressUse.Leaving _, AddressUse.Gone _ -> {}
        }
    }

    /** What has cooled down as of the last change has cooled down for good. */
    private static void collect(
            Ipv4Address address, Instant since, List<Checkpoint.Cooling> cooling, Ledger ledger) {
        if (HeldInterface.cools(since, ledger.latest(), ledger.cooldown())) {
            cooling.add(new Checkpoint.Cooling(address, since));
        }
    }

    private static Checkpoint.Interface entry(HeldInterface held, List<Ipv4Address> addresses) {
        InterfaceFacts facts = held.facts();
        return new Checkpoint.Interface(
                facts.id(),
                facts.mac(),
                facts.subnet(),
                facts.subnetCidr(),
                facts.device(),
                facts.attachment(),
                facts.primaryAddress(),
                addresses,
                facts.role(),
                held.stage() == InterfaceStage.SUSPENDED,
                held.since());
    }

    private static List<Checkpoint.Intent> intents(Ledger ledger) {
        var intents = new ArrayList<Checkpoint.Intent>(ledger.creates());
        ledger.removalMap()
                .forEach((InterfaceId id, Instant since) ->
                        intents.add(new Checkpoint.Intent.Remove(id, since)));
        for (HeldInterface held : ledger.interfaces()) {
            // A fixed time: the checkpoint must not change where nothing else does.
            List<Ipv4Address> leaving = held.leavingAddresses();
            if (!leaving.isEmpty()) {
                intents.add(new Checkpoint.Intent.Release(held.id(), leaving, held.since()));
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
