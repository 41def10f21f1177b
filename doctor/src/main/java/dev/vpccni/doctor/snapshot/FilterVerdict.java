package dev.vpccni.doctor.snapshot;

/** What a rule does with a packet that meets it. */
public sealed interface FilterVerdict {

    /** It may go on. */
    record Accept() implements FilterVerdict {}

    /** It is dropped, with or without a word. */
    record Drop() implements FilterVerdict {}

    /** The chain that jumped here, or the policy, is next. */
    record Return() implements FilterVerdict {}

    /**
     * Another chain is next.
     *
     * @param comesBack the rule after this one follows, if that chain does not decide
     */
    record Jump(String chain, boolean comesBack) implements FilterVerdict {}

    /** The next rule is next. */
    record Next() implements FilterVerdict {}

    /** Nobody here knows: a map, or a queue to a program. */
    record Unknown() implements FilterVerdict {}
}
