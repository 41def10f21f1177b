package dev.vpccni.linux.route;

/** What the kernel tells who listens; see {@link RouteMonitor}. */
public sealed interface RouteChange {

    /** A link appeared, changed, or went. */
    record LinkChanged(KernelLink link, boolean gone) implements RouteChange {}

    /** An address appeared, changed, or went. */
    record AddressChanged(KernelAddress address, boolean gone) implements RouteChange {}

    /** A route appeared, changed, or went. */
    record RouteChanged(KernelRoute route, boolean gone) implements RouteChange {}

    /** A rule appeared or went. */
    record RuleChanged(KernelRule rule, boolean gone) implements RouteChange {}

    /** A neighbour appeared, changed, or went. */
    record NeighbourChanged(KernelNeighbour neighbour, boolean gone) implements RouteChange {}

    /** Changes came faster than they were read: look at everything afresh. */
    record Lost() implements RouteChange {}
}
