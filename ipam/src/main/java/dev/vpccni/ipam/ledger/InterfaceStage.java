package dev.vpccni.ipam.ledger;

/** Where an interface stands between joining the ledger and leaving it. */
public enum InterfaceStage {
    /** Its addresses go to pods. */
    SERVING,
    /** It may be gone: what pods have they keep, and nobody gets more until it is confirmed. */
    SUSPENDED,
    /** It is being detached and deleted. */
    LEAVING
}
