package dev.vpccni.daemon.environment;

import dev.vpccni.daemon.environment.Support.Ignored;
import dev.vpccni.daemon.environment.Support.InEffect;
import dev.vpccni.daemon.environment.Support.NotYet;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** Every variable that upstream has, or we have. */
public final class EnvironmentTable {

    /** A part of the table, under a heading. */
    record Group(String heading, List<Variable> variables) {}

    static final List<Group> GROUPS =
            List.of(
                    new Group("Addresses", AddressingVariables.ALL),
                    new Group("Interfaces and EC2", CloudVariables.ALL),
                    new Group("The kernel", KernelVariables.ALL),
                    new Group("The configuration for runtimes", PluginVariables.ALL),
                    new Group("The process and Kubernetes", ProcessVariables.ALL));

    private EnvironmentTable() {}

    /** Returns all of them, in the table's order. */
    static List<Variable> variables() {
        return GROUPS.stream().flatMap(group -> group.variables().stream()).toList();
    }

    /** Returns the names of those that are followed here. */
    public static SortedSet<String> namesInEffect() {
        SortedSet<String> names = new TreeSet<>();
        for (Variable variable : variables()) {
            if (variable.support() instanceof InEffect) {
                names.add(variable.name());
            }
        }
        return names;
    }

    /** Has {@code in} note what is asked for and not followed, each by the table's own words. */
    public static void noteWhatIsNotFollowed(Variables in) {
        for (Variable variable : variables()) {
            if (in.asksForMore(variable)) {
                note(in, variable);
            }
        }
    }

    private static void note(Variables in, Variable variable) {
        switch (variable.support()) {
            case InEffect() -> {
                // Whoever reads it follows it.
            }
            case NotYet(String feature, Support.Manner manner, String meanwhile) -> {
                switch (manner) {
                    case SAY ->
                            in.report(
                                    variable,
                                    "asks for " + feature + ", which is not there yet",
                                    meanwhile);
                    case KEEP_QUIET -> {
                        // It says something about what is not there.
                    }
                }
            }
            case Ignored(Support.Manner manner, String reason) -> {
                if (manner == Support.Manner.SAY) {
                    in.report(variable, "is not followed", reason);
                }
            }
        }
    }
}
