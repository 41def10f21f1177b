package dev.vpccni.conformance.judge;

/**
 * One call of a plugin that was made.
 *
 * @param verb {@code CNI_COMMAND}
 * @param version the {@code cniVersion} that its configuration had; empty where that is no version
 * @param end how it ended
 * @param status the exit status; of meaning only where it exited
 * @param output what it wrote to standard output
 * @param errors what it wrote to standard error
 */
public record PluginCall(
        String verb, String version, End end, int status, String output, String errors) {

    /** How a call ended. */
    public enum End {
        /** By itself. */
        EXITED,
        /** It was killed at its deadline. */
        DEADLINE,
        /** It was killed because it wrote too much. */
        TOO_MUCH,
        /** It was killed on purpose. */
        KILLED
    }

    private static final int SHORT = 300;

    /** Returns what it said. */
    public Reply reply() {
        return Reply.of(output);
    }

    /** Tells whether it ended by itself, with status 0 and no error. */
    public boolean succeeded() {
        return end == End.EXITED && status == 0 && !(reply() instanceof Reply.Refusal);
    }

    /** Returns how it ended, for people. */
    public String told() {
        String how =
                switch (end) {
                    case EXITED -> "exit status " + status;
                    case DEADLINE -> "killed at its deadline";
                    case TOO_MUCH -> "killed, since it wrote too much";
                    case KILLED -> "killed";
                };
        String said = output.strip();
        String complaint = errors.strip();
        return verb
                + ": "
                + how
                + ", "
                + (said.isEmpty() ? "no output" : "output " + brief(said))
                + (said.isEmpty() && !complaint.isEmpty() ? ", errors " + brief(complaint) : "");
    }

    static String brief(String text) {
        String line = text.replaceAll("\\s+", " ");
        return line.length() <= SHORT ? line : line.substring(0, SHORT) + "…";
    }
}
