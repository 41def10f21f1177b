package dev.vpccni.daemon.environment;

import dev.vpccni.daemon.environment.EnvironmentTable.Group;
import dev.vpccni.daemon.environment.Support.Ignored;
import dev.vpccni.daemon.environment.Support.InEffect;
import dev.vpccni.daemon.environment.Support.NotYet;

/** The table of variables as a page for operators, {@code docs/environment.md}. */
public final class EnvironmentDocument {

    private static final String INTRODUCTION =
            """
            # The environment

            Written by `vpc-cni daemon --print-environment` from the table that the daemon reads \
            by; a test fails where this page differs.

            All variables that upstream's v1.23.1 reads, and ours. *Not yet* names the feature \
            that will follow a variable: until then a value that asks for it is answered by a \
            line in the log, or means nothing. *Not followed* is said in the log, \
            too, where it could surprise.

            - A **boolean** is one of `1 t T TRUE true True 0 f F FALSE false False`. Anything \
            else, and an empty one unless it may be empty, is the default, and said in the log.
            - A **whole number** is of decimal digits after an optional sign, without spaces. A \
            bad one ends the start; where it may be empty it is the default, and said in the log.
            - Everything that ends the start is told at once.
            - *Since* names the release of upstream that brought a variable, where it is known.
            """;

    private EnvironmentDocument() {}

    /** Returns the page. */
    public static String render() {
        var page = new StringBuilder(INTRODUCTION);
        for (Group group : EnvironmentTable.GROUPS) {
            page.append("\n## ")
                    .append(group.heading())
                    .append("\n\n| variable | type | default | here | upstream | since |\n")
                    .append("|---|---|---|---|---|---|\n");
            group.variables().forEach(variable -> page.append(row(variable)));
        }
        return page.toString();
    }

    private static String row(Variable variable) {
        String otherwise = variable.otherwise();
        return "| `%s` | %s | %s | %s | %s | %s |\n"
                .formatted(
                        variable.name(),
                        variable.type(),
                        otherwise.isEmpty() ? "" : "`" + otherwise + "`",
                        here(variable),
                        variable.upstream(),
                        variable.since());
    }

    private static String here(Variable variable) {
        return switch (variable.support()) {
            case InEffect() -> variable.here();
            case NotYet(String feature, Support.Manner manner, String meanwhile) ->
                    "*not yet (" + feature + ")*: " + variable.here() + until(manner, meanwhile);
            case Ignored(_, String reason) -> "*not followed*: " + reason;
        };
    }

    private static String until(Support.Manner manner, String meanwhile) {
        return switch (manner) {
            case SAY -> ". Until then " + meanwhile;
            case KEEP_QUIET -> "";
        };
    }
}
