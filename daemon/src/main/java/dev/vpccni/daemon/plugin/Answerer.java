package dev.vpccni.daemon.plugin;

/** Carries out verbs. Safe for use by many threads. */
@FunctionalInterface
interface Answerer {

    /** Tells whether {@code call} is likely to take long, such as an ADD without an address. */
    default boolean takesLong(Call call) {
        return false;
    }

    /** Carries out {@code call} and returns what to answer. */
    CniAnswer answer(Call call);
}
