package dev.vpccni.node.pod;

import dev.vpccni.dataplane.HostEnd;
import dev.vpccni.dataplane.InterfaceNames;
import dev.vpccni.ipam.ledger.Checkpoint;
import dev.vpccni.ipam.ledger.HeldInterface;
import dev.vpccni.ipam.ledger.Ledger;
import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.PodName;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/** The pods' ends that ledgers tell of: which address is reached over which host interface. */
public final class GrantedEnds {

    private GrantedEnds() {}

    /**
     * A grant, and the pod's link that it is for.
     *
     * @param shared whether the link has the name that all of the pod's could have had once
     */
    record Granted(Checkpoint.Grant grant, HostEnd end, boolean shared) {}

    /** Returns those of all pods whose addresses lie on interfaces that are known. */
    public static List<HostEnd> of(List<Ledger> ledgers) {
        return granted(ledgers, _ -> true).values().stream().map(Granted::end).toList();
    }

    /**
     * Returns by host interface who is connected by it. Of several sandboxes of a pod of one name
     * the last one has it: the DEL of those before has not come yet.
     *
     * @param wanted which pods; each name of a host interface is a hash
     */
    static SortedMap<String, Granted> granted(
            List<Ledger> ledgers, Predicate<? super PodName> wanted) {
        var links = new TreeMap<AttachmentKey, Integer>();
        var granted = new TreeMap<String, Granted>();
        for (Ledger ledger : ledgers) {
            for (Checkpoint.Grant grant : ledger.checkpoint().grants()) {
                if (!wanted.test(grant.pod())) {
                    continue;
                }
                int link = links.merge(grant.key(), 1, Integer::sum) - 1;
                HeldInterface home = ledger.home(grant.address());
                if (home != null) {
                    add(grant, link, home, granted);
                }
            }
        }
        return granted;
    }

    private static void add(
            Checkpoint.Grant grant,
            int link,
            HeldInterface home,
            SortedMap<String, Granted> granted) {
        String own = InterfaceNames.host("", grant.pod(), grant.key().interfaceName(), link);
        String shared = InterfaceNames.shared("", grant.pod(), link);
        for (String suffix : new TreeSet<>(List.of(own, shared))) {
            var end = new HostEnd(suffix, grant.address(), home.facts().table());
            granted.merge(suffix, new Granted(grant, end, !suffix.equals(own)), GrantedEnds::owner);
        }
    }

    private static Granted owner(Granted one, Granted other) {
        if (one.shared() != other.shared()) {
            return one.shared() ? other : one;
        }
        return other.grant().since().isAfter(one.grant().since()) ? other : one;
    }
}
