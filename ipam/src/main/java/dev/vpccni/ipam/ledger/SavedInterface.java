package dev.vpccni.ipam.ledger;

import dev.vpccni.model.Ipv4Address;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a checkpoint says of an interface and its addresses. Worked out once for each {@link
 * HeldInterface}, because a verb changes one of them and a checkpoint lists them all.
 */
final class SavedInterface {

    private final Checkpoint.Interface entry;
    private final List<Checkpoint.Grant> grants = new ArrayList<>();
    private final List<Checkpoint.Cooling> resting = new ArrayList<>();

    /**
     * @param entry what is said of the interface itself, or null where that may have changed
     */
    SavedInterface(HeldInterface held, Slot[] slots, Checkpoint.@Nullable Interface entry) {
        for (Slot slot : slots) {
            add(slot, grants, resting);
        }
        this.entry = entry == null ? entry(held, slots) : entry;
    }

    private static Checkpoint.Interface entry(HeldInterface held, Slot[] slots) {
        var addresses = new ArrayList<Ipv4Address>(slots.length);
        for (Slot slot : slots) {
            if (isListed(slot.use())) {
                addresses.add(slot.address());
            }
        }
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

    /** Tells whether an address is listed among those of its interface. */
    static boolean isListed(AddressUse use) {
        return !(use instanceof AddressUse.Leaving || use instanceof AddressUse.Doubted);
    }

    Checkpoint.Interface entry() {
        return entry;
    }

    /**
     * Adds its addresses to {@code granted} and {@code cooling}, each in the order of addresses.
     */
    void addTo(
            List<Checkpoint.Grant> granted,
            List<Checkpoint.Cooling> cooling,
            Instant latest,
            Duration cooldown) {
        granted.addAll(grants);
        addCooling(resting, cooling, latest, cooldown);
    }

    /** What has cooled down as of the last change has cooled down for good. */
    static void addCooling(
            List<Checkpoint.Cooling> resting,
            List<Checkpoint.Cooling> cooling,
            Instant latest,
            Duration cooldown) {
        for (Checkpoint.Cooling each : resting) {
            if (HeldInterface.cools(each.since(), latest, cooldown)) {
                cooling.add(each);
            }
        }
    }

    /** Adds an address to those that are granted, or that rest, or to neither. */
    static void add(Slot slot, List<Checkpoint.Grant> grants, List<Checkpoint.Cooling> resting) {
        switch (slot.use()) {
            case AddressUse.Assigned assigned -> grants.add(slot.grant(assigned));
            case AddressUse.Idle(Instant since) -> addResting(slot, since, resting);
            // It is asked about again after a restart, and has to cool down all the same.
            case AddressUse.Doubted(Instant since) -> addResting(slot, since, resting);
            // A held one the kernel knows, one that leaves is an intent, and one that has left is
            // listed as such.
            case AddressUse.Held _, AddressUse.Leaving _, AddressUse.Gone _ -> {}
        }
    }

    /** One that nobody has had yet does not rest. */
    private static void addResting(Slot slot, Instant since, List<Checkpoint.Cooling> resting) {
        if (!since.equals(Instant.EPOCH)) {
            resting.add(slot.cooling(since));
        }
    }
}
