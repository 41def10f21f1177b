package dev.vpccni.node.pod;

import dev.vpccni.dataplane.HostEnd;
import dev.vpccni.ipam.ledger.AddressUse;
import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.PodName;
import dev.vpccni.node.pod.GrantedEnds.Granted;
import dev.vpccni.node.pool.CardPool;
import dev.vpccni.node.pool.CardPools;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostNetwork;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Brings back what somebody else has removed of pods' connections on the node. What a verb is about
 * just now is left to it. Safe for use by many threads.
 */
public final class PodRestoration {

    private final CardPools cards;
    private final HostNetwork host;
    private final KeyedLock<AttachmentKey> attachmentLocks;
    private final KeyedLock<IpAddress> addressLocks;
    private final BranchNetworker branches;

    /**
     * @param attachmentLocks what the verbs lock
     * @param addressLocks what they lock then
     * @param branches whose pods have no address of the node's
     */
    PodRestoration(
            CardPools cards,
            HostNetwork host,
            KeyedLock<AttachmentKey> attachmentLocks,
            KeyedLock<IpAddress> addressLocks,
            BranchNetworker branches) {
        this.cards = cards;
        this.host = host;
        this.attachmentLocks = attachmentLocks;
        this.addressLocks = addressLocks;
        this.branches = branches;
    }

    /** Returns the addresses of pods that the node lacks something to reach. */
    public SortedSet<IpAddress> lacking() throws HostException, InterruptedException {
        List<HostEnd> ends = granted(_ -> true).values().stream().map(Granted::end).toList();
        SortedSet<IpAddress> lacking = branches.lacking();
        if (!ends.isEmpty()) {
            lacking.addAll(host.missing(ends).keySet());
        }
        return lacking;
    }

    /**
     * Brings back what is missing of one pod.
     *
     * @return what that was, each in one phrase, or null if a verb is at it, so that there may be
     *     something left to do
     */
    public @Nullable List<String> restore(IpAddress address)
            throws HostException, InterruptedException {
        List<Granted> before = of(address);
        if (before.isEmpty()) {
            return branches.restore(address);
        }
        AttachmentKey key = before.getFirst().grant().key();
        if (attachmentLocks.isLocked(key)) {
            return null;
        }
        attachmentLocks.lock(key);
        try {
            addressLocks.lock(address);
            try {
                var restored = new ArrayList<String>();
                for (Granted now : of(address)) {
                    if (now.grant().key().equals(key)) {
                        restored.addAll(host.restore(now.end()));
                    }
                }
                return restored;
            } finally {
                addressLocks.unlock(address);
            }
        } finally {
            attachmentLocks.unlock(key);
        }
    }

    private List<Granted> of(IpAddress address) {
        PodName pod = null;
        for (CardPool pool : cards.all()) {
            if (pool.keeper().ledger().use(address) instanceof AddressUse.Assigned assigned) {
                pod = assigned.pod();
            }
        }
        return pod == null
                ? List.of()
                : granted(pod::equals).values().stream()
                        .filter(granted -> granted.end().address().equals(address))
                        .toList();
    }

    private SortedMap<String, Granted> granted(Predicate<? super PodName> wanted) {
        return GrantedEnds.granted(cards.ledgers(), wanted);
    }
}
