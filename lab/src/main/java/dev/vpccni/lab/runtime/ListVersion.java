package dev.vpccni.lab.runtime;

import dev.vpccni.json.JsonException;
import java.util.Comparator;

/** A version of the CNI specification. */
public record ListVersion(int major, int minor, int patch) implements Comparable<ListVersion> {

    /** What a configuration without a version means. */
    public static final ListVersion OLDEST = new ListVersion(0, 1, 0);

    /** The newest that this runtime knows. */
    public static final ListVersion NEWEST = new ListVersion(1, 1, 0);

    /** From here on CHECK exists, and DEL is given the result of ADD. */
    static final ListVersion WITH_CHECK = new ListVersion(0, 4, 0);

    /** From here on a plugin is given the result of the one before it. */
    static final ListVersion WITH_CHAINS = new ListVersion(0, 3, 0);

    /** From here on GC and STATUS exist. */
    static final ListVersion WITH_STATUS = new ListVersion(1, 1, 0);

    private static final Comparator<ListVersion> ORDER =
            Comparator.comparingInt(ListVersion::major)
                    .thenComparingInt(ListVersion::minor)
                    .thenComparingInt(ListVersion::patch);

    /**
     * Reads {@code major.minor.patch}.
     *
     * @throws JsonException if {@code text} is anything else
     */
    static ListVersion parse(String text) throws JsonException {
        if (!text.matches("\\d{1,4}\\.\\d{1,4}\\.\\d{1,4}")) {
            throw new JsonException("not a CNI version: \"" + text + "\"");
        }
        String[] parts = text.split("\\.", -1);
        return new ListVersion(
                Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), Integer.parseInt(parts[2]));
    }

    boolean atLeast(ListVersion other) {
        return compareTo(other) >= 0;
    }

    /** Returns {@code major.minor.patch}. */
    public String text() {
        return major + "." + minor + "." + patch;
    }

    @Override
    public int compareTo(ListVersion other) {
        return ORDER.compare(this, other);
    }
}
