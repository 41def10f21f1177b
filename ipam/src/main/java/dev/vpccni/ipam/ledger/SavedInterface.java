package dev.vpccni.ipam.ledger;

import dev.vpccni.model.Cidr;
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

    /** How a block is listed with its interface. */
    enum Listing {
        /** As one that serves pods. */
        SERVING,
        /** As one whose pods stay, and nobody else gets an address of it. */
        DOUBTED,
        /** Not at all: it leaves, or has to be seen again. */
        NONE
    }

    /**
     * @param entry what is said of the interface itself, or null where that may have changed
     */
    SavedInterface(HeldInterface held, Block[] blocks, Checkpoint.@Nullable Interface entry) {
        for (Block block : blocks) {
            // What leaves is an intent. What is doubted is asked about again after a restart, and
            // has to cool down all the same.
            if (block.stage() != BlockStage.LEAVING) {
                grants.addAll(block.grants());
                resting.addAll(block.resting());
            }
        }
        this.entry = entry == null ? entry(held, blocks) : entry;
    }

    private static Checkpoint.Interface entry(HeldInterface held, Block[] blocks) {
        var serving = new ArrayList<Cidr>(blocks.length);
        var doubted = new ArrayList<Cidr>();
        for (Block block : blocks) {
            switch (listing(block)) {
                case SERVING -> serving.add(block.cidr());
                case DOUBTED -> doubted.add(block.cidr());
                case NONE -> {}
            }
        }
        return new Checkpoint.Interface(
                held.facts(),
                serving,
                doubted,
                held.stage() == InterfaceStage.SUSPENDED,
                held.since());
    }

    /** Returns how a block is listed with its interface. */
    static Listing listing(Block block) {
        return switch (block.stage()) {
            case SERVING -> Listing.SERVING;
            case LEAVING -> Listing.NONE;
            case DOUBTED -> block.grants().isEmpty() ? Listing.NONE : Listing.DOUBTED;
        };
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
            if (Block.cools(each.since(), latest, cooldown)) {
                cooling.add(each);
            }
        }
    }
}
