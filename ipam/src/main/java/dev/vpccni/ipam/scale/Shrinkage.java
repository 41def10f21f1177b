package dev.vpccni.ipam.scale;

import static java.lang.Math.min;

import dev.vpccni.ipam.ledger.Block;
import dev.vpccni.ipam.ledger.BlockStage;
import dev.vpccni.ipam.ledger.HeldInterface;
import dev.vpccni.ipam.ledger.InterfaceStage;
import dev.vpccni.ipam.ledger.Ledger;
import dev.vpccni.ipam.policy.PoolDecision;
import dev.vpccni.ipam.policy.WarmTarget;
import dev.vpccni.model.Cidr;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds what to give back: whole interfaces first, then, where the target counts addresses or
 * prefixes, blocks of the interfaces with the fewest pods, so that those can go as a whole later.
 */
final class Shrinkage {

    /** The emptiest first; of several, the latest to come. */
    private static final Comparator<HeldInterface> EMPTIEST =
            Comparator.comparingInt(HeldInterface::inUse)
                    .thenComparingInt(held -> -held.facts().device());

    private final Situation situation;
    private final Ledger ledger;
    private final Instant now;
    private final List<HeldInterface> interfaces;
    private final List<Action> actions = new ArrayList<>();
    private @Nullable Instant again;

    Shrinkage(Ledger ledger, Situation situation, Instant now) {
        this.situation = situation;
        this.ledger = ledger;
        this.now = now;
        this.interfaces =
                ledger.interfaces().stream()
                        .filter(held -> held.stage() == InterfaceStage.SERVING)
                        .filter(held -> held.facts().serves())
                        .sorted(EMPTIEST)
                        .toList();
        this.again = ledger.nextCoolingEnd(now);
    }

    Plan plan(PoolDecision decision, long addresses) {
        long spare = addresses;
        var staying = new ArrayList<HeldInterface>();
        for (HeldInterface held : interfaces) {
            long size = addresses(held);
            if (size > spare) {
                staying.add(held);
                continue;
            }
            Instant young = held.removableAt(now, ledger.cooldown());
            if (young == null) {
                staying.add(held);
            } else if (young.isAfter(now)) {
                // It goes as a whole soon, which spares a request for its addresses.
                spare -= size;
                again = again == null || young.isBefore(again) ? young : again;
            } else {
                actions.add(new Action.RemoveInterface(held.id()));
                spare -= size;
            }
        }
        if (!(situation.target() instanceof WarmTarget.Interfaces)) {
            release(staying, spare / situation.limits().blockSize());
        }
        return new Plan(decision, actions, List.of(), again);
    }

    /** Returns how many addresses go with the interface: what is left over may serve somebody. */
    private long addresses(HeldInterface held) {
        long addresses = 0;
        for (Block block : held.blocks()) {
            boolean counts = block.stage() == BlockStage.SERVING;
            addresses += counts ? block.idle() + block.inUse() : 0;
        }
        return addresses;
    }

    private void release(List<HeldInterface> from, long blocks) {
        long spare = blocks;
        for (HeldInterface held : from) {
            List<Cidr> free = held.free(ledger.preferred(), now, ledger.cooldown());
            int count = (int) min(spare, free.size());
            if (count > 0) {
                actions.add(new Action.ReleaseFrom(held.id(), free.subList(0, count)));
                spare -= count;
            }
        }
    }
}
