package dev.vpccni.simulation;

import java.util.random.RandomGenerator;

/** Choices by chance. */
final class RandomChoice {

    private RandomChoice() {}

    /** Returns any of these, each as likely as the others. */
    @SafeVarargs
    static <T> T of(RandomGenerator random, T... all) {
        return all[random.nextInt(all.length)];
    }
}
