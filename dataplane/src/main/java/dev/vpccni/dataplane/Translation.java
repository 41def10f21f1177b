package dev.vpccni.dataplane;

import dev.vpccni.model.Ipv4Address;

/** What the packet filter of a node makes of its pods' new connections. */
public final class Translation {

    private final NodeSetup setup;

    /** Answers for a node with {@code setup}. */
    public Translation(NodeSetup setup) {
        this.setup = setup;
    }

    /** Tells whether a connection to {@code to} gets the node's address as its source. */
    public boolean translates(Ipv4Address to) {
        return !setup.externalSnat()
                && setup.vpcCidrs().stream().noneMatch(block -> block.contains(to))
                && setup.snatExclusions().stream().noneMatch(block -> block.contains(to));
    }

    /** Returns the mark of a packet to {@code to} when it is routed. */
    public long mark(Ipv4Address to) {
        return translates(to) ? setup.mark().value() : 0;
    }

    /** Returns the source that the receiver of a packet from the pod {@code from} sees. */
    public Ipv4Address source(Ipv4Address from, Ipv4Address to) {
        return translates(to) ? setup.primaryAddress() : from;
    }
}
