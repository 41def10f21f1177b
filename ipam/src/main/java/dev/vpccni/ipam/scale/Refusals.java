package dev.vpccni.ipam.scale;

import dev.vpccni.ipam.ledger.Counts;
import dev.vpccni.ipam.ledger.HeldInterface;
import dev.vpccni.ipam.ledger.InterfaceStage;
import dev.vpccni.ipam.ledger.Ledger;
import dev.vpccni.ipam.policy.PoolLimits;
import dev.vpccni.model.SubnetId;
import java.time.Instant;
import java.util.SortedSet;
import java.util.TreeSet;

/** Says why a pod has no address. */
public final class Refusals {

    /** Pods on the host's network that the published pod limits allow for. */
    private static final int HOST_NETWORK_PODS = 2;

    private Refusals() {}

    /** Returns what keeps a pod that finds no free address in {@code ledger} from having one. */
    public static Refusal explain(Ledger ledger, Situation situation, Instant now) {
        PoolLimits limits = situation.limits();
        Counts counts = ledger.counts(now);
        if (limits.addressesMax() == 0) {
            return new Refusal(
                    Refusal.Cause.NO_SECONDARY_ADDRESSES,
                    false,
                    "a " + limits.instanceType() + " has no addresses for pods",
                    "Use another instance type.");
        }
        if (counts.arriving() > 0) {
            return new Refusal(
                    Refusal.Cause.ARRIVING,
                    true,
                    "EC2 was asked for "
                            + counts.arriving()
                            + " more addresses, which are not"
                            + " there yet; "
                            + inWords(counts),
                    "See the daemon's log for how EC2 answers.");
        }
        SortedSet<SubnetId> growable = growable(ledger, situation);
        if (growable.isEmpty()) {
            return atLimit(limits, counts);
        }
        boolean subnetGives = growable.stream().anyMatch(id -> gives(situation, id, now));
        if (!subnetGives) {
            return new Refusal(
                    Refusal.Cause.SUBNET,
                    true,
                    "no address is left in " + growable + "; " + inWords(counts),
                    "Free addresses in the subnet, or give nodes a larger one.");
        }
        return new Refusal(
                Refusal.Cause.EC2,
                true,
                "EC2 has not given another address; " + inWords(counts),
                "See the daemon's log for how EC2 answers.");
    }

    private static Refusal atLimit(PoolLimits limits, Counts counts) {
        boolean setting = limits.interfacesMax() < limits.instanceInterfaces();
        String reason =
                "a "
                        + limits.instanceType()
                        + (setting ? " with MAX_ENI=" + limits.interfacesMax() : "")
                        + " holds "
                        + limits.addressesMax()
                        + " pod addresses ("
                        + limits.interfacesMax()
                        + " interfaces with "
                        + limits.addressesEach()
                        + " each); "
                        + inWords(counts);
        if (setting) {
            return new Refusal(
                    Refusal.Cause.INTERFACES_SETTING,
                    true,
                    reason,
                    "Raise MAX_ENI: this instance type allows "
                            + limits.instanceInterfaces()
                            + " interfaces.");
        }
        int podsMax = limits.addressesMax() + HOST_NETWORK_PODS;
        return new Refusal(
                Refusal.Cause.INSTANCE_LIMIT,
                true,
                reason,
                "Use a larger instance type, or let the kubelet admit no more pods than fit"
                        + " (--max-pods="
                        + podsMax
                        + ").");
    }

    /** The subnets of interfaces with room, and that of another interface if there may be one. */
    private static SortedSet<SubnetId> growable(Ledger ledger, Situation situation) {
        var subnets = new TreeSet<SubnetId>();
        PoolLimits limits = situation.limits();
        for (HeldInterface held : ledger.interfaces()) {
            if (held.stage() == InterfaceStage.SERVING
                    && held.facts().role().extendable()
                    && held.size() + held.arriving() < limits.addressesEach()) {
                subnets.add(held.facts().subnet());
            }
        }
        if (ledger.interfaces().size() + ledger.creates().size() < limits.interfacesMax()) {
            subnets.add(situation.subnet());
        }
        return subnets;
    }

    private static boolean gives(Situation situation, SubnetId id, Instant now) {
        return situation.room(id).available(now) > 0;
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
}
