package dev.vpccni.testing.mutants;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MutantReportTest {

    private static final String LIVES =
            """
            # It is known.

            dev.vpccni.some.Thing.least
                changed conditional boundary
                return a < b ? a : b;
                Equivalent: what is equal is as little.
            """;

    @TempDir Path folder;

    @Test
    void joinsWhatPitFoundAndWhatIsSaidOfIt() throws IOException {
        List<Mutant> found = found("SURVIVED");
        var result = new ModuleResult("some", found, said(LIVES));

        assertThat(result.problems()).isEmpty();
        assertThat(MutantReport.text(List.of(result), Duration.ofSeconds(95)))
                .contains("took 2 minutes.")
                .endsWith(
                        """
                        | `dev.vpccni.some` | 11 | 10 | 90 |
                        | all | 11 | 10 | 90 |

                        ## Survivors in some

                        - `Thing.java:5` ConditionalsBoundary, changed conditional boundary: `` return a < b ? a : b; `` \s
                          Equivalent: what is equal is as little.
                        """);
    }

    @Test
    void findsAChangeAgainByItsWords() throws IOException {
        assertThat(found("TIMED_OUT"))
                .extracting(Mutant::change)
                .contains(
                        new Mutant.Change(
                                "dev.vpccni.some.Thing.all",
                                "replaced boolean return with true",
                                "return list.stream().allMatch(n -> n > 0);"));
        assertThat(found("TIMED_OUT")).allMatch(m -> m.status() == Mutant.Status.KILLED);
    }

    @Test
    void aSurvivorNeedsAnExplanation() throws IOException {
        assertThat(new ModuleResult("some", found("NO_COVERAGE"), List.of()).problems())
                .containsExactly(
                        """
                        a survivor without an explanation: dev.vpccni.some.Thing.least
                            changed conditional boundary
                            return a < b ? a : b;\
                        """);
    }

    @Test
    void anExplanationNeedsItsSurvivors() throws IOException {
        List<SurvivorReason> said = said(LIVES.replace("    changed", "    3x changed"));

        assertThat(new ModuleResult("some", found("SURVIVED"), said).problems())
                .containsExactly(
                        """
                        an explanation without a survivor: dev.vpccni.some.Thing.least
                            2x changed conditional boundary
                            return a < b ? a : b;\
                        """);
    }

    @Test
    void ofTenMutantsNineMustBeKilled() throws IOException {
        List<Mutant> tooFew = found("SURVIVED").subList(0, 9);

        assertThat(new ModuleResult("some", tooFew, said(LIVES)).problems())
                .containsExactly("some: 8 of 9 mutants are killed; wanted are 90 %");
        assertThat(new ModuleResult("some", List.of(), List.of()).problems())
                .containsExactly("some: 0 of 0 mutants are killed; wanted are 90 %");
    }

    @Test
    void whatPitCouldNotJudgeIsNotKilled() throws IOException {
        assertThat(new ModuleResult("some", found("RUN_ERROR"), List.of()).problems())
                .singleElement()
                .asString()
                .startsWith("PIT could not judge dev.vpccni.some.Thing.least\n");
    }

    @Test
    void anExplanationIsWhole() {
        assertThatThrownBy(() -> said("a\nb\nc\n\nd\n"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("before line 4: an explanation has 4 lines");
    }

    private static List<SurvivorReason> said(String text) {
        return SurvivorReason.parse(text.lines().toList());
    }

    /** Returns ten mutants that are killed and one with {@code status}. */
    private List<Mutant> found(String status) throws IOException {
        Path sources = folder.resolve("dev/vpccni/some");
        Files.createDirectories(sources);
        Files.writeString(
                sources.resolve("Thing.java"),
                """
                package dev.vpccni.some;

                class Thing {
                    static int least(int a, int b) {
                        return a < b ? a : b;
                    }

                    static boolean all(List<Integer> list) {
                        return list.stream().allMatch(n -> n > 0);
                    }
                }
                """);
        var mutations =
                new ArrayList<String>(
                        Collections.nCopies(
                                10,
                                mutation(
                                        "KILLED",
                                        "lambda$all$0",
                                        9,
                                        "returns.BooleanTrueReturnValsMutator",
                                        "replaced boolean return with true for"
                                                + " dev/vpccni/some/Thing::lambda$all$0")));
        mutations.add(
                mutation(
                        status,
                        "least",
                        5,
                        "ConditionalsBoundaryMutator",
                        "changed conditional boundary"));
        Path report = folder.resolve("mutations.xml");
        Files.writeString(report, "<mutations>" + String.join("", mutations) + "</mutations>");
        return PitReport.read(report, folder);
    }

    private static String mutation(
            String status, String method, int line, String mutator, String description) {
        return "<mutation detected='true' status='%s'>".formatted(status)
                + "<sourceFile>Thing.java</sourceFile>"
                + "<mutatedClass>dev.vpccni.some.Thing</mutatedClass>"
                + "<mutatedMethod>%s</mutatedMethod>".formatted(method)
                + "<lineNumber>%d</lineNumber>".formatted(line)
                + "<mutator>org.pitest.mutators.%s</mutator>".formatted(mutator)
                + "<description>%s</description></mutation>".formatted(description);
    }
}
