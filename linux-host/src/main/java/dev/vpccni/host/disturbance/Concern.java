package dev.vpccni.host.disturbance;

import dev.vpccni.linux.netfilter.FilterChange;
import dev.vpccni.linux.route.KernelLink;
import dev.vpccni.linux.route.RouteChange;
import java.util.List;

/** Tells which changes of the kernel could take away something of ours. Not thread-safe. */
public interface Concern {

    /** Tells whether a change, by somebody else, could concern us. */
    boolean disturb(RouteChange change);

    /** Tells whether a change could concern us; our own cannot be told from others' here. */
    boolean disturb(FilterChange change);

    /** Returns those of iptables' tables that the old ip_tables is to be looked at for. */
    List<String> tables();

    /** Makes one when somebody begins to listen. */
    interface Source {
        /**
         * Returns one that has heard nothing yet.
         *
         * @param links the links that there are
         */
        Concern begin(List<KernelLink> links);
    }
}
