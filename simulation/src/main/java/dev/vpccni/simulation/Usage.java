package dev.vpccni.simulation;

import dev.vpccni.model.BlockKind;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.InstanceId;
import dev.vpccni.model.IpAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/** Who uses which address of the VPC, and until when it was used last, by what pods are told. */
final class Usage {

    private final long restNanos;
    private final Map<IpAddress, Use> uses = new HashMap<>();
    private final Map<InstanceId, Map<IpAddress, String>> owners = new HashMap<>();
    private final SortedSet<Cidr> taken = new TreeSet<>();

    /**
     * @param owner which pod, in which sandbox
     * @param ended when it was seen with it last; {@link #STILL} if it has it
     */
    private record Use(String owner, long ended) {}

    private static final long STILL = Long.MAX_VALUE;

    /**
     * @param restNanos for how long nobody else may have an address that was used
     */
    Usage(long restNanos) {
        this.restNanos = restNanos;
    }

    /** Forgives all that becomes of addresses which somebody takes away behind the node's back. */
    void takenAway(Cidr block) {
        taken.add(block);
    }

    boolean isTakenAway(IpAddress address) {
        if (taken.isEmpty()) {
            return false;
        }
        for (BlockKind kind : BlockKind.values()) {
            if (taken.contains(Cidr.of(address, kind.prefixLength(address.family())))) {
                return true;
            }
        }
        return false;
    }

    /** Notes who has which address on {@code node} now; returns what is wrong with that. */
    List<String> note(InstanceId node, Map<IpAddress, String> now, long at) {
        Map<IpAddress, String> before = owners.getOrDefault(node, Map.of());
        List<String> wrong = new ArrayList<>();
        before.forEach((address, owner) -> {
            Use use = uses.get(address);
            if (!owner.equals(now.get(address)) && use != null && use.owner.equals(owner)) {
                uses.put(address, new Use(owner, at));
            }
        });
        now.forEach((address, owner) -> {
            if (!owner.equals(before.get(address))) {
                Use use = uses.put(address, new Use(owner, STILL));
                boolean rested =
                        use == null
                                || use.owner.equals(owner)
                                || (use.ended != STILL && at - use.ended >= restNanos);
                if (!rested && !isTakenAway(address)) {
                    wrong.add(
                            address
                                    + " went from "
                                    + use.owner
                                    + " to "
                                    + owner
                                    + " without a rest");
                }
            }
        });
        owners.put(node, now);
        return wrong;
    }

    /** Tells whether {@code address} is used, or was until a moment ago. */
    boolean isBusy(IpAddress address, long now) {
        Use use = uses.get(address);
        return use != null && (use.ended == STILL || now - use.ended < restNanos);
    }
}
