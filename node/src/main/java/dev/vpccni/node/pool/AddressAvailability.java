package dev.vpccni.node.pool;

import dev.vpccni.ipam.ledger.Counts;
import dev.vpccni.ipam.policy.Demand;
import dev.vpccni.ipam.policy.PoolLimits;
import dev.vpccni.ipam.scale.Refusal;
import dev.vpccni.ipam.scale.Refusals;
import dev.vpccni.ipam.scale.Situation;
import dev.vpccni.node.ledger.LedgerKeeper;
import dev.vpccni.node.port.Tempo;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the chances that a pod without an address gets one, and how that is said. Safe
 * for use by many threads.
 */
public final class AddressAvailability {

    private final LedgerKeeper keeper;
    private final Tempo tempo;
    private volatile @Nullable Function<Demand, Situation> situation;
    private volatile Demand demand = Demand.NONE;
    private volatile @Nullable Problem problem;
    private volatile @Nullable Instant since;
    private final AtomicInteger announced = new AtomicInteger();
    private volatile Runnable announcementListener = () -> {};

    /**
     * Why no more addresses come at present.
     *
     * @param lasting whether only an operator can change that
     */
    public record Problem(String reason, String remedy, boolean lasting) {}

    /**
     * @param tempo for telling what still cools down, and since when there is none
     */
    public AddressAvailability(LedgerKeeper keeper, Tempo tempo) {
        this.keeper = keeper;
        this.tempo = tempo;
        keeper.onChange(this::noteLack);
    }

    /** Sets what the pool depends on besides the ledger, given what pods ask of it. */
    public void situation(Function<Demand, Situation> known) {
        situation = known;
    }

    /**
     * Notes that so many more pods will ask, once they have what they wait for on other cards.
     *
     * @param more negative for pods that ask now, or will not
     */
    public void announce(int more) {
        announced.addAndGet(more);
        announcementListener.run();
    }

    /** Returns how many pods will ask, besides those that do. */
    int announced() {
        return announced.get();
    }

    /** Calls {@code listener} after each {@link #announce}; it must not block. */
    public void onAnnouncement(Runnable listener) {
        announcementListener = listener;
    }

    /** Notes what pods ask of the pool now. */
    void demand(Demand noted) {
        demand = noted;
    }

    /** Returns what the pool depends on; only after it was set. */
    public Situation situation() {
        return Objects.requireNonNull(situation, "not connected yet").apply(demand);
    }

    /** Returns what the pool cannot exceed; null while that is not known. */
    public @Nullable PoolLimits limits() {
        return situation == null ? null : situation().limits();
    }

    /** Sets what stands in the way, or null for nothing. */
    public void problem(@Nullable Problem found) {
        problem = found;
    }

    /** Tells whether waiting can help without the end of a pod, or an operator's help. */
    public boolean isWorthWaiting() {
        Problem present = problem;
        if (present != null && present.lasting) {
            Counts counts = keeper.ledger().counts(tempo.instant());
            return counts.free() + counts.cooling() + counts.arriving() > 0;
        }
        return situation == null
                || Refusals.explain(keeper.ledger(), situation(), tempo.instant()).waitingHelps();
    }

    /** Tells whether it is a subnet that keeps the pool from what it needs. */
    boolean lacksSubnet() {
        return Refusals.explain(keeper.ledger(), situation(), tempo.instant()).cause()
                == Refusal.Cause.SUBNET;
    }

    /**
     * Returns why there is no address, with the numbers and since when pods wait; and what is being
     * done, and what an operator can do about it.
     */
    public NoAddressException refusal() {
        Problem present = problem;
        boolean nothingYet = keeper.ledger().interfaces().isEmpty();
        if (situation == null || (present != null && nothingYet)) {
            return present == null
                    ? new NoAddressException(
                            "the node has only just started to ask EC2 for its addresses",
                            "try again")
                    : new NoAddressException(present.reason + sinceWhen(), present.remedy);
        }
        Refusal refusal = Refusals.explain(keeper.ledger(), situation(), tempo.instant());
        boolean limit =
                switch (refusal.cause()) {
                    case NO_SECONDARY_ADDRESSES, INSTANCE_LIMIT, INTERFACES_SETTING -> true;
                    case SOURCE, SUBNET, ARRIVING, EC2 -> false;
                };
        String doing = doing(refusal, present);
        return present == null || limit
                ? new NoAddressException(
                        refusal.reason() + sinceWhen(), doing + "; " + refusal.remedy())
                : new NoAddressException(
                        present.reason + "; " + refusal.reason() + sinceWhen(),
                        doing + "; " + present.remedy);
    }

    private static String doing(Refusal refusal, @Nullable Problem present) {
        return switch (refusal.cause()) {
            case NO_SECONDARY_ADDRESSES -> "nothing can be done here";
            case INSTANCE_LIMIT, INTERFACES_SETTING ->
                    refusal.waitingHelps()
                            ? "the next address that has cooled down, or comes back, goes to who"
                                    + " has waited longest"
                            : "the next address of a pod that ends goes to who has waited longest";
            case SOURCE -> "an interface is made as soon as it is known where";
            case ARRIVING -> "what comes goes to who has waited longest";
            case SUBNET -> "the subnet is asked again within two minutes";
            case EC2 ->
                    present != null && present.lasting
                            ? "EC2 is asked again every five minutes"
                            : "EC2 is asked again, after pauses of seconds that grow";
        };
    }

    private String sinceWhen() {
        Instant began = since;
        return began == null ? "" : "; pods wait since " + began.truncatedTo(ChronoUnit.SECONDS);
    }

    /** Whoever waits begins a lack, and an address that nobody waits for ends it. */
    private void noteLack() {
        if (keeper.waiting() > 0) {
            if (since == null) {
                since = tempo.wall();
            }
        } else if (keeper.hasFreeAddress()) {
            since = null;
        }
    }
}
