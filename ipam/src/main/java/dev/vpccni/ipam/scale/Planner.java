package dev.vpccni.ipam.scale;

import dev.vpccni.ipam.ledger.Counts;
import dev.vpccni.ipam.ledger.Ledger;
import dev.vpccni.ipam.policy.PoolDecision;
import dev.vpccni.ipam.policy.WarmPoolPolicy;
import java.time.Instant;

/**
 * Says which interface gets or gives which addresses.
 *
 * <p>A pure function; what has begun counts as done ({@link Counts#arriving}), so it may be asked
 * again at any time, and answers with what is still missing. A plan carried out in full leaves
 * nothing to do.
 */
public final class Planner {

    private Planner() {}

    /** Returns what to do about the pool of {@code ledger} at {@code now}. */
    public static Plan plan(Ledger ledger, Situation situation, Instant now) {
        var policy = new WarmPoolPolicy(situation.target(), situation.limits());
        PoolDecision decision = policy.decide(ledger.counts(now), situation.demand());
        return switch (decision) {
            case PoolDecision.Grow grow -> {
                Plan plan = new Growth(ledger, situation, now).plan(grow);
                yield Drainage.added(ledger, situation, plan, now);
            }
            case PoolDecision.Shrink(long addresses, _) ->
                    shrink(ledger, situation, decision, addresses, now);
            case PoolDecision.Hold _ -> shrink(ledger, situation, decision, 0, now);
        };
    }

    private static Plan shrink(
            Ledger ledger,
            Situation situation,
            PoolDecision decision,
            long addresses,
            Instant now) {
        Plan plan = new Shrinkage(ledger, situation, now).plan(decision, addresses);
        return Drainage.added(ledger, situation, plan, now);
    }
}
