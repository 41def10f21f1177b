package dev.vpccni.node.port;

import dev.vpccni.dataplane.PodWiring;
import dev.vpccni.dataplane.branch.BranchEnd;
import dev.vpccni.dataplane.branch.BranchView;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.MacAddress;
import java.util.List;
import java.util.SortedMap;

/** The node's kernel, as far as pods with network interfaces of their own need it. */
public interface BranchNetwork {

    /**
     * Takes a pod off the node, whichever mode it was wired in; what is not there is not missed,
     * and what the kernel shows to be a newer pod's stays. The veth pair ends with the pod's
     * namespace.
     *
     * @param onlyDead whether the pod's namespace is known to be gone: a host interface that uses
     *     the VLAN is a newer pod's then
     */
    void unwire(BranchEnd end, boolean onlyDead) throws HostException, InterruptedException;

    /**
     * Returns the index of a network interface's link, such as a trunk's.
     *
     * @throws HostException with {@link HostFailure.NoLink} if no link has its MAC address (yet)
     */
    int linkIndex(MacAddress mac) throws HostException, InterruptedException;

    /** Reads what the kernel holds of such pods now. */
    BranchView branches() throws HostException, InterruptedException;

    /**
     * Looks for what the node lacks of pods whose host interfaces exist.
     *
     * @return what is missing for each address, in one phrase each; no entry where nothing is
     */
    SortedMap<IpAddress, List<String>> missingOfBranches(List<PodWiring.OnBranch> pods)
            throws HostException, InterruptedException;

    /**
     * Brings back what is missing of one of them.
     *
     * @return what that was, each in one phrase
     */
    List<String> restore(PodWiring.OnBranch pod) throws HostException, InterruptedException;
}
