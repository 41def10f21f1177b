package dev.vpccni.ipam.ledger;

/** What a network interface is to a node; upstream's classes (spec: ENI classes). */
public enum InterfaceRole {
    /** The one that the instance was launched with. */
    PRIMARY,
    /** One that exists to hold addresses for pods. */
    SECONDARY,
    /** The parent of branch interfaces: its addresses serve pods, but it gets no more of them. */
    TRUNK,
    /** An Elastic Fabric Adapter with an address: serves pods, is never given back. */
    EFA,
    /** Somebody else's: takes one of the instance's places and is otherwise left alone. */
    UNMANAGED;

    /** Returns whether such an interface is ours to set up, so that pods may use it. */
    public boolean managed() {
        return this != UNMANAGED;
    }

    /** Returns whether such an interface may be given more addresses. */
    public boolean extendable() {
        return this == PRIMARY || this == SECONDARY || this == EFA;
    }

    /** Returns whether such an interface may be detached and deleted. */
    public boolean removable() {
        return this == SECONDARY;
    }
}
