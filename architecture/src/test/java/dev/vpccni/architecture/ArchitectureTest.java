package dev.vpccni.architecture;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The rules of {@code docs/architecture.md}. A new exception needs a decision record, named beside
 * it.
 */
class ArchitectureTest {

    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages("dev.vpccni");

    /** Which modules each module may use, as the drawing in the document has it. */
    private static final Map<String, List<String>> ARROWS =
            new TreeMap<>(
                    Map.ofEntries(
                            Map.entry("model", List.of()),
                            Map.entry("json", List.of()),
                            Map.entry("linux", List.of()),
                            Map.entry("ipam", List.of("model")),
                            Map.entry("dataplane", List.of("model")),
                            Map.entry("cni", List.of("model")),
                            Map.entry("doctor", List.of("model", "dataplane")),
                            Map.entry("vpc", List.of("model")),
                            Map.entry("node", List.of("model", "ipam", "dataplane", "cni")),
                            Map.entry(
                                    "host",
                                    List.of(
                                            "model",
                                            "json",
                                            "dataplane",
                                            "doctor",
                                            "node",
                                            "linux")),
                            Map.entry("aws", List.of("model", "node")),
                            Map.entry("rpc", List.of("model", "node")),
                            Map.entry("kubernetes", List.of("model", "json", "node")),
                            Map.entry("addon", List.of("json", "doctor", "node", "kubernetes")),
                            Map.entry(
                                    "controller",
                                    List.of("model", "json", "node", "aws", "kubernetes")),
                            Map.entry(
                                    "daemon",
                                    List.of(
                                            "model",
                                            "json",
                                            "ipam",
                                            "dataplane",
                                            "doctor",
                                            "cni",
                                            "node",
                                            "linux",
                                            "host",
                                            "aws",
                                            "rpc",
                                            "kubernetes")),
                            Map.entry("emulator", List.of("model", "json", "vpc", "linux")),
                            Map.entry(
                                    "simulation",
                                    List.of("model", "ipam", "dataplane", "cni", "node", "vpc")),
                            Map.entry("lab", List.of("model", "json", "vpc", "linux", "emulator")),
                            Map.entry("conformance", List.of("model", "json", "emulator", "lab")),
                            Map.entry(
                                    "cli",
                                    List.of(
                                            "model",
                                            "json",
                                            "doctor",
                                            "emulator",
                                            "lab",
                                            "conformance",
                                            "addon",
                                            "controller",
                                            "daemon"))));

    /** Where decisions are made: the same question gets the same answer every time. */
    private static final List<String> PURE =
            List.of("model", "ipam", "dataplane", "doctor", "cni", "vpc");

    /** Each program begins at one. */
    private static final List<String> NAMES_SHARED = List.of("Main");

    static List<String> modules() {
        return List.copyOf(ARROWS.keySet());
    }

    static List<String> pureModules() {
        return PURE;
    }

    @ParameterizedTest
    @MethodSource("modules")
    void aModuleUsesOnlyThoseThatTheArrowsAllow(String module) {
        var allowed = new ArrayList<String>(List.of(packages(module)));
        ARROWS.getOrDefault(module, List.of()).forEach(other -> allowed.add(packages(other)));
        var others = new ArrayList<String>(modules().stream().map(m -> packages(m)).toList());
        others.removeAll(allowed);

        assertThat(inModule(module)).isNotEmpty();
        noClasses()
                .that()
                .resideInAPackage(packages(module))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(others.toArray(String[]::new))
                .check(CLASSES);
    }

    @Test
    void everyClassBelongsToAModule() {
        var found = new TreeSet<String>();
        CLASSES.forEach(c -> found.add(moduleOf(c)));
        found.remove("testing");
        assertThat(found).containsExactlyElementsOf(modules());
    }

    @ParameterizedTest
    @MethodSource("pureModules")
    void aPureModuleKnowsOnlyValues(String module) {
        var allowed = new ArrayList<>(PURE.stream().map(m -> packages(m)).toList());
        allowed.addAll(
                List.of(
                        "java.lang",
                        "java.lang.runtime",
                        "java.lang.invoke", // what records and lambdas compile to
                        "java.util",
                        "java.util.function",
                        "java.util.random",
                        "java.util.regex",
                        "java.util.stream",
                        "java.time",
                        "java.time.format",
                        "java.time.temporal",
                        "java.nio.charset", // the encoding of a text is a value
                        "java.math",
                        "java.net",
                        "org.jspecify.annotations"));
        classes()
                .that()
                .resideInAPackage(packages(module))
                .should()
                .onlyDependOnClassesThat(
                        com.tngtech.archunit.base.DescribedPredicate.describe(
                                "are values",
                                c ->
                                        c.isArray()
                                                || c.isPrimitive()
                                                || resides(c, allowed)
                                                || isNamedException(c)))
                .check(CLASSES);
    }

    @ParameterizedTest
    @MethodSource("pureModules")
    void aPureModuleIsDeterministic(String module) {
        noClasses()
                .that()
                .resideInAPackage(packages(module))
                .should()
                .callMethodWhere(
                        target(owner(nameMatching("java\\..*")))
                                .and(
                                        target(
                                                nameMatching(
                                                        "now|nanoTime|currentTimeMillis|random"
                                                                + "|randomUUID|getenv|getProperty"
                                                                + "|identityHashCode"))))
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.util.Random")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.lang.Thread")
                // Iteration order of a hash table differs between runs where a key's hash does.
                .orShould()
                .callConstructorWhere(target(owner(nameMatching("java\\.util\\.Hash(Map|Set)"))))
                .check(CLASSES);
    }

    @ParameterizedTest
    @CsvSource({
        "java.lang.foreign.., linux",
        "software.amazon.., aws",
        "io.grpc.., rpc",
        "io.fabric8.., kubernetes",
        "java.net.http.., kubernetes",
        "com.google.protobuf.., rpc",
        "com.fasterxml.jackson.., json",
        "info.picocli.., cli",
        "picocli.., cli",
    })
    void aLibraryIsKnownInOneModule(String library, String module) {
        noClasses()
                .that()
                .resideOutsideOfPackages(packages(module), "rpc..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library)
                .check(CLASSES);
    }

    @Test
    void onlyProgramsWriteLogs() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        packages("daemon"), packages("emulator"), packages("lab"), packages("cli"))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.slf4j..", "ch.qos.logback..", "java.util.logging..")
                .check(CLASSES);
    }

    /** Whoever says what would be done has no port by which he could do it. */
    @Test
    void whoeverOnlyLooksCannotChangeAnything() {
        assertThat(CLASSES.stream().map(JavaClass::getPackageName))
                .contains("dev.vpccni.node.shadow", "dev.vpccni.daemon.shadow");
        noClasses()
                .that()
                .resideInAnyPackage("dev.vpccni.node.shadow..", "dev.vpccni.daemon.shadow..")
                .or()
                .haveSimpleNameStartingWith("ShadowProgram")
                .should()
                .dependOnClassesThat()
                .haveNameMatching(
                        "dev\\.vpccni\\.(node\\.port\\.(Ec2|LedgerStores?|Spool|BranchNetwork)"
                                + "|node\\.ledger\\.LedgerKeeper|node\\.eni\\.(Attachments|Addresses)"
                                + "|aws\\.AwsEc2|host\\.LinuxHost|daemon\\.RunLock"
                                + "|daemon\\.checkpoint\\.FileLedgerStores?)")
                .check(CLASSES);
        noClasses()
                .that()
                .resideInAnyPackage("dev.vpccni.node.shadow..", "dev.vpccni.daemon.shadow..")
                .should()
                .callMethodWhere(
                        target(owner(nameMatching("dev\\.vpccni\\.node\\.port\\.HostNetwork"))))
                .check(CLASSES);
    }

    @Test
    void packagesAreFreeOfCycles() {
        slices().matching("dev.vpccni.(**)").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void everyPackageSaysThatItsTypesAreNotNull() {
        var unmarked = new TreeSet<String>();
        CLASSES.forEach(c -> {
            JavaPackage inPackage = c.getPackage();
            if (!inPackage.isAnnotatedWith(NullMarked.class)) {
                unmarked.add(inPackage.getName());
            }
        });
        assertThat(unmarked).isEmpty();
    }

    /** Where two do, a file that needs both has to spell one out, and a reader to ask which. */
    @Test
    void noTwoTypesShareAName() {
        var places = new TreeMap<String, TreeSet<String>>();
        for (JavaClass type : CLASSES) {
            boolean counts =
                    type.isTopLevelClass()
                            && !NAMES_SHARED.contains(type.getSimpleName())
                            && !type.getSimpleName().equals("package-info");
            if (counts) {
                places.computeIfAbsent(type.getSimpleName(), _ -> new TreeSet<>())
                        .add(type.getPackageName());
            }
        }
        places.values().removeIf(packages -> packages.size() == 1);
        assertThat(places).isEmpty();
    }

    private static List<JavaClass> inModule(String module) {
        return CLASSES.stream().filter(c -> moduleOf(c).equals(module)).toList();
    }

    private static String moduleOf(JavaClass javaClass) {
        String[] parts = javaClass.getPackageName().split("\\.", -1);
        return parts.length > 2 ? parts[2] : "";
    }

    private static String packages(String module) {
        return "dev.vpccni." + module + "..";
    }

    private static boolean resides(JavaClass javaClass, List<String> packages) {
        return packages.stream()
                .anyMatch(p ->
                        com.tngtech.archunit.core.domain.PackageMatcher.of(p)
                                .matches(javaClass.getPackageName()));
    }

    /** A checked exception has a serial form, which it may say; a digest is a function. */
    private static boolean isNamedException(JavaClass javaClass) {
        return List.of("java.io.Serial", "java.io.Serializable", "java.security.MessageDigest")
                        .contains(javaClass.getFullName())
                || javaClass.getFullName().equals("java.security.NoSuchAlgorithmException");
    }
}
