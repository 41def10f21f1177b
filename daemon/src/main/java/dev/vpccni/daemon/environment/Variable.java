package dev.vpccni.daemon.environment;

import dev.vpccni.daemon.environment.Support.Manner;

/**
 * A variable of the environment: one line of the table.
 *
 * @param name such as {@code WARM_IP_TARGET}
 * @param otherwise the default, as it would be spelled
 * @param min the least number that is accepted; of numbers only
 * @param max the largest one
 * @param here what it does, as far as it is in effect
 * @param upstream what it does there, if something else
 * @param since the release of upstream that brought it, or empty
 * @param support whether it is followed
 */
public record Variable(
        String name,
        Type type,
        String otherwise,
        long min,
        long max,
        String here,
        String upstream,
        String since,
        Support support) {

    private static Variable of(String name, Type type, String otherwise) {
        return new Variable(
                name,
                type,
                otherwise,
                Long.MIN_VALUE,
                Long.MAX_VALUE,
                "",
                "the same",
                "",
                new Support.InEffect());
    }

    static Variable flagA(String name, boolean otherwise) {
        return of(name, Type.FLAG_A, String.valueOf(otherwise));
    }

    static Variable flagB(String name, boolean otherwise) {
        return of(name, Type.FLAG_B, String.valueOf(otherwise));
    }

    static Variable numberA(String name, int otherwise, long min, long max) {
        return of(name, Type.NUMBER_A, String.valueOf(otherwise)).within(min, max);
    }

    static Variable numberB(String name, int otherwise, long min) {
        return of(name, Type.NUMBER_B, String.valueOf(otherwise)).within(min, Long.MAX_VALUE);
    }

    static Variable text(String name, String otherwise) {
        return of(name, Type.TEXT, otherwise);
    }

    static Variable textIfAny(String name, String otherwise) {
        return of(name, Type.TEXT_IF_ANY, otherwise);
    }

    Variable since(String release) {
        return with(here, upstream, release, support);
    }

    Variable here(String words) {
        return with(words, upstream, since, support);
    }

    Variable upstream(String words) {
        return with(here, words, since, support);
    }

    /**
     * A value that asks for it is answered by {@code meanwhile}, until {@code feature} is there.
     */
    Variable saidUntil(String feature, String meanwhile) {
        return with(here, upstream, since, new Support.NotYet(feature, Manner.SAY, meanwhile));
    }

    /** Means nothing before {@code feature} is there. */
    Variable quietUntil(String feature) {
        return with(here, upstream, since, new Support.NotYet(feature, Manner.KEEP_QUIET, ""));
    }

    /** Is not followed, which is said. */
    Variable ignored(String reason) {
        return with(here, upstream, since, new Support.Ignored(Manner.SAY, reason));
    }

    /** Is not followed, which is no news to anybody. */
    Variable leftAlone(String reason) {
        return with(here, upstream, since, new Support.Ignored(Manner.KEEP_QUIET, reason));
    }

    private Variable within(long least, long most) {
        return new Variable(name, type, otherwise, least, most, here, upstream, since, support);
    }

    private Variable with(String newHere, String newUpstream, String newSince, Support newSupport) {
        return new Variable(
                name, type, otherwise, min, max, newHere, newUpstream, newSince, newSupport);
    }
}
