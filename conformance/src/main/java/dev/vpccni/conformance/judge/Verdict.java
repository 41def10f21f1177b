package dev.vpccni.conformance.judge;

/** What came of a requirement. */
public sealed interface Verdict {

    /** Returns that it is met, and that there is no more to say. */
    static Verdict passed() {
        return new Passed("");
    }

    /**
     * It is met.
     *
     * @param note what is worth knowing besides; may be empty
     */
    record Passed(String note) implements Verdict {}

    /** It is not met. */
    record Failed(String expected, String seen) implements Verdict {}

    /** It does not concern this plugin, or this configuration. */
    record NotApplicable(String why) implements Verdict {}

    /** It could not be tried: something that comes before it failed. */
    record NotTried(String why) implements Verdict {}

    /** Returns this verdict unless it is that the requirement is met: then {@code next}. */
    default Verdict then(Verdict next) {
        return this instanceof Passed ? next : this;
    }
}
