package dev.vpccni.conformance.judge;

import dev.vpccni.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/** Versions of the CNI specification. */
public final class Versions {

    /** Those that there are, oldest first. */
    public static final List<String> ALL =
            List.of("0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0");

    /** From here on a result has interfaces. */
    public static final String WITH_INTERFACES = "0.3.0";

    /** From here on CHECK exists, and DEL is given the result of ADD. */
    public static final String WITH_CHECK = "0.4.0";

    /** From here on addresses do not say their family. */
    public static final String WITHOUT_FAMILY = "1.0.0";

    /** From here on GC and STATUS exist. */
    public static final String WITH_GC = "1.1.0";

    private Versions() {}

    /** Tells whether {@code version} is {@code other} or a later one. */
    public static boolean isAtLeast(String version, String other) {
        return ALL.indexOf(version) >= ALL.indexOf(other);
    }

    /** Returns what an answer to VERSION lists; nothing unless all of it are versions. */
    public static List<String> supported(JsonObject answer) {
        var versions = new ArrayList<String>();
        if (answer.value("supportedVersions") instanceof List<?> listed) {
            for (Object one : listed) {
                if (!(one instanceof String text) || !text.matches("\\d+\\.\\d+\\.\\d+")) {
                    return List.of();
                }
                versions.add(text);
            }
        }
        return versions;
    }
}
