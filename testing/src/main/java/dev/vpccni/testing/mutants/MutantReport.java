package dev.vpccni.testing.mutants;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes {@code docs/mutants.md}, or says what is wrong: a survivor that nobody explained, an
 * explanation whose survivor is gone, fewer killed than there must be.
 */
public final class MutantReport {

    private static final String HEAD =
            """
            # Mutants

            Written by `make mutants`, which took %s. PIT makes one change at a time to the compiled classes and runs the tests that reach it; a mutant is killed when one of them fails, or does not end. Why a survivor may live is said in its module's `src/test/mutants.txt`.

            | package | mutants | killed | % |
            |---|---|---|---|
            """;

    private MutantReport() {}

    /**
     * Ends with 1, and leaves the report as it was, if something is wrong.
     *
     * @param args the checkout's folder, the seconds that PIT took, and the modules
     */
    public static void main(String... args) throws IOException {
        Path home = Path.of(args[0]);
        var took = Duration.ofSeconds(Long.parseLong(args[1]));
        var results = new ArrayList<ModuleResult>();
        for (String module : List.of(args).subList(2, args.length)) {
            results.add(result(home.resolve(module), module));
        }
        List<String> problems = results.stream().flatMap(r -> r.problems().stream()).toList();
        if (!problems.isEmpty()) {
            problems.forEach(System.err::println);
            System.exit(1);
        }
        Files.writeString(home.resolve("docs/mutants.md"), text(results, took));
    }

    private static ModuleResult result(Path module, String name) throws IOException {
        Path said = module.resolve("src/test/mutants.txt");
        return new ModuleResult(
                name,
                PitReport.read(
                        module.resolve("target/mutants/pit-reports/mutations.xml"),
                        module.resolve("src/main/java")),
                Files.exists(said) ? SurvivorReason.parse(Files.readAllLines(said)) : List.of());
    }

    /** Returns the report. */
    static String text(List<ModuleResult> results, Duration took) {
        var text = new StringBuilder();
        text.append(HEAD.replaceFirst("%s", minutes(took)));
        for (ModuleResult result : results) {
            result.byPackage().forEach((name, mutants) -> row(text, "`" + name + "`", mutants));
        }
        row(text, "all", results.stream().flatMap(r -> r.mutants().stream()).toList());
        for (ModuleResult result : results) {
            text.append("\n## Survivors in ").append(result.module()).append("\n\n");
            if (result.survivors().isEmpty()) {
                text.append("None.\n");
            }
            result.survivors().forEach(m -> item(text, m, result.reason(m)));
        }
        return text.toString();
    }

    private static String minutes(Duration took) {
        long minutes = took.plusSeconds(30).toMinutes();
        return minutes == 1 ? "1 minute" : minutes + " minutes";
    }

    private static void row(StringBuilder text, String name, List<Mutant> mutants) {
        long killed = ModuleResult.killed(mutants);
        text.append("| ").append(name);
        text.append(" | ").append(mutants.size());
        text.append(" | ").append(killed);
        text.append(" | ").append(100 * killed / mutants.size()).append(" |\n");
    }

    private static void item(StringBuilder text, Mutant mutant, String reason) {
        text.append("- `").append(mutant.file()).append(':').append(mutant.line()).append("` ");
        text.append(mutant.mutator()).append(", ").append(mutant.change().description());
        text.append(": `` ").append(mutant.change().source()).append(" ``  \n  ");
        text.append(reason).append('\n');
    }
}
