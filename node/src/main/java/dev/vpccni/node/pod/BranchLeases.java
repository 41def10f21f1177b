package dev.vpccni.node.pod;

import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.PodName;
import dev.vpccni.node.pool.NoAddressException;
import dev.vpccni.node.port.BranchNetwork;
import dev.vpccni.node.port.BranchSource.Branch;
import dev.vpccni.node.port.BranchSource.PendingException;
import dev.vpccni.node.port.HostException;
import java.time.Duration;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Pods' own interfaces as the cluster tells of them, on the trunk that the ledger has. */
final class BranchLeases implements BranchService {

    private static final int VLAN_MAX = 4_094;

    private final BranchWaits waits;
    private final BranchNetwork host;
    private final IpFamily family;
    private final Predicate<IpAddress> taken;

    /**
     * @param family of pods' addresses
     * @param taken tells whether an address is another pod's
     */
    BranchLeases(
            BranchWaits waits, BranchNetwork host, IpFamily family, Predicate<IpAddress> taken) {
        this.waits = waits;
        this.host = host;
        this.family = family;
        this.taken = taken;
    }

    @Override
    public @Nullable Lease assign(AttachmentKey key, PodName pod, Duration patience)
            throws NoAddressException, InterruptedException {
        try {
            BranchWaits.Own own = waits.await(key, pod, "", patience);
            if (own == null) {
                return null;
            }
            Lease lease = lease(own.branch(), host.linkIndex(own.trunk()));
            if (lease == null || taken.test(lease.address())) {
                throw new NoAddressException(
                        "the interface "
                                + own.branch().id()
                                + " of the pod "
                                + pod
                                + (lease == null
                                        ? " has no address or subnet of " + family + ", or no VLAN"
                                        : " has an address that is another pod's"),
                        "see to the controller that has made it, and let it make another one");
            }
            return lease;
        } catch (PendingException e) {
            throw new NoAddressException(String.valueOf(e.getMessage()), e.remedy());
        } catch (HostException e) {
            throw new NoAddressException(
                    "the trunk of the pod " + pod + " cannot be used: " + e.getMessage(),
                    "see that the trunk is attached to the instance");
        }
    }

    @Override
    public void dismiss(AttachmentKey key) {
        waits.dismiss(key);
    }

    @Override
    public @Nullable Lease of(PodName pod, String uid) {
        try {
            BranchWaits.Own own = waits.find(pod, uid);
            return own == null ? null : lease(own.branch(), 0);
        } catch (PendingException _) {
            return null;
        }
    }

    private @Nullable Lease lease(Branch branch, int parent) {
        IpAddress address = branch.address(family);
        IpAddress router = address == null ? null : branch.router(address);
        boolean whole = router != null && branch.vlan() > 0 && branch.vlan() <= VLAN_MAX;
        return address == null || router == null || !whole
                ? null
                : new Lease(address, router, branch.mac(), branch.vlan(), parent);
    }
}
