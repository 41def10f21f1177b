package dev.vpccni.testing.mutants;

import java.util.Comparator;

/**
 * A change that PIT made to a class, and what became of it.
 *
 * @param file such as {@code WarmTarget.java}
 * @param line in that file, from 1
 * @param mutator who made it, such as {@code Math}
 */
record Mutant(
        String packageName, Change change, String file, int line, String mutator, Status status) {

    /** By package, file and line. */
    static final Comparator<Mutant> IN_ORDER =
            Comparator.comparing(Mutant::packageName)
                    .thenComparing(Mutant::file)
                    .thenComparingInt(Mutant::line)
                    .thenComparing(Mutant::change);

    /** What became of a mutant. */
    enum Status {
        /** A test failed, or did not end. */
        KILLED,
        /** Every test passed, or none runs the line. */
        SURVIVED,
        /** PIT could not tell. */
        UNKNOWN
    }

    /**
     * A change in words that find it again when lines have moved. Several mutants may share them.
     *
     * @param method with its class and package; that of a lambda is the method that it stands in
     * @param description PIT's, such as {@code negated conditional}
     * @param source the line as it stands in the file, without the spaces around it
     */
    record Change(String method, String description, String source) implements Comparable<Change> {

        private static final Comparator<Change> IN_ORDER =
                Comparator.comparing(Change::method)
                        .thenComparing(Change::source)
                        .thenComparing(Change::description);

        @Override
        public int compareTo(Change other) {
            return IN_ORDER.compare(this, other);
        }
    }
}
