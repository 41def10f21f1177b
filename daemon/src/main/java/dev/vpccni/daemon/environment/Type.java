package dev.vpccni.daemon.environment;

/** How the text of a variable is understood: upstream's helpers (ipamd.md 1.2). */
public enum Type {
    /** Helper "bool-A": an empty value is a bad one. */
    FLAG_A("boolean"),
    /** Helper "bool-B": an empty value is an absent one. */
    FLAG_B("boolean, may be empty"),
    /** Helper "int-A": a bad value, and an empty one, ends the start. */
    NUMBER_A("whole number"),
    /** Helper "int-B": a bad value is the default. */
    NUMBER_B("whole number, may be empty"),
    /** Helper "str": an empty text is an empty text. */
    TEXT("text"),
    /** As {@link #TEXT}, where an empty text is an absent one. */
    TEXT_IF_ANY("text, may be empty");

    private final String words;

    Type(String words) {
        this.words = words;
    }

    /** Returns what an operator is told. */
    @Override
    public String toString() {
        return words;
    }
}
