package dev.vpccni.ipam.ledger;

import dev.vpccni.ipam.ledger.AddressUse.Assigned;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What must be true of every ledger, and of every step from one to the next, for tests and
 * simulations to ask. Finds out by counting, and by rules of its own: it asks neither what the
 * ledger says of itself nor the code that decides.
 */
public final class LedgerInvariants {

    /** As upstream has it, for every interface that is removed ({@code minENILifeTime}). */
    private static final long YOUNGEST_REMOVED_SECONDS = 60;

    private LedgerInvariants() {}

    /** Returns what is wrong with {@code ledger} as it stands; nothing, if all is well. */
    public static List<String> violations(Ledger ledger) {
        var violations = new ArrayList<String>();
        var seen = new TreeSet<IpAddress>();
        var owners = new TreeMap<String, IpAddress>();
        var cidrs = new TreeSet<Cidr>();
        int assignable = 0;
        for (HeldInterface held : ledger.interfaces()) {
            int inUse = 0;
            int leaving = 0;
            int doubted = 0;
            boolean single = false;
            boolean prefix = false;
            for (Block block : held.blocks()) {
                if (!cidrs.add(block.cidr())) {
                    violations.add(block.cidr() + " lies on two interfaces");
                }
                if (block.cidr().contains(held.facts().primaryAddress())) {
                    violations.add(block.cidr() + " has the primary address of " + held.id());
                }
                inUse += look(ledger, held, block, seen, owners, violations);
                switch (block.stage()) {
                    case SERVING -> {
                        boolean idle = block.idle() > 0;
                        single |= idle && block.cidr().isSingle();
                        prefix |= idle && !block.cidr().isSingle();
                    }
                    case LEAVING -> leaving++;
                    case DOUBTED -> doubted++;
                }
            }
            boolean counted =
                    inUse == held.inUse() && leaving == held.leaving() && doubted == held.doubted();
            if (!counted) {
                violations.add("counts are not those of " + held);
            }
            if (inUse > 0 && held.stage() == InterfaceStage.LEAVING) {
                violations.add(held.id() + " is leaving with " + inUse + " addresses in use");
            }
            if (!ledger.assignable().agreesWith(held)) {
                violations.add(held.id() + " is not listed as it should be");
            }
            boolean serves =
                    held.stage() == InterfaceStage.SERVING
                            && held.facts().usable()
                            && held.facts().role() != InterfaceRole.UNMANAGED;
            assignable += (serves && single ? 1 : 0) + (serves && prefix ? 1 : 0);
            if (held.blocks().size() > Ledger.INTERFACE_BLOCKS_MAX) {
                violations.add(held.id() + " has " + held.blocks().size() + " blocks");
            }
        }
        overlaps(cidrs, violations);
        ledger.unplaced()
                .forEach((address, use) -> {
                    if (!seen.add(address) || liesIn(cidrs, address)) {
                        violations.add(address + " is both placed and unplaced");
                    }
                    own(ledger, address, use, owners, violations);
                });
        if (cidrs.size() != ledger.homeMap().size()) {
            violations.add(ledger.homeMap().size() + " homes for " + cidrs.size() + " blocks");
        }
        if (assignable != ledger.assignable().size()) {
            violations.add(
                    ledger.assignable().size() + " assignable interfaces, not " + assignable);
        }
        if (owners.size() != ledger.addressMap().size()) {
            violations.add(ledger.addressMap().size() + " keys for " + owners.size() + " owners");
        }
        return violations;
    }

    /** Returns how many of the block's addresses pods have. */
    private static int look(
            Ledger ledger,
            HeldInterface held,
            Block block,
            Set<IpAddress> seen,
            Map<String, IpAddress> owners,
            List<String> violations) {
        int inUse = 0;
        for (Slot slot : block.slots()) {
            inUse += slot.use() instanceof AddressUse.Idle ? 0 : 1;
            if (!seen.add(slot.address())) {
                violations.add(slot.address() + " lies on two interfaces");
            }
            if (!block.cidr().contains(slot.address())) {
                violations.add(slot.address() + " lies outside of " + block.cidr());
            }
            own(ledger, slot.address(), slot.use(), owners, violations);
        }
        if (!held.id().equals(ledger.homeMap().get(block.cidr()))) {
            violations.add(block.cidr() + " is not found on " + held.id());
        }
        if (inUse != block.inUse()) {
            violations.add("counts are not those of " + block);
        }
        if (inUse > 0 && block.stage() == BlockStage.LEAVING) {
            violations.add(block.cidr() + " is leaving with " + inUse + " addresses in use");
        }
        return inUse;
    }

    /** Of blocks in the order of their first addresses, only neighbours can overlap at first. */
    private static void overlaps(SortedSet<Cidr> cidrs, List<String> violations) {
        Cidr before = null;
        for (Cidr cidr : cidrs) {
            if (before != null && before.contains(cidr.network())) {
                violations.add(cidr + " lies in " + before);
            } else {
                before = cidr;
            }
        }
    }

    private static boolean liesIn(SortedSet<Cidr> cidrs, IpAddress address) {
        return cidrs.stream().anyMatch(cidr -> cidr.contains(address));
    }

    private static void own(
            Ledger ledger,
            IpAddress address,
            AddressUse use,
            Map<String, IpAddress> owners,
            List<String> violations) {
        if (use instanceof Assigned(var key, _, _, _)) {
            IpAddress other = owners.put(key.toString(), address);
            if (other != null) {
                violations.add(key + " has both " + other + " and " + address);
            }
            if (!address.equals(ledger.addressMap().get(key))) {
                violations.add(key + " does not find its address " + address);
            }
        }
    }

    /** Returns what is wrong about the step from {@code before} to {@code after} at {@code now}. */
    public static List<String> violations(Ledger before, Ledger after, Instant now) {
        return violations(before, after, now, now);
    }

    /**
     * Returns what is wrong about a step that was made at some instant between two others.
     *
     * @param from when {@code before} was still the ledger
     * @param now when {@code after} is
     */
    public static List<String> violations(Ledger before, Ledger after, Instant from, Instant now) {
        var violations = new ArrayList<>(violations(after));
        Ledger timely = before.at(now);
        for (HeldInterface held : timely.interfaces()) {
            for (Block block : held.blocks()) {
                for (Slot slot : block.slots()) {
                    compare(slot.address(), slot.use(), after, from, now, violations);
                }
                compare(held, block, after, now, violations);
            }
            compare(held, after, now, violations);
        }
        timely.unplaced()
                .forEach((address, use) -> compare(address, use, after, from, now, violations));
        return violations;
    }

    private static void compare(
            HeldInterface held, Ledger after, Instant now, List<String> violations) {
        HeldInterface then = after.find(held.id());
        boolean begins =
                then != null
                        && then.stage() == InterfaceStage.LEAVING
                        && held.stage() != InterfaceStage.LEAVING;
        if (!begins) {
            return;
        }
        if (held.facts().role() != InterfaceRole.SECONDARY) {
            violations.add(held.id() + " is being removed, and is " + held.facts().role());
        }
        if (held.since().plusSeconds(YOUNGEST_REMOVED_SECONDS).isAfter(now)) {
            violations.add(held.id() + " is being removed, and joined at " + held.since());
        }
        if (held.arriving().count() > 0) {
            violations.add(held.id() + " is being removed, and addresses arrive on it");
        }
        for (Block block : held.blocks()) {
            for (Slot slot : block.slots()) {
                if (isBusy(slot.use(), after, now)) {
                    violations.add(held.id() + " is being removed with " + slot);
                }
            }
        }
    }

    private static void compare(
            HeldInterface held, Block block, Ledger after, Instant now, List<String> violations) {
        HeldInterface then = after.find(held.id());
        Block is = then == null ? null : then.find(block.cidr());
        boolean begins =
                is != null
                        && is.stage() == BlockStage.LEAVING
                        && block.stage() != BlockStage.LEAVING;
        for (Slot slot : begins ? block.slots() : List.<Slot>of()) {
            if (isBusy(slot.use(), after, now)) {
                violations.add(block.cidr() + " is being given back with " + slot);
            }
        }
    }

    private static void compare(
            IpAddress address,
            AddressUse was,
            Ledger after,
            Instant from,
            Instant now,
            List<String> violations) {
        if (!isBusy(was, after, now)) {
            return;
        }
        AddressUse is = after.use(address);
        boolean same = was.equals(is);
        // Cooling begins anew where a pod that nobody knew is seen to have gone.
        boolean begunToCool = is instanceof AddressUse.Idle(Instant since) && !since.isBefore(from);
        boolean fine =
                switch (was) {
                    case AddressUse.Assigned _, AddressUse.Held _ -> same || begunToCool;
                    case AddressUse.Idle _ -> same || begunToCool || is instanceof AddressUse.Held;
                };
        if (!fine) {
            violations.add(address + " was " + was + ", and is " + is + " at " + now);
        }
    }

    /** Tells whether a pod has the address, or had it less than the time of rest ago. */
    private static boolean isBusy(AddressUse use, Ledger ledger, Instant now) {
        return switch (use) {
            case AddressUse.Assigned _, AddressUse.Held _ -> true;
            case AddressUse.Idle(Instant since) ->
                    since.isAfter(Instant.EPOCH) && since.plus(ledger.cooldown()).isAfter(now);
        };
    }
}
