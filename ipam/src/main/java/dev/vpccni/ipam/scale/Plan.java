package dev.vpccni.ipam.scale;

import dev.vpccni.ipam.policy.PoolDecision;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What to do about a pool, and why.
 *
 * @param decision what the plan carries out
 * @param actions each may be carried out beside the others
 * @param limits what kept the plan from doing all that was decided, as lines to show
 * @param again when to ask again if nothing else happens before, or null
 */
public record Plan(
        PoolDecision decision, List<Action> actions, List<String> limits, @Nullable Instant again) {

    public Plan {
        actions = List.copyOf(actions);
        limits = List.copyOf(limits);
    }
}
