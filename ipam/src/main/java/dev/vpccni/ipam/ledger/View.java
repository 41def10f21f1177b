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
        int[] n = new int[6];
        Duration cooldown = ledger.cooldown();
        for (HeldInterface held : ledger.interfaces()) {
            if (!held.facts().role().serves()) {
                continue;
            }
            int cooling = held.cooling(now, cooldown);
            switch (held.stage()) {
                case SERVING -> {
                    n[0] += held.inUse();
                    n[1] += cooling;
                    n[2] += held.size() - held.inUse() - held.leaving() - cooling;
                    n[3] += held.arriving();
                    n[4] += held.leaving();
                }
                case SUSPENDED -> n[5] += held.inUse() + cooling;
                case LEAVING -> n[4] += held.size();
            }
        }
        for (Checkpoint.Intent.Create create : ledger.creates()) {
            n[3] += create.addresses();
        }
        ledger.unplacedMap()
                .forEach((_, use) -> {
                    if (!(use instanceof AddressUse.Gone)
                            && !HeldInterface.isFree(use, now, cooldown)) {
                        n[5]++;
                    }
                });
        return new Counts(n[0], n[1], n[2], n[3], n[4], n[5]);
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
        ledger.unplacedMap()
                .forEach((address, use) -> collect(address, use, grants, cooling, ledger));
        grants.sort(Comparator.comparing(Checkpoint.Grant::address));
        cooling.sort(Comparator.comparing(Checkpoint.Cooling::address));
        return new Checkpoint(grants, cooling, intents(ledger), interfaces);
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
            case AddressUse.Idle(Instant since) -> {
                // What has cooled down as of the last change has cooled down for good.
                if (HeldInterface.cools(since, ledger.latest(), ledger.cooldown())) {
                    cooling.add(new Checkpoint.Cooling(address, since));
                }
            }
            // A doubted address is asked about again after a restart; a held one the kernel knows.
            case AddressUse.Doubted _,
                    AddressUse.Held _,
                    AddressUse.Leaving _,
                    AddressUse.Gone _ -> {}
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
                held.since());
    }

    private static List<Checkpoint.Intent> intents(Ledger ledger) {
        var intents = new ArrayList<Checkpoint.Intent>(ledger.creates());
        ledger.removalMap()
                .forEach((InterfaceId id, Instant since) ->
                        intents.add(new Checkpoint.Intent.Remove(id, since)));
        return intents;
    }
}
