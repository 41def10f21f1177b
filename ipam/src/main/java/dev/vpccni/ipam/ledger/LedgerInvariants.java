package dev.vpccni.ipam.ledger;

import dev.vpccni.ipam.ledger.AddressUse.Assigned;
import dev.vpccni.model.Ipv4Address;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What must be true of every ledger, and of every step from one to the next, for tests and
 * simulations to ask. Finds out by counting, not by what the ledger says of itself.
 */
public final class LedgerInvariants {

    private LedgerInvariants() {}

    /** Returns what is wrong with {@code ledger} as it stands; nothing, if all is well. */
    public static List<String> violations(Ledger ledger) {
        var violations = new ArrayList<String>();
        var seen = new TreeSet<Ipv4Address>();
        var owners = new TreeMap<String, Ipv4Address>();
        int placed = 0;
        int openings = 0;
        for (HeldInterface held : ledger.interfaces()) {
            int inUse = 0;
            for (Slot slot : held.slots()) {
                placed++;
                inUse += slot.use().inUse() ? 1 : 0;
                if (!seen.add(slot.address())) {
                    violations.add(slot.address() + " lies on two interfaces");
                }
                if (!held.id().equals(ledger.homeMap().get(slot.address()))) {
                    violations.add(slot.address() + " is not found on " + held.id());
                }
                own(ledger, slot.address(), slot.use(), owners, violations);
            }
            if (inUse != held.inUse()) {
                violations.add(held.id() + " counts " + held.inUse() + " in use, not " + inUse);
            }
            if (inUse > 0 && held.stage() == InterfaceStage.LEAVING) {
                violations.add(held.id() + " is leaving with " + inUse + " addresses in use");
            }
            if (!ledger.openings().agreesWith(held)) {
                violations.add(held.id() + " is not listed as it should be");
            }
            openings += held.hasOpening() ? 1 : 0;
            if (held.size() > Ledger.INTERFACE_ADDRESSES_MAX) {
                violations.add(held.id() + " has " + held.size() + " addresses");
            }
        }
        ledger.unplaced()
                .forEach((address, use) -> {
                    if (!seen.add(address)) {
                        violations.add(address + " is both placed and unplaced");
                    }
                    own(ledger, address, use, owners, violations);
                });
        if (placed != ledger.homeMap().size()) {
            violations.add(ledger.homeMap().size() + " homes for " + placed + " addresses");
        }
        if (openings != ledger.openings().size()) {
            violations.add(ledger.openings().size() + " openings, not " + openings);
        }
        if (owners.size() != ledger.addressMap().size()) {
            violations.add(ledger.addressMap().size() + " keys for " + owners.size() + " owners");
        }
        return violations;
    }

    private static void own(
            Ledger ledger,
            Ipv4Address address,
            AddressUse use,
            Map<String, Ipv4Address> owners,
            List<String> violations) {
        if (use instanceof Assigned(var key, _, _)) {
            Ipv4Address other = owners.put(key.toString(), address);
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
        var violations = new ArrayList<>(violations(after));
        Ledger timely = before.at(now);
        for (HeldInterface held : timely.interfaces()) {
            for (Slot slot : held.slots()) {
                compare(slot.address(), slot.use(), after, now, violations);
            }
            HeldInterface then = after.find(held.id());
            boolean begins =
                    then != null
                            && then.stage() == InterfaceStage.LEAVING
                            && held.stage() != InterfaceStage.LEAVING;
            String against = held.againstRemoval(now, before.cooldown());
            if (begins && against != null) {
                violations.add(held.id() + " is being removed, and " + against);
            }
        }
        timely.unplaced().forEach((address, use) -> compare(address, use, after, now, violations));
        return violations;
    }

    private static void compare(
            Ipv4Address address,
            AddressUse was,
            Ledger after,
            Instant now,
            List<String> violations) {
        AddressUse is = after.use(address);
        boolean released = is instanceof AddressUse.Idle(Instant from) && from.equals(now);
        if (was.inUse() && !was.equals(is) && !released) {
            violations.add(address + " was " + was + ", and is " + is);
        }
        boolean cooling =
                was instanceof AddressUse.Idle(Instant since)
                        && HeldInterface.cools(since, now, after.cooldown());
        if (cooling && (is instanceof Assigned || is instanceof AddressUse.Leaving)) {
            violations.add(address + " is cooling down, and is " + is);
        }
    }
}
