package dev.vpccni.kubernetes;

/** Whoever sees to what a daemon cannot mend. Safe for use by many threads. */
@FunctionalInterface
public interface Operator {

    /** Nobody is told. */
    Operator NOBODY = (_, _, _) -> {};

    /**
     * Tells of something on the node; does not wait.
     *
     * @param reason one word, by which events are sorted
     * @param action what was attempted
     * @param note what is wrong, and what would help
     */
    void tell(String reason, String action, String note);
}
