package dev.vpccni.node;

import dev.vpccni.ipam.ledger.Counts;
import dev.vpccni.model.InstanceType;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the chances that a pod without an address gets one, and how that is said. Safe
 * for use by many threads.
 */
public final class Outlook {

    private final LedgerKeeper keeper;
    private final java.time.InstantSource clock;
    private volatile @Nullable Capacity capacity;
    private volatile @Nullable Obstacle obstacle;

    /**
     * What the node may have.
     *
     * @param interfaces the most that may serve pods
     * @param limitedBySetting whether {@code MAX_ENI} and not the type is what limits them
     */
    record Capacity(InstanceType type, int interfaces, boolean limitedBySetting) {
        int addresses() {
            return interfaces * type.secondaryAddressesPerInterface();
        }
    }

    /**
     * Why no more addresses come at present.
     *
     * @param lasting whether only an operator can change that
     */
    record Obstacle(String reason, String remedy, boolean lasting) {}

    /**
     * @param clock for telling what still cools down
     */
    public Outlook(LedgerKeeper keeper, java.time.InstantSource clock) {
        this.keeper = keeper;
        this.clock = clock;
    }

    void capacity(Capacity known) {
        capacity = known;
    }

    /** Sets what stands in the way, or null for nothing. */
    void obstacle(@Nullable Obstacle found) {
        obstacle = found;
    }

    /** Tells whether waiting can help. */
    boolean hope() {
        Obstacle present = obstacle;
        Counts counts = keeper.ledger().counts(clock.instant());
        return present == null
                || !present.lasting
                || counts.free() + counts.cooling() + counts.arriving() > 0;
    }

    /** Returns why there is no address, with the numbers, and what to do about it. */
    NoAddressException refusal() {
        Counts counts = keeper.ledger().counts(clock.instant());
        Capacity limit = capacity;
        Obstacle present = obstacle;
        if (limit != null && counts.inUse() + counts.cooling() >= limit.addresses()) {
            return full(limit, counts);
        }
        if (present != null) {
            return new NoAddressException(
                    "no address is free (" + text(counts) + "): " + present.reason, present.remedy);
        }
        return new NoAddressException(
                "no address became free in time (" + text(counts) + ")",
                limit == null
                        ? "the node is still asking EC2 which addresses it has; try again"
                        : "try again; a larger WARM_IP_TARGET keeps more addresses ready");
    }

    private static NoAddressException full(Capacity limit, Counts counts) {
        String type = limit.type.name();
        String what =
                limit.limitedBySetting
                        ? "MAX_ENI=" + limit.interfaces + " allows on " + type
                        : type + " can have";
        return new NoAddressException(
                String.format(
                        Locale.ROOT,
                        "all %d pod addresses that %s are taken: %d interfaces with %d each (%s)",
                        limit.addresses(),
                        what,
                        limit.interfaces,
                        limit.type.secondaryAddressesPerInterface(),
                        text(counts)),
                limit.limitedBySetting
                        ? "raise MAX_ENI, or run fewer pods on the node (kubelet: maxPods)"
                        : "use a larger instance type, or run fewer pods on the node (kubelet:"
                                + " maxPods)");
    }

    private static String text(Counts counts) {
        return counts.inUse()
                + " in use, "
                + counts.cooling()
                + " cooling down, "
                + counts.arriving()
                + " on their way";
    }
}
