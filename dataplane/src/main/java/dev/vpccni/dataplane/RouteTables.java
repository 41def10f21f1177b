package dev.vpccni.dataplane;

/** The numbers of route tables, as the kernel and upstream give them. */
public final class RouteTables {

    /** Looked up last, before giving up. */
    public static final int DEFAULT = 253;

    /** What everything without a rule of its own uses. */
    public static final int MAIN = PodWiring.MAIN_TABLE;

    /** Kept by the kernel: the node's own addresses. */
    public static final int LOCAL = 255;

    private RouteTables() {}

    /** Returns the name by which ip(8) shows a table, or its number. */
    public static String text(int table) {
        return switch (table) {
            case DEFAULT -> "default";
            case MAIN -> "main";
            case LOCAL -> "local";
            default -> Integer.toUnsignedString(table);
        };
    }
}
