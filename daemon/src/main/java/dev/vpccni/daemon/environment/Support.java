package dev.vpccni.daemon.environment;

/** Whether a variable is followed here. */
public sealed interface Support {

    /** It is. */
    record InEffect() implements Support {}

    /**
     * It is read, and nothing follows it yet.
     *
     * @param feature that will, such as {@code IPv6}
     * @param manner what is made of a value that asks for it
     * @param meanwhile what holds until then
     */
    record NotYet(String feature, Manner manner, String meanwhile) implements Support {}

    /**
     * It is not followed, and will not be.
     *
     * @param manner what is made of a value all the same
     * @param reason why not
     */
    record Ignored(Manner manner, String reason) implements Support {}

    /** What is made of a value that asks for what there is not. */
    enum Manner {
        /** The daemon says so when it starts, and goes on. */
        SAY,
        /** Nothing: the value means something only together with others, or to others. */
        KEEP_QUIET
    }
}
