package dev.vpccni.node.pool;

import dev.vpccni.node.ledger.LedgerKeeper;

/**
 * The pool of one network card, as pods see it: whose addresses there are and what the chances of
 * another one are.
 *
 * @param card its index
 */
public record CardPool(int card, LedgerKeeper keeper, AddressAvailability availability) {

    /** Tells whether whoever asks for an address now has to wait for one. */
    public boolean isEmpty() {
        return keeper.waiting() > 0 || !keeper.hasFreeAddress();
    }
}
