package dev.vpccni.linux.netfilter;

/** What the kernel tells who listens; see {@link FilterMonitor}. */
public sealed interface FilterChange {

    /**
     * A rule, a chain or a table of nf_tables appeared, changed or went.
     *
     * @param family {@link FilterMonitor#IPV4} and so on
     * @param table its name
     * @param chain the chain's name, or empty where it is the table itself
     * @param gone whether it went
     */
    record Changed(int family, String table, String chain, boolean gone) implements FilterChange {}

    /** Changes came faster than they were read: look at everything afresh. */
    record Lost() implements FilterChange {}
}
