package dev.vpccni.node.port;

import dev.vpccni.dataplane.HostEnd;
import dev.vpccni.dataplane.InterfaceSetup;
import dev.vpccni.dataplane.NodeSetup;
import dev.vpccni.dataplane.PodWiring;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.MacAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/** The node's kernel, as far as pods and network interfaces need it. */
public interface HostNetwork extends BranchNetwork {

    /**
     * Connects a pod: all of {@code wiring}, or nothing of it. What an earlier attempt for the same
     * host interface left behind is replaced, and so is a rule that leads the address elsewhere.
     */
    void wire(PodWiring wiring, PodNamespace pod) throws HostException, InterruptedException;

    /**
     * Returns the interface that a pod's default route leads over, unless that is the one that it
     * is to have, or null: of two defaults one would be of no use.
     *
     * @param podInterface what it is to have
     * @param family of its address there
     */
    @Nullable String otherDefault(PodNamespace pod, String podInterface, IpFamily family)
            throws HostException, InterruptedException;

    /**
     * Removes the rules and the route of one address of a pod; what is not there is not missed. The
     * veth pairs end with the pod's namespace.
     *
     * @param hostInterface the pod's host interface, or null where unknown: then any route to the
     *     address goes
     */
    void unwire(IpAddress address, int table, @Nullable String hostInterface)
            throws HostException, InterruptedException;

    /** Compares kernel and {@code wiring}; each entry of the answer names one thing that is off. */
    List<String> verify(PodWiring wiring, PodNamespace pod)
            throws HostException, InterruptedException;

    /**
     * Makes the node's part of the kernel what {@code setup} says, the packet filter apart,
     * changing only what differs.
     *
     * @return what it changed, each in one phrase
     */
    List<String> setUpNode(NodeSetup setup) throws HostException, InterruptedException;

    /**
     * Makes our part of the packet filter what {@code setup} says, changing only what differs.
     *
     * @return what it changed, each in one phrase
     */
    List<String> setUpPacketFilter(NodeSetup setup) throws HostException, InterruptedException;

    /**
     * Makes the kernel serve a secondary interface, changing only what differs.
     *
     * @return what it changed, each in one phrase
     * @throws HostException with {@link HostFailure.NoLink} if no link has its MAC address (yet)
     */
    List<String> setUpInterface(InterfaceSetup setup) throws HostException, InterruptedException;

    /**
     * Waits until the kernel has a link with the address {@code mac}; returns as soon as it does.
     *
     * @return false if {@code patience} passed first
     */
    boolean awaitLink(MacAddress mac, Duration patience) throws HostException, InterruptedException;

    /**
     * Waits until a network interface's link goes away, however long ago it was looked at last, or
     * comes. Pods' links do not count. One task at a time waits.
     *
     * @return false if {@code patience} passed first
     */
    boolean awaitLinkChange(Duration patience) throws HostException, InterruptedException;

    /** Removes the rules of an interface that is going away. */
    void tearDownInterface(IpAddress primaryAddress) throws HostException, InterruptedException;

    /**
     * Waits until somebody else changes what could be ours. Whoever asks for the first time, or
     * when something was missed, hears of all parts at once. One task at a time waits.
     *
     * @return the parts to look at; none if {@code patience} passed first
     */
    Set<Part> awaitDisturbance(Duration patience) throws HostException, InterruptedException;

    /** A part of the kernel that others change too. */
    enum Part {
        /** Links, addresses, routes, rules and neighbours. */
        ROUTING,
        /** Source address translation and marks. */
        PACKET_FILTER
    }

    /**
     * Looks for what the node lacks to reach pods, of those whose host interfaces exist.
     *
     * @return what is missing for each address, in one phrase each; no entry where nothing is
     */
    SortedMap<IpAddress, List<String>> missing(List<HostEnd> ends)
            throws HostException, InterruptedException;

    /**
     * Brings back what is missing of one of them.
     *
     * @return what that was, each in one phrase
     */
    List<String> restore(HostEnd end) throws HostException, InterruptedException;

    /**
     * Ends the connections that the kernel tracks of an address that no pod of the node has, and
     * forgets which hardware address it had. A kernel that tracks none has none to end.
     *
     * @return how many connections there were
     */
    int endConnections(IpAddress address) throws HostException, InterruptedException;

    /** Reads what the kernel holds now. */
    Observation observe() throws HostException, InterruptedException;

    /**
     * The kernel as a witness.
     *
     * @param links the MAC addresses of the links that are no pod's host interface, with their
     *     names
     * @param hostInterfaces the names of pods' host interfaces, whatever prefix was in use when
     *     they came
     * @param vethNames the names of all veth links
     * @param podRoutes addresses with a route through a pod's host interface, and its name
     * @param podRules addresses with a rule of priority 512, and the table of their rule of
     *     priority 1536, which is 254 if there is none
     */
    record Observation(
            SortedMap<MacAddress, String> links,
            SortedSet<String> hostInterfaces,
            SortedSet<String> vethNames,
            SortedMap<IpAddress, String> podRoutes,
            SortedMap<IpAddress, Integer> podRules) {

        /** Tells whether a route through a pod's host interface that exists leads to an address. */
        public boolean leadsToPod(IpAddress address) {
            String link = podRoutes.get(address);
            return link != null && hostInterfaces.contains(link);
        }
    }
}
