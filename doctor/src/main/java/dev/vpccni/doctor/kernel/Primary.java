package dev.vpccni.doctor.kernel;

import dev.vpccni.dataplane.RouteTables;
import dev.vpccni.dataplane.Rule;
import dev.vpccni.doctor.snapshot.HostSnapshot;
import dev.vpccni.doctor.snapshot.SeenLink;
import dev.vpccni.doctor.snapshot.SeenRoute;
import dev.vpccni.doctor.snapshot.SeenRule;
import dev.vpccni.model.IpFamily;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The network interfaces that serve pods, as routing shows them. */
public final class Primary {

    private Primary() {}

    /** Returns the link that the default route of the main table leaves by, or null. */
    static @Nullable SeenLink of(HostSnapshot host, IpFamily family) {
        SeenRoute best = null;
        for (SeenRoute route : host.kernel().routes().or(List.of())) {
            if (route.table() == RouteTables.MAIN
                    && isDefault(route)
                    && route.destination().family() == family
                    && (best == null || route.metric() < best.metric())) {
                best = route;
            }
        }
        return best == null ? null : host.kernel().link(best.link());
    }

    /** Returns the name of the primary interface, or one that no rule names. */
    public static String name(HostSnapshot host, IpFamily family) {
        SeenLink link = of(host, family);
        return link == null ? "the primary interface" : link.name();
    }

    /** Returns the primary interface and those that rules lead pods' traffic to. */
    static List<SeenLink> interfaces(HostSnapshot host, IpFamily family) {
        var tables = new TreeSet<Integer>();
        for (SeenRule rule : host.kernel().rules().or(List.of())) {
            if (rule.priority() == Rule.FROM_POD || rule.priority() == Rule.FROM_INTERFACE) {
                tables.add(rule.table());
            }
        }
        var links = new ArrayList<SeenLink>();
        SeenLink primary = of(host, family);
        if (primary != null) {
            links.add(primary);
        }
        for (SeenRoute route : host.kernel().routes().or(List.of())) {
            SeenLink link = host.kernel().link(route.link());
            if (tables.contains(route.table())
                    && isDefault(route)
                    && link != null
                    && !links.contains(link)) {
                links.add(link);
            }
        }
        return links;
    }

    private static boolean isDefault(SeenRoute route) {
        return route.destination().prefixLength() == 0;
    }
}
