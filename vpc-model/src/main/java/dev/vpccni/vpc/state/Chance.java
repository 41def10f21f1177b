package dev.vpccni.vpc.state;

/**
 * A stream of random bits that its state decides (SplitMix64, by Steele, Lea and Flood, "Fast
 * splittable pseudorandom number generators", 2014).
 */
public final class Chance {

    private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

    private long state;

    /** Goes on where a stream was in {@code state}. */
    public Chance(long state) {
        this.state = state;
    }

    /** Returns what the rest of the stream follows from. */
    public long state() {
        return state;
    }

    /** Returns the next 64 bits. */
    public long next() {
        state += GOLDEN_GAMMA;
        long mixed = (state ^ state >>> 30) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94d049bb133111ebL;
        return mixed ^ mixed >>> 31;
    }
}
