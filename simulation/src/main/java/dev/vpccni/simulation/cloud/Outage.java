package dev.vpccni.simulation.cloud;

/** How EC2 is away as a whole. */
public enum Outage {
    /** It is not. */
    NONE,
    /** No request arrives, and whoever asks knows. */
    UNREACHABLE,
    /** Requests arrive or do not, and nobody hears an answer. */
    SILENT,
    /** The role of the nodes lacks every permission. */
    DENIED,
    /** The account's quota of interfaces is used up. */
    QUOTA_REACHED
}
