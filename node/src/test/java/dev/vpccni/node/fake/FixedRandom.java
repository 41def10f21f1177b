package dev.vpccni.node.fake;

import java.util.random.RandomGenerator;

/** Chance that always falls the same way. */
public enum FixedRandom implements RandomGenerator {

    /** Whatever is asked for, the least of it. */
    LEAST,

    /** Whatever is asked for, the most of it. */
    MOST;

    @Override
    public long nextLong() {
        return this == LEAST ? 0 : -1;
    }

    @Override
    public long nextLong(long bound) {
        return this == LEAST ? 0 : bound - 1;
    }
}
