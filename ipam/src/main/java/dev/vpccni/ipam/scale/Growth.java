package dev.vpccni.ipam.scale;

import static java.lang.Math.min;

import dev.vpccni.ipam.ledger.Checkpoint;
import dev.vpccni.ipam.ledger.HeldInterface;
import dev.vpccni.ipam.ledger.InterfaceStage;
import dev.vpccni.ipam.ledger.Ledger;
import dev.vpccni.ipam.policy.PoolDecision;
import dev.vpccni.ipam.policy.PoolLimits;
import dev.vpccni.ipam.policy.WarmTarget;
import dev.vpccni.model.SubnetId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Spreads more addresses over interfaces: first those that are there, then new ones. */
final class Growth {

    private final Ledger ledger;
    private final Situation situation;
    private final PoolLimits limits;
    private final Instant now;
    private final boolean whole;
    private final SortedMap<SubnetId, Integer> taken = new TreeMap<>();
    private final List<Action> actions = new ArrayList<>();
    private final List<String> obstacles = new ArrayList<>();
    private int missing;
    private @Nullable Instant again;

    Growth(Ledger ledger, Situation situation, Instant now) {
        this.ledger = ledger;
        this.situation = situation;
        this.limits = situation.limits();
        this.now = now;
        this.whole = situation.target() instanceof WarmTarget.Interfaces;
    }

    Plan plan(PoolDecision.Grow decision) {
        missing = decision.addresses();
        extendInterfaces();
        awaitInterfaces();
        createInterfaces();
        return new Plan(decision, actions, obstacles, again);
    }

    private void extendInterfaces() {
        for (HeldInterface held : ledger.interfaces()) {
            int room = situation.roomOn(held);
            boolean extendable =
                    held.stage() == InterfaceStage.SERVING && held.facts().role().extendable();
            if (missing <= 0 || !extendable || room <= 0) {
                continue;
            }
            int available = available(held.facts().subnet());
            if (available == 0) {
                obstruct(held.facts().subnet());
            } else if (held.arriving() > 0) {
                // One request at a time for each interface: what comes up meanwhile goes into
                // the next.
                missing -= min(room, available);
            } else {
                int count = min(whole ? room : min(room, missing), available);
                actions.add(new Action.AssignTo(held.id(), count));
                take(held.facts().subnet(), count);
                missing -= count;
            }
        }
    }

    /** Leaves to the interfaces being made what they will have room for. */
    private void awaitInterfaces() {
        for (Checkpoint.Intent.Create create : ledger.creates()) {
            missing -= Math.max(0, limits.addressesEach() - create.addresses());
        }
    }

    private void createInterfaces() {
        SubnetId subnet = situation.subnet();
        var devices = new TreeSet<Integer>();
        ledger.interfaces().forEach(held -> devices.add(held.facts().device()));
        ledger.creates().forEach(create -> devices.add(create.device()));
        int places = limits.interfacesMax() - ledger.interfaces().size() - ledger.creates().size();
        while (missing > 0) {
            if (places <= 0 || limits.addressesEach() == 0) {
                obstacles.add(missing + " more addresses would need another interface; " + limits);
                return;
            }
            // The interface itself takes one.
            int available = available(subnet) - 1;
            if (available < 1) {
                obstruct(subnet);
                return;
            }
            int most = min(limits.addressesEach(), available);
            int count = whole ? most : min(missing, most);
            int device = lowestUnused(devices);
            actions.add(new Action.CreateInterface(subnet, device, count));
            devices.add(device);
            take(subnet, count + 1);
            missing -= count;
            places--;
        }
    }

    private int available(SubnetId subnet) {
        return Math.max(0, situation.room(subnet).available(now) - taken.getOrDefault(subnet, 0));
    }

    private void take(SubnetId subnet, int count) {
        taken.merge(subnet, count, Integer::sum);
    }

    private void obstruct(SubnetId subnet) {
        SubnetRoom room = situation.room(subnet);
        Instant until = room.blockedUntil();
        obstacles.add(
                "subnet "
                        + subnet
                        + " has "
                        + (room.available() > 0 ? "too few" : "no")
                        + " addresses left"
                        + (until == null ? "" : ", and is not asked before " + until));
        if (until != null && now.isBefore(until) && (again == null || until.isBefore(again))) {
            again = until;
        }
    }

    private static int lowestUnused(Set<Integer> devices) {
        int device = 1;
        while (devices.contains(device)) {
            device++;
        }
        return device;
    }
}
