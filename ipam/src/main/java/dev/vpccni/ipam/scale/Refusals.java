package dev.vpccni.ipam.scale;

import dev.vpccni.ipam.ledger.Counts;
import dev.vpccni.ipam.ledger.HeldInterface;
import dev.vpccni.ipam.ledger.InterfaceStage;
import dev.vpccni.ipam.ledger.InterfaceTemplate;
import dev.vpccni.ipam.ledger.Ledger;
import dev.vpccni.ipam.policy.PoolLimits;
import dev.vpccni.model.SubnetId;
import java.time.Instant;
import java.util.SortedMap;
import java.util.TreeMap;

/** Says why a pod has no address. */
public final class Refusals {

    /** Pods on the host's network that the published pod limits allow for. */
    private static final int HOST_NETWORK_PODS = 2;

    private Refusals() {}

    /** Returns what keeps a pod that finds no free address in {@code ledger} from having one. */
    public static Refusal explain(Ledger ledger, Situation situation, Instant now) {
        PoolLimits limits = situation.limits();
        Counts counts = ledger.counts(now);
        if (limits.blocksEach() == 0) {
            return new Refusal(
                    Refusal.Cause.NO_SECONDARY_ADDRESSES,
                    false,
                    "a " + limits.instanceType() + " has no addresses for pods",
                    "use another instance type");
        }
        if (counts.arriving() > 0) {
            return new Refusal(
                    Refusal.Cause.ARRIVING,
                    true,
                    "EC2 was asked for "
                            + count(counts.arriving(), "more address", "more addresses")
                            + ", not all of which are there yet; "
                            + inWords(counts),
                    "see the daemon's log for how EC2 answers");
        }
        SortedMap<SubnetId, Integer> growable = growable(ledger, situation);
        Sources sources = situation.sources();
        if (growable.isEmpty() && sources.templates().isEmpty() && hasPlace(ledger, limits)) {
            return new Refusal(
                    Refusal.Cause.SOURCE,
                    true,
                    "no interface can be made: " + sources.lack() + "; " + inWords(counts),
                    "see where the node's interfaces are to come from");
        }
        if (growable.isEmpty()) {
            return atLimit(limits, counts, mayComeBack(ledger, counts));
        }
        boolean subnetGives =
                growable.entrySet().stream()
                        .anyMatch(e -> situation.room(e.getKey()).available(now) >= e.getValue());
        if (!subnetGives) {
            return new Refusal(
                    Refusal.Cause.SUBNET,
                    true,
                    "no address is left in " + growable.keySet() + "; " + inWords(counts),
                    "free addresses in the subnet, or give nodes a larger one");
        }
        return new Refusal(
                Refusal.Cause.EC2,
                true,
                "EC2 has not given another address; " + inWords(counts),
                "see the daemon's log for how EC2 answers");
    }

    /** Whether an address, or a place for an interface, comes free without the end of a pod. */
    private static boolean mayComeBack(Ledger ledger, Counts counts) {
        return counts.free() + counts.cooling() + counts.leaving() + counts.doubted() > 0
                || ledger.interfaces().stream()
                        .anyMatch(held -> held.stage() != InterfaceStage.SERVING);
    }

    private static Refusal atLimit(PoolLimits limits, Counts counts, boolean waitingHelps) {
        boolean setting = limits.interfacesMax() < limits.instanceInterfaces();
        String reason = limits.inWords() + "; " + inWords(counts);
        if (setting) {
            return new Refusal(
                    Refusal.Cause.INTERFACES_SETTING,
                    waitingHelps,
                    reason,
                    "raise MAX_ENI: this instance type allows "
                            + limits.instanceInterfaces()
                            + " interfaces");
        }
        long podsMax = limits.addressesMax() + HOST_NETWORK_PODS;
        return new Refusal(
                Refusal.Cause.INSTANCE_LIMIT,
                waitingHelps,
                reason,
                "use a larger instance type, or let the kubelet admit no more pods than fit"
                        + " (--max-pods="
                        + podsMax
                        + ")");
    }

    /**
     * The subnets of interfaces with room, and that of another interface if there may be one, with
     * the addresses that it takes to have one more for a pod: an interface takes one itself.
     */
    private static SortedMap<SubnetId, Integer> growable(Ledger ledger, Situation situation) {
        var subnets = new TreeMap<SubnetId, Integer>();
        PoolLimits limits = situation.limits();
        for (HeldInterface held : ledger.interfaces()) {
            if (held.stage() == InterfaceStage.SERVING
                    && held.facts().extendable()
                    && situation.roomOn(held) > 0) {
                subnets.put(held.facts().subnet(), 1);
            }
        }
        if (hasPlace(ledger, limits)) {
            for (InterfaceTemplate template : situation.sources().templates()) {
                subnets.putIfAbsent(template.subnet(), 2);
            }
        }
        return subnets;
    }

    private static boolean hasPlace(Ledger ledger, PoolLimits limits) {
        return ledger.interfaces().size() + ledger.creates().size() < limits.places();
    }

    private static String inWords(Counts counts) {
        return counts.inUse()
                + " in use, "
                + counts.cooling()
                + " cooling down, "
                + counts.free()
                + " free"
                + (counts.leaving() > 0 ? ", " + counts.leaving() + " on their way back" : "");
    }

    private static String count(long number, String one, String more) {
        return number + " " + (number == 1 ? one : more);
    }
}
