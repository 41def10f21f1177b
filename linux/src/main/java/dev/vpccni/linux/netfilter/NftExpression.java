package dev.vpccni.linux.netfilter;

/**
 * One step of a rule of nf_tables. Values that are loaded and compared go through the first of the
 * kernel's registers. Bytes are hexadecimal, in the order in which they lie in memory: numbers of
 * the host's own in its order, parts of packets in that of the network.
 *
 * @see <a href="https://man7.org/linux/man-pages/man8/nft.8.html">nft(8)</a>
 */
public sealed interface NftExpression {

    /** {@code NFT_META_MARK}. */
    int META_MARK = 3;

    /** {@code NFT_META_IIFNAME}. */
    int META_INCOMING_NAME = 6;

    /** {@code NFT_CT_STATE}. */
    int CONNECTION_STATE = 0;

    /** {@code NFT_CT_MARK}. */
    int CONNECTION_MARK = 3;

    /**
     * Loads something that is known of a packet, or sets it.
     *
     * @param key such as {@link #META_MARK}
     * @param sets whether it is set
     */
    record Meta(int key, boolean sets) implements NftExpression {}

    /**
     * Loads something that is known of a packet's connection, or sets it.
     *
     * @param key such as {@link #CONNECTION_MARK}
     * @param sets whether it is set
     */
    record Connection(int key, boolean sets) implements NftExpression {}

    /** Loads what kind of address the packet's destination is, such as {@code RTN_LOCAL}. */
    record DestinationType() implements NftExpression {}

    /**
     * Loads bytes of the network header.
     *
     * @param offset from its beginning, bytes
     * @param length bytes
     */
    record NetworkHeader(int offset, int length) implements NftExpression {}

    /** Keeps the bits of {@code mask} of what is loaded, and turns over those of {@code xor}. */
    record Bitwise(String mask, String xor) implements NftExpression {}

    /** Goes on only if what is loaded begins with {@code bytes}, or only if it does not. */
    record Compare(boolean equal, String bytes) implements NftExpression {}

    /** Counts packets; how many is of no interest here. */
    record Counter() implements NftExpression {}

    /** Goes back to where the chain was jumped to. */
    record Return() implements NftExpression {}

    /** Goes through another chain of the table first. */
    record Jump(String chain) implements NftExpression {}

    /** Anything else, which this can name and not write. */
    record Other(String name) implements NftExpression {}
}
