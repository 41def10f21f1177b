package dev.vpccni.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Each line of {@code docs/differences.md} names tests, or pages of the documentation, that are.
 */
class DifferencesTest {

    private static final Path HOME = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern QUOTED = Pattern.compile("`([^`]*)`");

    @Test
    void everyDifferenceNamesTestsThatAre() throws IOException {
        Map<String, String> tests = tests();
        List<String> wrong = new ArrayList<>();
        int lines = 0;
        for (String line : Files.readAllLines(HOME.resolve("docs/differences.md"))) {
            if (line.startsWith("| ") && !line.startsWith("| upstream ")) {
                lines++;
                wrong.addAll(wrong(line, tests));
            }
        }
        assertThat(lines).as("the document has lines").isGreaterThan(40);
        assertThat(wrong).isEmpty();
    }

    private static List<String> wrong(String line, Map<String, String> tests) {
        List<String> wrong = new ArrayList<>();
        String proofs = line.substring(line.lastIndexOf(" | ", line.length() - 3));
        Matcher quoted = QUOTED.matcher(proofs);
        String testClass = "";
        int count = 0;
        while (quoted.find()) {
            count++;
            String proof = quoted.group(1);
            if (proof.contains("/")) {
                if (!Files.exists(HOME.resolve(proof)) && !isDecision(proof)) {
                    wrong.add(proof + " is no page");
                }
                continue;
            }
            int dot = proof.indexOf('.');
            testClass = dot == 0 || proof.isEmpty() ? testClass : proof.split("\\.", 2)[0];
            String source = tests.getOrDefault(testClass, "");
            String method = dot < 0 ? "" : proof.substring(dot + 1);
            if (!source.contains(" " + method + "(") && !(dot < 0 && !source.isEmpty())) {
                wrong.add(proof + " is no test");
            }
        }
        if (count == 0) {
            wrong.add("nothing proves: " + line);
        }
        return wrong;
    }

    private static boolean isDecision(String page) {
        try (Stream<Path> files = Files.list(HOME.resolve("docs/adr"))) {
            return files.anyMatch(file -> file.toString().contains(page));
        } catch (IOException e) {
            return false;
        }
    }

    /** The sources of all tests, by class; of two with one name, both. */
    private static Map<String, String> tests() throws IOException {
        Map<String, String> tests = new TreeMap<>();
        try (Stream<Path> modules = Files.list(HOME)) {
            for (Path module : modules.toList()) {
                Path sources = module.resolve("src/test/java");
                if (Files.isDirectory(sources)) {
                    try (Stream<Path> files = Files.walk(sources)) {
                        for (Path file : files.toList()) {
                            String name = file.getFileName().toString();
                            if (name.endsWith("Test.java")) {
                                tests.merge(
                                        name.replace(".java", ""),
                                        Files.readString(file),
                                        String::concat);
                            }
                        }
                    }
                }
            }
        }
        return tests;
    }
}
