package dev.vpccni.vpc;

/**
 * A stream of random bits that its state decides (SplitMix64, by Steele, Lea and Flood, "Fast
 * splittable pseudorandom number generators", 2014).
 */
final class Chance {

    private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

    private long state;

    Chance(long state) {
        this.state = state;
    }

    long state() {
        return state;
    }

    long next() {
        state += GOLDEN_GAMMA;
        long mixed = (state ^ state >>> 30) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94d049bb133111ebL;
        return mixed ^ mixed >>> 31;
    }
}
