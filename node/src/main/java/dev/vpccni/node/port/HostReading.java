package dev.vpccni.node.port;

import dev.vpccni.dataplane.HostEnd;
import dev.vpccni.dataplane.InterfaceSetup;
import dev.vpccni.dataplane.NodeSetup;
import dev.vpccni.model.IpAddress;
import java.util.List;
import java.util.SortedMap;

/**
 * The node's kernel for somebody who changes nothing: what {@link HostNetwork} would change is told
 * and stays as it is.
 */
public interface HostReading {

    /** Reads what the kernel holds now. */
    HostNetwork.Observation observe() throws HostException, InterruptedException;

    /** Returns what {@link HostNetwork#setUpNode} would change, each in one phrase. */
    List<String> differences(NodeSetup setup) throws HostException, InterruptedException;

    /**
     * Returns what {@link HostNetwork#setUpPacketFilter} would change, each in one phrase.
     *
     * @throws HostException also without the right to read the packet filter
     */
    List<String> filterDifferences(NodeSetup setup) throws HostException, InterruptedException;

    /**
     * Returns what {@link HostNetwork#setUpInterface} would change, each in one phrase.
     *
     * @throws HostException with {@link HostFailure.NoLink} if no link has its MAC address
     */
    List<String> differences(InterfaceSetup setup) throws HostException, InterruptedException;

    /** Looks for what the node lacks to reach pods, see {@link HostNetwork#missing}. */
    SortedMap<IpAddress, List<String>> missing(List<HostEnd> ends)
            throws HostException, InterruptedException;
}
