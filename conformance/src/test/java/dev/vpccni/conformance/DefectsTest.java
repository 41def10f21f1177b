package dev.vpccni.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.conformance.bench.ConformanceSettings;
import dev.vpccni.conformance.judge.Requirement;
import dev.vpccni.conformance.judge.Scorecard;
import dev.vpccni.conformance.judge.Verdict;
import dev.vpccni.emulator.fabric.Namespaces;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A plugin that keeps to the specification, and the same with one defect after the other: each is
 * found, and nothing else is. Needs root.
 */
@Execution(ExecutionMode.CONCURRENT)
final class DefectsTest {

    private static final String CONFIG =
            "{\"cniVersion\":\"1.0.0\",\"name\":\"net\",\"type\":\"plugin\"}";

    /** Two could be told apart by chance, and more only take longer. */
    private static final int CROWD = 3;

    /** The group of ADD without the crowds, in which each defect of it would show, and slowly. */
    private static final List<String> ADDS =
            List.of(
                    "add.twice",
                    "add.name-taken",
                    "add.second-interface",
                    "add.no-namespace",
                    "add.unknown-keys",
                    "add.noise");

    @TempDir private Path folder;

    @AfterAll
    static void nothingIsLeft() throws IOException {
        String mine = "vpccni-conf-" + ProcessHandle.current().pid() + "-";
        assertThat(Namespaces.startingWith(mine)).isEmpty();
        try (var files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            assertThat(files.filter(file -> file.getFileName().toString().startsWith(mine)))
                    .isEmpty();
        }
    }

    @Test
    void aPluginThatKeepsToTheSpecificationPassesAll() throws Exception {
        Scorecard card = run("none", List.of());

        assertThat(card.verdicts()).hasSize(Requirement.values().length);
        card.verdicts()
                .forEach((requirement, verdict) -> {
                    if (requirement != Requirement.ADD_CHAIN) {
                        assertThat(verdict).as(requirement.id()).isEqualTo(Verdict.passed());
                    }
                });
        assertThat(card.exitStatus()).isZero();
    }

    /** These show in calls of more than one group, and fail no requirement but one. */
    @ParameterizedTest
    @CsvSource({
        "garbage, result+check+process, process.stdout",
        "ignores-name, result+add.twice+check, result.interface",
        "status-zero, error+add.name-taken+check, error.status",
        "hangs, result+add+del+check+process, process.ends",
    })
    void aDefectThatShowsEverywhereIsNamedOnce(String defect, String groups, String requirement)
            throws Exception {
        assertFound(run(defect, List.of(groups.split("\\+"))), requirement);
    }

    @ParameterizedTest
    @CsvSource({
        "error-shape, error.shape",
        "wrong-version, result.version",
        "version-form, version.answer+version.alone",
        "version-needs-path, version.alone",
        "any-command, error.command",
        "missing-code, error.missing",
        "invalid-code, error.invalid",
        "any-text, error.json",
        "no-name, error.name",
        "any-version, error.version",
        "old-form, result.0.1.0",
        "wrong-index, result.1.1.0",
        "wrong-sandbox, result.sandbox",
        "wrong-address, result.addresses",
        "wrong-route, result.routes",
        "new-address, add.twice",
        "takes-over, add.name-taken",
        "drops-first, add.second-interface",
        "any-namespace, add.no-namespace",
        "strict, add.unknown-keys",
        "noise, add.noise",
        "same-address, add.parallel",
        "remembers-late, add.killed",
        "del-fails, del.after-add",
        "stays-plugged, del.unplugged",
        "leaves-rule, del.residue",
        "del-greedy, del.others",
        "del-once, del.repeated",
        "needs-previous, del.without-previous",
        "gone-leaves-rule, del.namespace-gone",
        "needs-namespace, del.namespace-empty",
        "del-unknown, del.unknown",
        "check-never, check.after-add",
        "check-lenient, check.previous",
        "check-blind-link, check.interface",
        "check-blind-address, check.address",
        "check-blind-route, check.route",
        "gc-nothing, gc.removes",
        "gc-everything, gc.keeps",
        "status-code, status.answer",
        "del-prints, process.stdout",
        "floods, process.bounded",
    })
    void aDefectIsFoundAmongItsLikes(String defect, String requirements) throws Exception {
        var tried = new TreeSet<>(List.of("process", "error.status", "error.shape"));
        String likes = requirements.replaceAll("\\..*", "");
        tried.add(likes.equals("process") ? "result" : likes);
        if (tried.remove("add")) {
            tried.addAll(ADDS);
        }
        tried.addAll(List.of(requirements.split("\\+")));
        assertFound(run(defect, List.copyOf(tried)), requirements.split("\\+"));
    }

    private static void assertFound(Scorecard card, String... requirements) {
        assertThat(card.failed().stream().map(Requirement::id))
                .as(ScorecardText.draw(card))
                .containsExactly(requirements);
        assertThat(card.exitStatus()).isEqualTo(1);
    }

    private Scorecard run(String defect, List<String> only) throws Exception {
        boolean hangs = defect.equals("hangs");
        return Conformance.run(
                new ConformanceSettings(
                        plugin(defect),
                        CONFIG,
                        "eth0",
                        only,
                        true,
                        null,
                        "",
                        "",
                        CROWD,
                        Duration.ofMillis(hangs ? 300 : 60_000),
                        Duration.ofMillis(300)));
    }

    private Path plugin(String defect) throws IOException {
        Path state = Files.createDirectory(folder.resolve("state"));
        String head = "#!/bin/sh\nDEFECT=" + defect + " STATE=" + state + "\n";
        Path file = Files.writeString(folder.resolve("plugin"), head + script());
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static String script() throws IOException {
        try (InputStream stream = DefectsTest.class.getResourceAsStream("plugin.sh")) {
            return new String(
                    Objects.requireNonNull(stream).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Every requirement has somebody who breaks it, or is one that takes two plugins. */
    @Test
    void everyRequirementHasItsDefect() throws Exception {
        var named = new TreeSet<String>();
        for (var method : DefectsTest.class.getDeclaredMethods()) {
            CsvSource rows = method.getAnnotation(CsvSource.class);
            if (rows != null) {
                Arrays.stream(rows.value())
                        .map(row -> row.replaceAll(".*, *", ""))
                        .forEach(ids -> named.addAll(List.of(ids.split("\\+"))));
            }
        }
        var without =
                Arrays.stream(Requirement.values())
                        .map(Requirement::id)
                        .filter(id -> !named.contains(id))
                        .toList();
        assertThat(without)
                .containsExactly(
                        "result.0.2.0",
                        "result.0.3.0",
                        "result.0.3.1",
                        "result.0.4.0",
                        "result.1.0.0",
                        "add.chain"); // ChainedPluginTest has that
    }
}
