package dev.vpccni.conformance.trial;

import dev.vpccni.conformance.bench.NotTriedException;
import dev.vpccni.conformance.bench.PluginContainer;
import dev.vpccni.conformance.bench.Workbench;
import dev.vpccni.conformance.judge.KernelRules;
import dev.vpccni.conformance.judge.ResultRules;
import dev.vpccni.conformance.judge.Verdict;
import dev.vpccni.conformance.judge.Verdict.NotApplicable;
import dev.vpccni.conformance.judge.Versions;
import dev.vpccni.json.JsonObject;
import java.io.IOException;

/** Whether the result of an ADD says what the kernel holds, in the form that it should have. */
final class ResultTrials {

    private ResultTrials() {}

    /** Returns the trial of the form that results of {@code version} have. */
    static Trial form(String version) {
        return bench -> {
            if (!bench.supports(version)) {
                return new NotApplicable("the plugin does not say that it supports " + version);
            }
            try (PluginContainer container = bench.container()) {
                return ResultRules.form(container.added(version), version);
            }
        };
    }

    static Verdict sandbox(Workbench bench) throws IOException, NotTriedException {
        if (!Versions.isAtLeast(bench.version(), Versions.WITH_INTERFACES)) {
            return new NotApplicable("results have interfaces since 0.3.0");
        }
        try (PluginContainer container = bench.container()) {
            return ResultRules.sandbox(
                    container.added(), bench.interfaceName(), container.namespace());
        }
    }

    static Verdict interfaceIsUp(Workbench bench) throws IOException, NotTriedException {
        try (PluginContainer container = bench.container()) {
            var _ = container.added();
            return KernelRules.isUp(container.look(), bench.interfaceName());
        }
    }

    static Verdict addresses(Workbench bench) throws IOException, NotTriedException {
        try (PluginContainer container = bench.container()) {
            JsonObject result = container.added();
            return KernelRules.hasAddresses(container.look(), result, bench.interfaceName());
        }
    }

    static Verdict routes(Workbench bench) throws IOException, NotTriedException {
        try (PluginContainer container = bench.container()) {
            JsonObject result = container.added();
            return KernelRules.hasRoutes(container.look(), result);
        }
    }
}
