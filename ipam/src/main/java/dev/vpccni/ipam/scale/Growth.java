package dev.vpccni.ipam.scale;

import static java.lang.Math.max;
import static java.lang.Math.min;

import dev.vpccni.ipam.ledger.Checkpoint;
import dev.vpccni.ipam.ledger.Counts;
import dev.vpccni.ipam.ledger.HeldInterface;
import dev.vpccni.ipam.ledger.InterfaceStage;
import dev.vpccni.ipam.ledger.InterfaceTemplate;
import dev.vpccni.ipam.ledger.Ledger;
import dev.vpccni.ipam.policy.PoolDecision;
import dev.vpccni.ipam.policy.PoolLimits;
import dev.vpccni.ipam.policy.WarmTarget;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.SubnetId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Spreads more blocks over interfaces: first those that are there, then new ones. Where a subnet
 * has no whole prefix left, single addresses serve the pods that ask for one.
 */
final class Growth {

    private final Ledger ledger;
    private final Situation situation;
    private final PoolLimits limits;
    private final Counts counts;
    private final Instant now;
    private final SortedMap<SubnetId, Long> taken = new TreeMap<>();
    private final Set<InterfaceId> asked = new TreeSet<>();
    private final Set<InterfaceId> relieved = new TreeSet<>();
    private final Set<Integer> devices = new TreeSet<>();
    private final List<Action> actions = new ArrayList<>();
    private final List<String> obstacles = new ArrayList<>();
    private BlockKind kind;
    private boolean whole;
    private boolean lacking;
    private boolean fragmented;
    private int places;
    private long missing; // blocks
    private @Nullable Instant again;

    Growth(Ledger ledger, Situation situation, Instant now) {
        this.ledger = ledger;
        this.situation = situation;
        this.limits = situation.limits();
        this.counts = ledger.counts(now);
        this.now = now;
        this.kind = limits.kind();
        this.whole = situation.target() instanceof WarmTarget.Interfaces;
        this.places = limits.places() - ledger.interfaces().size() - ledger.creates().size();
        for (HeldInterface held : ledger.interfaces()) {
            HeldInterface.Arriving coming = held.arriving();
            devices.add(held.facts().device());
            take(held.facts().subnet(), coming.kind(), coming.count(), 0);
        }
        for (Checkpoint.Intent.Create create : ledger.creates()) {
            devices.add(create.device());
            if (create.id() == null) {
                take(create.template().subnet(), create.kind(), create.count(), 1);
            }
        }
    }

    Plan plan(PoolDecision.Grow decision) {
        missing = ceilingOf(decision.addresses(), limits.blockSize());
        noteShortage();
        spread();
        makeRoom();
        if (missing > 0 && lacking) {
            makeDo();
        }
        return new Plan(decision, actions, obstacles, again);
    }

    /** A subnet that lacked prefixes is asked for few, and singles serve for the rest meanwhile. */
    private void noteShortage() {
        if (kind == BlockKind.ADDRESS || limits.family() == IpFamily.IPV6) {
            return; // Of IPv6, no single address serves.
        }
        for (HeldInterface held : ledger.interfaces()) {
            SubnetId subnet = held.facts().subnet();
            SubnetRoom room = situation.room(subnet);
            if (mayGrow(held) && (isShort(room) || available(subnet, 0) == 0)) {
                lacking = true;
                fragmented |= room.available(now) > 0;
            }
        }
    }

    /**
     * Gives blocks of the other kind back where some of ours could take their places, but for an
     * address that serves whoever comes meanwhile.
     */
    private void makeRoom() {
        BlockKind other = Drainage.otherThan(kind);
        long spare = max(0, counts.free() - 1) / other.size(limits.family());
        for (HeldInterface held : ledger.interfaces()) {
            if (missing <= 0 || spare <= 0 || !mayGrow(held)) {
                continue;
            }
            SubnetId subnet = held.facts().subnet();
            if (isShort(situation.room(subnet))) {
                continue; // What serves is not given up for a mere attempt.
            }
            List<Cidr> free = held.free(other, now, ledger.cooldown());
            // A prefix leaves the subnet the room that single addresses take.
            long room = kind == BlockKind.ADDRESS ? Long.MAX_VALUE : available(subnet, 0);
            int count = (int) min(min(missing, spare), min(room, free.size()));
            if (count > 0) {
                actions.add(new Action.ReleaseFrom(held.id(), free.subList(0, count)));
                relieved.add(held.id());
                take(subnet, kind, count, 0);
                missing -= count;
                spare -= count;
            }
        }
    }

    /**
     * Single addresses instead of prefixes, and only for who asks or did a moment ago: they take
     * prefixes' places, and other nodes may need them more.
     */
    private void makeDo() {
        int busy = situation.demand().busy(counts);
        // A prefix that this plan tries for may not come, and pods that wait need not wait for
        // that.
        long tried = situation.demand().waiting() > 0 ? 0 : planned() * limits.blockSize();
        long coming = counts.total() + counts.arriving() + tried;
        long kept = situation.target().scarce(max(busy, situation.demand().peak()));
        missing = situation.target().scarce(busy) - coming;
        kind = BlockKind.ADDRESS;
        whole = false;
        if (missing > 0 && fragmented) {
            obstacles.add("single addresses serve where prefixes would");
            spread();
        } else if (counts.total() > kept) {
            giveBack(counts.total() - kept);
        }
    }

    /** Returns how many blocks this plan asks for so far. */
    private long planned() {
        long planned = 0;
        for (Action action : actions) {
            planned +=
                    switch (action) {
                        case Action.AssignTo assign -> assign.count();
                        case Action.CreateInterface create -> create.count();
                        case Action.ReleaseFrom _, Action.RemoveInterface _ -> 0;
                    };
        }
        return planned;
    }

    private void giveBack(long addresses) {
        long spare = addresses;
        for (HeldInterface held : ledger.interfaces()) {
            boolean serves = held.stage() == InterfaceStage.SERVING && held.facts().serves();
            if (spare > 0 && serves && !relieved.contains(held.id())) {
                List<Cidr> free = held.free(kind, now, ledger.cooldown());
                int count = (int) min(spare, free.size());
                if (count > 0) {
                    actions.add(new Action.ReleaseFrom(held.id(), free.subList(0, count)));
                    spare -= count;
                }
            }
        }
    }

    private void spread() {
        extendInterfaces();
        awaitInterfaces();
        createInterfaces();
    }

    private void extendInterfaces() {
        for (HeldInterface held : ledger.interfaces()) {
            int room = situation.roomOn(held);
            if (missing <= 0 || room <= 0 || !mayGrow(held) || asked.contains(held.id())) {
                continue;
            }
            long available = available(held.facts().subnet(), 0);
            if (available == 0) {
                obstruct(held.facts().subnet());
            } else if (held.arriving().count() > 0) {
                // One request at a time for each interface: what comes up meanwhile goes into
                // the next.
                missing -= min(room, available);
            } else {
                int count = (int) min(whole ? room : min(room, missing), available);
                actions.add(new Action.AssignTo(held.id(), kind, count));
                asked.add(held.id());
                take(held.facts().subnet(), kind, count, 0);
                missing -= count;
            }
        }
    }

    private static boolean mayGrow(HeldInterface held) {
        return held.stage() == InterfaceStage.SERVING && held.facts().extendable();
    }

    /** Leaves to the interfaces being made what they will have room for. */
    private void awaitInterfaces() {
        for (Checkpoint.Intent.Create create : ledger.creates()) {
            missing -= max(0, limits.blocksEach() - create.count());
        }
    }

    private void createInterfaces() {
        while (missing > 0) {
            if (places <= 0 || limits.blocksEach() == 0) {
                obstacles.add(
                        kind.more(missing) + " would need another interface; " + limits.inWords());
                return;
            }
            InterfaceTemplate template = source();
            if (template == null) {
                return;
            }
            long most = min(limits.blocksEach(), available(template.subnet(), 1));
            int count = (int) (whole ? most : min(missing, most));
            int device = lowestUnused(template.card());
            actions.add(new Action.CreateInterface(template, device, kind, count));
            devices.add(device);
            take(template.subnet(), kind, count, 1);
            missing -= count;
            places--;
        }
    }

    /** Returns the first source that has room for an interface and a block on it, or null. */
    private @Nullable InterfaceTemplate source() {
        Sources sources = situation.sources();
        if (sources.templates().isEmpty()) {
            obstacles.add(sources.lack());
        }
        for (InterfaceTemplate template : sources.templates()) {
            if (available(template.subnet(), 1) > 0) {
                return template;
            }
            obstruct(template.subnet());
        }
        return null;
    }

    /**
     * Returns how many blocks the subnet may be asked for.
     *
     * @param besides single addresses that are taken first, those of interfaces themselves
     */
    private long available(SubnetId subnet, int besides) {
        SubnetRoom room = situation.room(subnet);
        int known = room.available(now);
        if (limits.family() == IpFamily.IPV6) {
            return known == 0 ? 0 : room.most(kind, now);
        }
        long size = kind.size(IpFamily.IPV4);
        long before = taken.getOrDefault(subnet, 0L);
        long left = (known - before - besides) / size;
        return Math.max(0, min(left, room.most(kind, now) - before / size));
    }

    /** Tells whether the subnet lacked whole prefixes when it was asked last. */
    private boolean isShort(SubnetRoom room) {
        return room.most(kind, now) < Integer.MAX_VALUE;
    }

    private void take(SubnetId subnet, BlockKind kind, int count, int besides) {
        taken.merge(subnet, count * kind.size(IpFamily.IPV4) + besides, Long::sum);
    }

    private void obstruct(SubnetId subnet) {
        SubnetRoom room = situation.room(subnet);
        Instant until = room.refusedUntil(kind, now);
        boolean noPrefix = kind == BlockKind.PREFIX && limits.family() == IpFamily.IPV4;
        lacking |= noPrefix;
        fragmented |= noPrefix && room.available(now) > 0;
        String left = left(room, noPrefix);
        String obstacle =
                "subnet "
                        + subnet
                        + " has "
                        + left
                        + " left"
                        + (until == null ? "" : ", and is not asked before " + until);
        if (!obstacles.contains(obstacle)) {
            obstacles.add(obstacle);
        }
        if (until != null && (again == null || until.isBefore(again))) {
            again = until;
        }
    }

    private String left(SubnetRoom room, boolean noPrefix) {
        if (limits.family() == IpFamily.IPV6) {
            return "no IPv6 prefix";
        }
        return noPrefix && room.available() > 0
                ? "no whole prefix"
                : (room.available() > 0 ? "too few" : "no") + " addresses";
    }

    /** Device 0 of the default card is the primary interface's, whether it is known yet or not. */
    private int lowestUnused(int card) {
        int device = card == 0 ? 1 : 0;
        while (devices.contains(device)) {
            device++;
        }
        return device;
    }

    private static long ceilingOf(long number, long size) {
        return (number + size - 1) / size;
    }
}
