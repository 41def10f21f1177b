package dev.vpccni.host.disturbance;

import dev.vpccni.dataplane.firewall.Backend;
import dev.vpccni.linux.Errno;
import dev.vpccni.linux.ErrnoException;
import dev.vpccni.linux.netfilter.FilterChange;
import dev.vpccni.linux.netfilter.FilterMonitor;
import dev.vpccni.linux.netfilter.LegacyTables;
import dev.vpccni.linux.route.RouteChange;
import dev.vpccni.linux.route.RouteMonitor;
import dev.vpccni.linux.route.RouteMonitor.Topic;
import dev.vpccni.linux.route.Rtnetlink;
import dev.vpccni.node.port.HostNetwork.Part;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Hears when somebody else changes the kernel in a way that could concern what is ours. One
 * platform thread at a time waits; any may {@linkplain #wakeUp wake} it.
 */
public final class DisturbanceMonitor implements AutoCloseable {

    /** Of the old ip_tables the kernel tells nothing: how often to look. */
    private static final Duration LEGACY_LOOKS = Duration.ofMillis(500);

    /**
     * Pods that come all at once are told of in thousands of messages; this reads them together.
     */
    private static final Duration NAP = Duration.ofMillis(10);

    /** So many are read before anybody hears of them, for a flood has no end. */
    private static final int DATAGRAMS_MAX = 10_000;

    private final RouteMonitor routes;
    private final @Nullable FilterMonitor filter;
    private final @Nullable LegacyTables legacy;
    private final Concern concerns;
    private SortedMap<String, LegacyTables.Contents> contents;
    private volatile boolean woken;

    private DisturbanceMonitor(
            RouteMonitor routes,
            @Nullable FilterMonitor filter,
            @Nullable LegacyTables legacy,
            Concern concerns)
            throws IOException {
        this.routes = routes;
        this.filter = filter;
        this.legacy = legacy;
        this.concerns = concerns;
        contents = contents(legacy, concerns);
    }

    /**
     * Begins to listen in the network namespace of the current platform thread.
     *
     * @param concern what counts as one
     * @param ownPorts of the sockets whose changes are ours
     * @param backend what iptables(8) speaks to
     * @throws IOException if the kernel refuses
     */
    public static DisturbanceMonitor open(
            Concern.Source concern, Set<Integer> ownPorts, Backend backend) throws IOException {
        RouteMonitor routes = RouteMonitor.openForRemovals(EnumSet.allOf(Topic.class), ownPorts);
        FilterMonitor filter = null;
        LegacyTables legacy = null;
        try (Rtnetlink node = Rtnetlink.open()) {
            filter = openFilter();
            legacy = backend == Backend.LEGACY ? LegacyTables.open() : null;
            Concern concerns = concern.begin(node.links());
            return new DisturbanceMonitor(routes, filter, legacy, concerns);
        } catch (IOException | RuntimeException e) {
            close(routes, filter, legacy);
            throw e;
        }
    }

    private static @Nullable FilterMonitor openFilter() throws ErrnoException {
        try {
            return FilterMonitor.open();
        } catch (ErrnoException e) {
            if (e.is(Errno.EPROTONOSUPPORT) || e.is(Errno.ENOENT)) {
                return null;
            }
            throw e;
        }
    }

    /**
     * Waits for a disturbance.
     *
     * @param deadline by {@link System#nanoTime}
     * @return none if the time is up, or somebody called {@link #wakeUp}
     */
    public Set<Part> hear(long deadline) throws IOException {
        Set<Part> parts = EnumSet.noneOf(Part.class);
        boolean first = true;
        while (parts.isEmpty() && (first || System.nanoTime() < deadline) && !woken) {
            if (!first) {
                LockSupport.parkNanos(NAP.toNanos());
            }
            first = false;
            awaitAny(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
            hearRoutes(parts);
            hearFilter(parts);
            lookAtLegacy(parts);
        }
        woken = false;
        return parts;
    }

    private void awaitAny(Duration left) throws IOException {
        boolean shortens = legacy != null && left.compareTo(LEGACY_LOOKS) > 0;
        Duration patience = shortens ? LEGACY_LOOKS : left;
        routes.socket().await(filter == null ? List.of() : List.of(filter.socket()), patience);
    }

    private void hearRoutes(Set<Part> parts) throws IOException {
        for (int i = 0; i < DATAGRAMS_MAX; i++) {
            List<RouteChange> changes = routes.receive(Duration.ZERO);
            if (changes.isEmpty()) {
                return;
            }
            for (RouteChange change : changes) {
                if (concerns.disturb(change)) { // which each has to be told to
                    parts.add(Part.ROUTING);
                }
            }
        }
    }

    private void hearFilter(Set<Part> parts) throws IOException {
        for (int i = 0; filter != null && i < DATAGRAMS_MAX; i++) {
            List<FilterChange> changes = filter.receive(Duration.ZERO);
            if (changes.isEmpty()) {
                return;
            }
            if (changes.stream().anyMatch(concerns::disturb)) {
                parts.add(Part.PACKET_FILTER);
            }
        }
    }

    private void lookAtLegacy(Set<Part> parts) throws IOException {
        SortedMap<String, LegacyTables.Contents> now = contents(legacy, concerns);
        if (!now.equals(contents)) {
            contents = now;
            parts.add(Part.PACKET_FILTER);
        }
    }

    private static SortedMap<String, LegacyTables.Contents> contents(
            @Nullable LegacyTables legacy, Concern concern) throws IOException {
        return legacy == null ? Collections.emptySortedMap() : legacy.contents(concern.tables());
    }

    /** Makes the present or next wait return at once. */
    public void wakeUp() {
        woken = true;
        try {
            routes.wakeUp();
        } catch (IOException e) {
            // Then it ends when its time is up.
        }
    }

    @Override
    public void close() {
        close(routes, filter, legacy);
    }

    private static void close(
            RouteMonitor routes, @Nullable FilterMonitor filter, @Nullable LegacyTables legacy) {
        routes.close();
        if (filter != null) {
            filter.close();
        }
        if (legacy != null) {
            legacy.close();
        }
    }
}
