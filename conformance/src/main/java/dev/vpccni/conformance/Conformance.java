package dev.vpccni.conformance;

import dev.vpccni.conformance.bench.ConformanceSettings;
import dev.vpccni.conformance.bench.Workbench;
import dev.vpccni.conformance.judge.Requirement;
import dev.vpccni.conformance.judge.Scorecard;
import dev.vpccni.conformance.trial.Trials;
import dev.vpccni.json.JsonException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Tries a CNI plugin against the requirements of the specification. */
public final class Conformance {

    private Conformance() {}

    /**
     * Tries a plugin. What is made for it is removed again, also when this process is asked to end.
     *
     * @throws IllegalArgumentException if the settings cannot be: with what is wrong
     * @throws IOException if namespaces or processes could not be made
     */
    public static Scorecard run(ConformanceSettings settings)
            throws IOException, InterruptedException {
        if (!Files.isRegularFile(settings.plugin()) || !Files.isExecutable(settings.plugin())) {
            throw new IllegalArgumentException(settings.plugin() + " is no executable file");
        }
        Predicate<Requirement> wanted = wanted(settings);
        String type = settings.plugin().toFile().getName();
        SortedMap<String, @Nullable Object> config;
        try {
            config = PluginConfig.of(settings.config(), type);
        } catch (JsonException e) {
            throw new IllegalArgumentException("the configuration: " + e.getMessage(), e);
        }
        Workbench bench = Workbench.open(settings, config);
        var end = new Thread(() -> close(bench), "conformance-end");
        Runtime.getRuntime().addShutdownHook(end);
        try (bench) {
            return new Scorecard(type, Trials.run(bench, wanted));
        } finally {
            forget(end);
        }
    }

    private static Predicate<Requirement> wanted(ConformanceSettings settings) {
        for (String words : settings.only()) {
            if (Arrays.stream(Requirement.values()).noneMatch(each -> each.isNamed(words))) {
                throw new IllegalArgumentException("no such requirement: " + words);
            }
        }
        return requirement ->
                settings.only().isEmpty()
                        || settings.only().stream().anyMatch(requirement::isNamed);
    }

    private static void close(Workbench bench) {
        try {
            bench.close();
        } catch (IOException e) {
            System.err.println("vpc-cni: not all was removed: " + e.getMessage());
        }
    }

    private static void forget(Thread end) {
        try {
            Runtime.getRuntime().removeShutdownHook(end);
        } catch (IllegalStateException ending) {
            // It runs already.
        }
    }
}
