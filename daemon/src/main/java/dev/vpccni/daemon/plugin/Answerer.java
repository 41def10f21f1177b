package dev.vpccni.daemon.plugin;

/** Carries out verbs. Safe for use by many threads. */
@FunctionalInterface
interface Answerer {

    /** Carries out {@code call} and returns what to answer. */
    CniAnswer answer(Call call);
}
