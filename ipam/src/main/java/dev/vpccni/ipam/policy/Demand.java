package dev.vpccni.ipam.policy;

import dev.vpccni.ipam.ledger.Counts;

/**
 * How many addresses pods ask of a node.
 *
 * @param waiting pods that wait for an address now
 * @param peak the most addresses that were busy at once in the last minutes, see {@link #busy}
 */
public record Demand(int waiting, int peak) {

    /** Nobody waits, and nothing was busy. */
    public static final Demand NONE = new Demand(0, 0);

    public Demand {
        if (waiting < 0 || peak < 0) {
            throw new IllegalArgumentException("negative: " + waiting + ", " + peak);
        }
    }

    /** Returns how many addresses nobody else can have now: in use, waited for or cooling down. */
    public int busy(Counts counts) {
        return counts.inUse() + waiting + counts.cooling();
    }
}
