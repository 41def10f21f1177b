package dev.vpccni.linux.route;

import dev.vpccni.linux.ErrnoException;
import dev.vpccni.linux.netlink.NetlinkMessage;
import dev.vpccni.linux.netlink.NetlinkSocket;
import dev.vpccni.linux.netlink.NotificationSocket;
import dev.vpccni.linux.route.RouteChange.AddressChanged;
import dev.vpccni.linux.route.RouteChange.LinkChanged;
import dev.vpccni.linux.route.RouteChange.Lost;
import dev.vpccni.linux.route.RouteChange.NeighbourChanged;
import dev.vpccni.linux.route.RouteChange.RouteChanged;
import dev.vpccni.linux.route.RouteChange.RuleChanged;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Hears of changes in one network namespace, whoever makes them. One platform thread receives and
 * in the end closes; any thread may {@linkplain #wakeUp wake} it.
 *
 * <p>The kernel tells of changes only, not of what there is: open first, then list. It drops routes
 * silently with the link or address that they need, so who watches IPv4 routes watches links and
 * addresses too.
 */
public final class RouteMonitor implements AutoCloseable {

    /** What to hear of; the {@code RTMGRP_*} of {@code linux/rtnetlink.h}. */
    public enum Topic {
        /** Links. */
        LINKS(0x1),
        /** Neighbours of both families. */
        NEIGHBOURS(0x4),
        /** IPv4 addresses. */
        IPV4_ADDRESSES(0x10),
        /** IPv4 routes. */
        IPV4_ROUTES(0x40),
        /** IPv4 rules. */
        IPV4_RULES(0x80),
        /** IPv6 addresses. */
        IPV6_ADDRESSES(0x100),
        /** IPv6 routes. */
        IPV6_ROUTES(0x400),
        /** IPv6 rules. */
        IPV6_RULES(1 << 18);

        private final int mask;

        Topic(int mask) {
            this.mask = mask;
        }
    }

    private final NotificationSocket socket;

    private RouteMonitor(NotificationSocket socket) {
        this.socket = socket;
    }

    /** Starts to listen in the network namespace of the current platform thread. */
    public static RouteMonitor open(Set<Topic> topics) throws ErrnoException {
        int mask = 0;
        for (Topic topic : topics) {
            mask |= topic.mask;
        }
        return new RouteMonitor(NotificationSocket.open(NetlinkSocket.NETLINK_ROUTE, mask));
    }

    /**
     * Starts to listen in the network namespace of the current platform thread for what others do,
     * and of routes and addresses only that they go.
     *
     * @param unheard the {@linkplain Rtnetlink#port ports} of sockets whose changes are not told
     */
    public static RouteMonitor openForRemovals(Set<Topic> topics, Set<Integer> unheard)
            throws ErrnoException {
        RouteMonitor monitor = open(topics);
        try {
            monitor.socket.ignore(
                    unheard, Set.of(RouteCodec.RTM_NEWROUTE, AddressCodec.RTM_NEWADDR));
            return monitor;
        } catch (ErrnoException | RuntimeException e) {
            monitor.close();
            throw e;
        }
    }

    /**
     * Waits for changes.
     *
     * @param timeout how long to wait for the first one
     * @return none if the time is up or somebody called {@link #wakeUp}
     * @throws IOException if the kernel refuses
     */
    public List<RouteChange> receive(Duration timeout) throws IOException {
        List<RouteChange> changes = socket.receive(timeout, RouteMonitor::read);
        return changes == null ? List.of(new Lost()) : changes;
    }

    /** Returns what to wait on, beside other sockets. */
    public NotificationSocket socket() {
        return socket;
    }

    /** Makes the present or next {@link #receive} return at once. */
    public void wakeUp() throws ErrnoException {
        socket.wakeUp();
    }

    @Override
    public void close() {
        socket.close();
    }

    private static @Nullable RouteChange read(NetlinkMessage message) {
        boolean gone = (message.type() & 3) == 1; // RTM_NEW*, RTM_DEL*, RTM_GET*, RTM_SET*
        return switch (message.type()) {
            case LinkCodec.RTM_NEWLINK, LinkCodec.RTM_DELLINK ->
                    change(LinkCodec.read(message), link -> new LinkChanged(link, gone));
            case AddressCodec.RTM_NEWADDR, AddressCodec.RTM_DELADDR ->
                    change(
                            AddressCodec.read(message),
                            address -> new AddressChanged(address, gone));
            case RouteCodec.RTM_NEWROUTE, RouteCodec.RTM_DELROUTE ->
                    change(RouteCodec.read(message), route -> new RouteChanged(route, gone));
            case RuleCodec.RTM_NEWRULE, RuleCodec.RTM_DELRULE ->
                    change(RuleCodec.read(message), rule -> new RuleChanged(rule, gone));
            case NeighbourCodec.RTM_NEWNEIGH, NeighbourCodec.RTM_DELNEIGH ->
                    change(
                            NeighbourCodec.read(message),
                            neighbour -> new NeighbourChanged(neighbour, gone));
            default -> null;
        };
    }

    private static <T> @Nullable RouteChange change(
            @Nullable T object, Function<T, RouteChange> wrap) {
        return object == null ? null : wrap.apply(object);
    }
}
