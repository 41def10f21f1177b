package dev.vpccni.cni;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The versions of the CNI protocol that are spoken here, oldest first. */
public enum CniVersion {
    V0_1_0("0.1.0"),
    V0_2_0("0.2.0"),
    V0_3_0("0.3.0"),
    V0_3_1("0.3.1"),
    V0_4_0("0.4.0"),
    V1_0_0("1.0.0"),
    V1_1_0("1.1.0");

    private final String text;

    CniVersion(String text) {
        this.text = text;
    }

    /** Returns the version that {@code text} is exactly, or null if it is none of these. */
    public static @Nullable CniVersion named(String text) {
        for (CniVersion version : values()) {
            if (version.text.equals(text)) {
                return version;
            }
        }
        return null;
    }

    /** Returns the texts of all versions, oldest first. */
    public static List<String> texts() {
        return Arrays.stream(values()).map(CniVersion::text).toList();
    }

    /** Returns the form that configurations use, such as {@code 0.4.0}. */
    public String text() {
        return text;
    }

    /** Tells whether this version is {@code other} or a later one. */
    public boolean isAtLeast(CniVersion other) {
        return compareTo(other) >= 0;
    }

    /** Tells whether a configuration of this version may be used with {@code command}. */
    public boolean allows(CniCommand command) {
        return switch (command) {
            case ADD, DEL, VERSION -> true;
            case CHECK -> isAtLeast(V0_4_0);
            case STATUS, GC -> isAtLeast(V1_1_0);
        };
    }

    @Override
    public String toString() {
        return text;
    }
}
