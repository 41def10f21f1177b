package dev.vpccni.lab.runtime;

import dev.vpccni.json.JsonException;
import java.util.Comparator;

/** A version of the CNI specification. */
public record CniVersion(int major, int minor, int patch) implements Comparable<CniVersion> {

    /** What a configuration without a version means. */
    public static final CniVersion OLDEST = new CniVersion(0, 1, 0);

    /** The newest that this runtime knows. */
    public static final CniVersion NEWEST = new CniVersion(1, 1, 0);

    /** From here on CHECK exists, and DEL is given the result of ADD. */
    static final CniVersion WITH_CHECK = new CniVersion(0, 4, 0);

    /** From here on a plugin is given the result of the one before it. */
    static final CniVersion WITH_CHAINS = new CniVersion(0, 3, 0);

    /** From here on GC and STATUS exist. */
    static final CniVersion WITH_STATUS = new CniVersion(1, 1, 0);

    private static final Comparator<CniVersion> ORDER =
            Comparator.comparingInt(CniVersion::major)
                    .thenComparingInt(CniVersion::minor)
                    .thenComparingInt(CniVersion::patch);

    /**
     * Reads {@code major.minor.patch}.
     *
     * @throws JsonException if {@code text} is anything else
     */
    static CniVersion parse(String text) throws JsonException {
        if (!text.matches("\\d{1,4}\\.\\d{1,4}\\.\\d{1,4}")) {
            throw new JsonException("not a CNI version: \"" + text + "\"");
        }
        String[] parts = text.split("\\.", -1);
        return new CniVersion(
                Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), Integer.parseInt(parts[2]));
    }

    boolean atLeast(CniVersion other) {
        return compareTo(other) >= 0;
    }

    /** Returns {@code major.minor.patch}. */
    public String text() {
        return major + "." + minor + "." + patch;
    }

    @Override
    public int compareTo(CniVersion other) {
        return ORDER.compare(this, other);
    }
}
