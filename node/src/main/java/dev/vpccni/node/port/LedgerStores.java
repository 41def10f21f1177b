package dev.vpccni.node.port;

import java.io.IOException;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The checkpoint files of a node: {@code ipam.json}, and {@code ipam-nic-1.json} and so on for the
 * network cards after the first one.
 */
public interface LedgerStores {

    /** Returns the file of {@code card}, whether it exists or not. */
    LedgerStore of(int card);

    /**
     * Returns the cards after the first one of which there is a file.
     *
     * @throws IOException if the disk cannot be read
     */
    SortedSet<Integer> furtherCards() throws IOException;

    /** Returns the files of a node whose pods use the first card only. */
    static LedgerStores only(LedgerStore first) {
        return new LedgerStores() {
            @Override
            public LedgerStore of(int card) {
                if (card != 0) {
                    throw new IllegalArgumentException("no checkpoint for card " + card);
                }
                return first;
            }

            @Override
            public SortedSet<Integer> furtherCards() {
                return Collections.unmodifiableSortedSet(new TreeSet<>());
            }
        };
    }
}
