package dev.vpccni.ipam.scale;

import dev.vpccni.ipam.ledger.Counts;
import dev.vpccni.ipam.ledger.HeldInterface;
import dev.vpccni.ipam.ledger.InterfaceStage;
import dev.vpccni.ipam.ledger.Ledger;
import dev.vpccni.ipam.policy.PoolDecision;
import dev.vpccni.ipam.policy.WarmPoolPolicy;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.InterfaceId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Finds what goes as soon as its pods have gone, however many addresses the pool wants: interfaces
 * that pods may not use any more, and blocks of the kind that the node does not give.
 */
final class Drainage {

    private final Ledger ledger;
    private final Instant now;
    private final List<Action> actions;
    private final Set<InterfaceId> busy = new TreeSet<>();
    private @Nullable Instant again;

    Drainage(Ledger ledger, Plan plan, Instant now) {
        this.ledger = ledger;
        this.now = now;
        this.actions = new ArrayList<>(plan.actions());
        this.again = plan.again();
        for (Action action : actions) {
            switch (action) {
                case Action.ReleaseFrom(InterfaceId id, _) -> busy.add(id);
                case Action.RemoveInterface(InterfaceId id) -> busy.add(id);
                case Action.AssignTo _, Action.CreateInterface _ -> {}
            }
        }
    }

    /** Returns {@code plan} with what else is to be given back. */
    static Plan added(Ledger ledger, Situation situation, Plan plan, Instant now) {
        var drainage = new Drainage(ledger, plan, now);
        drainage.drainInterfaces();
        drainage.drainLeftOvers(plan.decision(), situation);
        return new Plan(plan.decision(), drainage.actions, plan.limits(), drainage.again);
    }

    private void drainInterfaces() {
        for (HeldInterface held : ledger.interfaces()) {
            boolean drains =
                    held.stage() == InterfaceStage.SERVING
                            && held.facts().role().managed()
                            && !held.facts().usable();
            Instant old = drains ? held.removableAt(now, ledger.cooldown()) : null;
            if (!drains || busy.contains(held.id())) {
                continue;
            }
            if (old == null) {
                var free = new ArrayList<Cidr>();
                for (BlockKind kind : BlockKind.values()) {
                    free.addAll(held.free(kind, now, ledger.cooldown()));
                }
                release(held, free);
            } else if (old.isAfter(now)) {
                again = again == null || old.isBefore(again) ? old : again;
            } else {
                actions.add(new Action.RemoveInterface(held.id()));
                busy.add(held.id());
            }
        }
    }

    /** Until the blocks that take their place are there, they serve whoever comes. */
    private void drainLeftOvers(PoolDecision decision, Situation situation) {
        Counts counts = ledger.counts(now);
        var policy = new WarmPoolPolicy(situation.target(), situation.limits());
        // Single addresses are there where prefixes are hard to come by, and the other way round
        // nowhere.
        boolean hard = ledger.preferred() == BlockKind.PREFIX;
        if (decision instanceof PoolDecision.Grow
                || counts.arriving() > 0
                || (hard && !policy.doesWithoutLeftOvers(counts, situation.demand()))) {
            return;
        }
        BlockKind other = otherThan(ledger.preferred());
        for (HeldInterface held : ledger.interfaces()) {
            boolean serves =
                    held.stage() == InterfaceStage.SERVING
                            && held.facts().serves()
                            && !busy.contains(held.id());
            if (serves) {
                release(held, held.free(other, now, ledger.cooldown()));
            }
        }
    }

    static BlockKind otherThan(BlockKind kind) {
        return kind == BlockKind.PREFIX ? BlockKind.ADDRESS : BlockKind.PREFIX;
    }

    private void release(HeldInterface held, List<Cidr> blocks) {
        if (!blocks.isEmpty()) {
            actions.add(new Action.ReleaseFrom(held.id(), blocks));
            busy.add(held.id());
        }
    }
}
