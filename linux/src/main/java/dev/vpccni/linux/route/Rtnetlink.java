package dev.vpccni.linux.route;

import static dev.vpccni.linux.netlink.NetlinkSocket.NETLINK_ROUTE;
import static dev.vpccni.linux.netlink.NetlinkSocket.NLM_F_CREATE;
import static dev.vpccni.linux.netlink.NetlinkSocket.NLM_F_EXCL;
import static dev.vpccni.linux.netlink.NetlinkSocket.NLM_F_REPLACE;
import static dev.vpccni.linux.route.AddressCodec.RTM_DELADDR;
import static dev.vpccni.linux.route.AddressCodec.RTM_GETADDR;
import static dev.vpccni.linux.route.AddressCodec.RTM_NEWADDR;
import static dev.vpccni.linux.route.LinkCodec.RTM_DELLINK;
import static dev.vpccni.linux.route.LinkCodec.RTM_GETLINK;
import static dev.vpccni.linux.route.LinkCodec.RTM_NEWLINK;
import static dev.vpccni.linux.route.NeighbourCodec.RTM_DELNEIGH;
import static dev.vpccni.linux.route.NeighbourCodec.RTM_GETNEIGH;
import static dev.vpccni.linux.route.NeighbourCodec.RTM_NEWNEIGH;
import static dev.vpccni.linux.route.RouteCodec.RTM_DELROUTE;
import static dev.vpccni.linux.route.RouteCodec.RTM_GETROUTE;
import static dev.vpccni.linux.route.RouteCodec.RTM_NEWROUTE;
import static dev.vpccni.linux.route.RuleCodec.RTM_DELRULE;
import static dev.vpccni.linux.route.RuleCodec.RTM_GETRULE;
import static dev.vpccni.linux.route.RuleCodec.RTM_NEWRULE;

import dev.vpccni.linux.Descriptor;
import dev.vpccni.linux.Errno;
import dev.vpccni.linux.ErrnoException;
import dev.vpccni.linux.netlink.MessageWriter;
import dev.vpccni.linux.netlink.NetlinkSocket;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Links, addresses, routes, rules and neighbours of one network namespace: that in which the socket
 * was opened. Every method is one request with its own acknowledgement, throws {@link
 * ErrnoException} with the kernel's error number and words, and may be called by any thread; lists
 * are taken again where the kernel says that they were interrupted.
 *
 * <p>Common error numbers: {@code EEXIST} where something is added that exists, {@code ENODEV} for
 * a link, {@code ESRCH} for a route and {@code ENOENT} for a rule or neighbour that does not exist,
 * {@code EADDRNOTAVAIL} for an address, {@code ENETUNREACH} for a gateway that no link reaches,
 * {@code EPERM} without the capability {@code CAP_NET_ADMIN}.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/rtnetlink.7.html">rtnetlink(7)</a>
 */
public final class Rtnetlink implements AutoCloseable {

    private static final int NEW = NLM_F_CREATE | NLM_F_EXCL;
    private static final int PUT = NLM_F_CREATE | NLM_F_REPLACE;

    private final NetlinkSocket socket;

    /** Speaks over a socket of protocol {@code NETLINK_ROUTE}, which it closes in the end. */
    public Rtnetlink(NetlinkSocket socket) {
        this.socket = socket;
    }

    /** Opens a socket in the network namespace of the current platform thread. */
    public static Rtnetlink open() throws ErrnoException {
        return new Rtnetlink(NetlinkSocket.open(NETLINK_ROUTE));
    }

    /**
     * Opens a socket in the network namespace of the current platform thread by which lists are
     * taken and nothing is changed: whatever would change something fails.
     */
    public static Rtnetlink openForReading() throws ErrnoException {
        return new Rtnetlink(NetlinkSocket.openForReading());
    }

    /** Takes over a socket that somebody else opened; see {@link NetlinkSocket#adopt}. */
    public static Rtnetlink adopt(Descriptor socket) throws IOException {
        return new Rtnetlink(NetlinkSocket.adopt(socket, NETLINK_ROUTE));
    }

    /** Returns all links, by index. */
    public List<KernelLink> links() throws IOException {
        return socket.dump(RTM_GETLINK, out -> LinkCodec.writeQuery(out, 0), LinkCodec::read);
    }

    /**
     * Returns the link with this name.
     *
     * @throws ErrnoException with {@code ENODEV} if there is none
     */
    public KernelLink link(String name) throws IOException {
        return one("link " + name, out -> LinkCodec.writeQuery(out, name));
    }

    /**
     * Returns the link with this index.
     *
     * @throws ErrnoException with {@code ENODEV} if there is none
     */
    public KernelLink link(int index) throws IOException {
        return one("link " + index, out -> LinkCodec.writeQuery(out, index));
    }

    /** Returns the link with this name, or null if there is none. */
    public @Nullable KernelLink findLink(String name) throws IOException {
        try {
            return link(name);
        } catch (ErrnoException e) {
            if (e.is(Errno.ENODEV)) {
                return null;
            }
            throw e;
        }
    }

    /**
     * Makes a veth pair, each end directly in its namespace, with {@code main} up or down. The peer
     * is brought up by {@link #setUp} in its own namespace: the kernel cannot while it makes the
     * pair. {@link KernelLink#peerIndex} of either end is the index of the other one.
     *
     * @throws ErrnoException with {@code EEXIST} if a name is taken
     */
    public void createVeth(VethEnd main, VethEnd peer) throws IOException {
        change(
                "create veth ",
                main.name(),
                RTM_NEWLINK,
                NEW,
                out -> LinkCodec.writeVeth(out, main, peer));
    }

    /** Makes a link of a kind that needs no parameters, such as {@code bridge} or {@code dummy}. */
    public void createLink(String name, String kind) throws IOException {
        change("create link ", name, RTM_NEWLINK, NEW, out -> LinkCodec.writeKind(out, name, kind));
    }

    /**
     * Makes a VLAN link on another one, down and with the other one's MTU.
     *
     * @param parent the index of the other one
     * @param id 1 to 4094
     * @param address of the VLAN's own
     * @throws ErrnoException with {@code EEXIST} if the name is taken, or the other one has this
     *     VLAN; with {@code EOPNOTSUPP} if the kernel has no module 8021q
     */
    public void createVlan(String name, int parent, int id, HardwareAddress address)
            throws IOException {
        change(
                "create vlan ",
                name,
                RTM_NEWLINK,
                NEW,
                out -> LinkCodec.writeVlan(out, name, parent, id, address));
    }

    /** Brings a link up. */
    public void setUp(int index) throws IOException {
        changeLink(
                "set up link ",
                index,
                out -> LinkCodec.writeFlags(out, index, KernelLink.IFF_UP, KernelLink.IFF_UP));
    }

    /** Takes a link down, with which its routes go. */
    public void setDown(int index) throws IOException {
        changeLink(
                "set down link ",
                index,
                out -> LinkCodec.writeFlags(out, index, 0, KernelLink.IFF_UP));
    }

    /** Sets the largest packet of a link, in bytes. */
    public void setMtu(int index, int mtu) throws IOException {
        changeLink("set mtu of link ", index, out -> LinkCodec.writeMtu(out, index, mtu));
    }

    /** Sets the hardware address of a link. */
    public void setHardwareAddress(int index, HardwareAddress address) throws IOException {
        changeLink(
                "set address of link ", index, out -> LinkCodec.writeAddress(out, index, address));
    }

    /** Makes a link a port of a bridge; master 0 releases it. */
    public void setMaster(int index, int master) throws IOException {
        changeLink("set master of link ", index, out -> LinkCodec.writeMaster(out, index, master));
    }

    /**
     * Renames a link.
     *
     * @throws ErrnoException with {@code EBUSY} if it is up and the kernel is older than 6.2
     */
    public void renameLink(int index, String name) throws IOException {
        changeLink("rename link ", index, out -> LinkCodec.writeNewName(out, index, name));
    }

    /** Moves a link to another network namespace, where it is down and without addresses. */
    public void moveLink(int index, Descriptor namespace) throws IOException {
        changeLink("move link ", index, out -> LinkCodec.writeMove(out, index, namespace));
    }

    /** Deletes a link; with one end of a veth pair goes the other one. */
    public void deleteLink(int index) throws IOException {
        change("delete link ", index, RTM_DELLINK, 0, out -> LinkCodec.writeIndex(out, index));
    }

    /** Deletes a link by its name; with one end of a veth pair goes the other one. */
    public void deleteLink(String name) throws IOException {
        change("delete link ", name, RTM_DELLINK, 0, out -> LinkCodec.writeName(out, name));
    }

    /**
     * Returns the addresses of links.
     *
     * @param linkIndex of one link, or 0 for all
     */
    public List<KernelAddress> addresses(Family family, int linkIndex) throws IOException {
        return socket.dump(
                RTM_GETADDR,
                out -> AddressCodec.writeQuery(out, family, linkIndex),
                message -> {
                    KernelAddress address = AddressCodec.read(message);
                    boolean asked =
                            address != null && (linkIndex == 0 || address.linkIndex() == linkIndex);
                    return asked ? address : null;
                });
    }

    /** Gives a link an address that it does not have. */
    public void addAddress(KernelAddress address) throws IOException {
        change("add address ", address, RTM_NEWADDR, NEW, out -> AddressCodec.write(out, address));
    }

    /** Gives a link an address, or changes the flags and broadcast address of one that it has. */
    public void replaceAddress(KernelAddress address) throws IOException {
        change(
                "replace address ",
                address,
                RTM_NEWADDR,
                PUT,
                out -> AddressCodec.write(out, address));
    }

    /**
     * Takes an address from a link. With the last IPv4 address of a link all its routes go, in
     * every table.
     */
    public void deleteAddress(KernelAddress address) throws IOException {
        change("delete address ", address, RTM_DELADDR, 0, out -> AddressCodec.write(out, address));
    }

    /**
     * Returns the routes of a table.
     *
     * @param table the number, or {@link KernelRoute#TABLE_ANY}; a table that does not exist has no
     *     routes
     */
    public List<KernelRoute> routes(Family family, int table) throws IOException {
        try {
            return socket.dump(
                    RTM_GETROUTE,
                    out -> RouteCodec.writeQuery(out, family, table),
                    message -> {
                        KernelRoute route = RouteCodec.read(message);
                        boolean asked =
                                route != null
                                        && (table == KernelRoute.TABLE_ANY
                                                || route.table() == table);
                        return asked ? route : null;
                    });
        } catch (ErrnoException e) {
            if (e.is(Errno.ENOENT)) {
                return List.of();
            }
            throw e;
        }
    }

    /** Adds a route that does not exist. */
    public void addRoute(KernelRoute route) throws IOException {
        change("add route ", route, RTM_NEWROUTE, NEW, out -> RouteCodec.write(out, route));
    }

    /** Adds a route, or replaces the one with the same destination, table and priority. */
    public void replaceRoute(KernelRoute route) throws IOException {
        change("replace route ", route, RTM_NEWROUTE, PUT, out -> RouteCodec.write(out, route));
    }

    /**
     * Deletes the first route that {@code route} describes; what is 0, null, or {@link
     * KernelRoute#SCOPE_NOWHERE}, matches any.
     *
     * @throws ErrnoException with {@code ESRCH} if there is none
     */
    public void deleteRoute(KernelRoute route) throws IOException {
        change("delete route ", route, RTM_DELROUTE, 0, out -> RouteCodec.write(out, route));
    }

    /** Returns the rules of a family, in the order in which they are looked at. */
    public List<KernelRule> rules(Family family) throws IOException {
        return socket.dump(RTM_GETRULE, out -> RuleCodec.writeQuery(out, family), RuleCodec::read);
    }

    /**
     * Adds a rule behind those of the same priority.
     *
     * @throws ErrnoException with {@code EEXIST} if the same rule exists
     */
    public void addRule(KernelRule rule) throws IOException {
        change("add rule ", rule, RTM_NEWRULE, NEW, out -> RuleCodec.write(out, rule));
    }

    /**
     * Deletes the first rule that {@code rule} describes; a table of 0 matches any.
     *
     * @throws ErrnoException with {@code ENOENT} if there is none
     */
    public void deleteRule(KernelRule rule) throws IOException {
        change("delete rule ", rule, RTM_DELRULE, 0, out -> RuleCodec.write(out, rule));
    }

    /**
     * Returns the neighbours on links.
     *
     * @param linkIndex of one link, or 0 for all
     */
    public List<KernelNeighbour> neighbours(Family family, int linkIndex) throws IOException {
        return socket.dump(
                RTM_GETNEIGH,
                out -> NeighbourCodec.writeQuery(out, family, linkIndex),
                NeighbourCodec::read);
    }

    /** Adds a neighbour that does not exist. */
    public void addNeighbour(KernelNeighbour neighbour) throws IOException {
        change(
                "add neighbour ",
                neighbour,
                RTM_NEWNEIGH,
                NEW,
                out -> NeighbourCodec.write(out, neighbour));
    }

    /** Adds a neighbour, or replaces the one with the same address on the same link. */
    public void replaceNeighbour(KernelNeighbour neighbour) throws IOException {
        change(
                "replace neighbour ",
                neighbour,
                RTM_NEWNEIGH,
                PUT,
                out -> NeighbourCodec.write(out, neighbour));
    }

    /** Deletes a neighbour. */
    public void deleteNeighbour(KernelNeighbour neighbour) throws IOException {
        change(
                "delete neighbour ",
                neighbour,
                RTM_DELNEIGH,
                0,
                out -> NeighbourCodec.write(out, neighbour));
    }

    /**
     * Returns the number that notifications of changes made by this socket bear.
     *
     * @throws IOException if the kernel refuses
     */
    public int port() throws IOException {
        return socket.port();
    }

    @Override
    public void close() {
        socket.close();
    }

    private KernelLink one(String what, Consumer<MessageWriter> query) throws IOException {
        List<KernelLink> links;
        try {
            links = socket.get(RTM_GETLINK, 0, query, LinkCodec::read);
        } catch (ErrnoException e) {
            throw e.during(what);
        }
        if (links.size() != 1) {
            throw new IOException(what + ": " + links.size() + " answers");
        }
        return links.getFirst();
    }

    private void changeLink(String verb, int index, Consumer<MessageWriter> body)
            throws IOException {
        change(verb, index, RTM_NEWLINK, 0, body);
    }

    /** The object is made a text of only where that is needed. */
    private void change(
            String verb, Object object, int type, int flags, Consumer<MessageWriter> body)
            throws IOException {
        try {
            socket.change(type, flags, body);
        } catch (ErrnoException e) {
            throw e.during(verb + object);
        }
    }
}
