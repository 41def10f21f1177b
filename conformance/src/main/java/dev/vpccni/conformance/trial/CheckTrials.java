package dev.vpccni.conformance.trial;

import dev.vpccni.conformance.bench.NotTriedException;
import dev.vpccni.conformance.bench.PluginContainer;
import dev.vpccni.conformance.bench.PluginRequest;
import dev.vpccni.conformance.bench.Workbench;
import dev.vpccni.conformance.judge.AnswerRules;
import dev.vpccni.conformance.judge.PluginCall;
import dev.vpccni.conformance.judge.PodView;
import dev.vpccni.conformance.judge.PodView.PodLink;
import dev.vpccni.conformance.judge.PodView.PodRoute;
import dev.vpccni.conformance.judge.ResultRules;
import dev.vpccni.conformance.judge.Verdict;
import dev.vpccni.conformance.judge.Verdict.NotApplicable;
import dev.vpccni.conformance.judge.Versions;
import dev.vpccni.json.JsonObject;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** CHECK: that it finds what is missing, and nothing wrong where nothing is. */
final class CheckTrials {

    private CheckTrials() {}

    /** Takes something away from a container; says why it cannot, or null if it did. */
    @FunctionalInterface
    private interface Harm {
        @Nullable Verdict to(PluginContainer container, JsonObject result)
                throws IOException, NotTriedException;
    }

    static Verdict afterAdd(Workbench bench) throws IOException, NotTriedException {
        String version = version(bench);
        if (version == null) {
            return AnswerRules.needs("CHECK", Versions.WITH_CHECK);
        }
        try (PluginContainer container = bench.container()) {
            JsonObject result = container.added(version);
            return AnswerRules.succeeded(bench.call(container.after("CHECK", version, result)));
        }
    }

    static Verdict previous(Workbench bench) throws IOException, NotTriedException {
        String version = version(bench);
        if (version == null) {
            return AnswerRules.needs("CHECK", Versions.WITH_CHECK);
        }
        try (PluginContainer container = bench.container()) {
            JsonObject result = container.added(version);
            PluginRequest request = container.after("CHECK", version, result);
            var _ = working(bench.call(request));
            return AnswerRules.failed(
                    bench.call(request.key("prevResult", null)), "since there is no prevResult");
        }
    }

    static Verdict interfaceGone(Workbench bench) throws IOException, NotTriedException {
        return harmed(
                bench,
                "since the interface was removed",
                (container, _) -> {
                    container.ip("link del " + bench.interfaceName());
                    return null;
                });
    }

    static Verdict addressGone(Workbench bench) throws IOException, NotTriedException {
        return harmed(
                bench,
                "since the address was removed",
                (container, _) -> {
                    PodLink link = container.look().links().get(bench.interfaceName());
                    if (link == null || link.addresses().isEmpty()) {
                        return new NotApplicable("the interface has no address");
                    }
                    container.ip(
                            "address del "
                                    + link.addresses().getFirst()
                                    + " dev "
                                    + bench.interfaceName());
                    return null;
                });
    }

    static Verdict routeGone(Workbench bench) throws IOException, NotTriedException {
        return harmed(
                bench,
                "since a route was removed",
                (container, result) -> {
                    PodRoute route = route(container.look(), ResultRules.destinations(result));
                    if (route == null) {
                        return new NotApplicable("ADD made no route in the namespace");
                    }
                    container.ip(route.text());
                    return null;
                });
    }

    /** One that the result lists if it lists any, and else one that ADD made nevertheless. */
    private static @Nullable PodRoute route(PodView pod, List<String> listed) {
        return pod.routes().stream()
                .filter(route -> listed.isEmpty() || listed.contains(route.destination()))
                .findFirst()
                .orElse(null);
    }

    private static Verdict harmed(Workbench bench, String when, Harm harm)
            throws IOException, NotTriedException {
        String version = version(bench);
        if (version == null) {
            return AnswerRules.needs("CHECK", Versions.WITH_CHECK);
        }
        if (bench.previous() != null) {
            return new NotApplicable("a chained plugin does not make the interface");
        }
        try (PluginContainer container = bench.container()) {
            JsonObject result = container.added(version);
            PluginRequest request = container.after("CHECK", version, result);
            var _ = working(bench.call(request));
            if (!container.look().links().containsKey(bench.interfaceName())) {
                throw new NotTriedException("there is no " + bench.interfaceName());
            }
            Verdict unharmed = harm.to(container, result);
            return unharmed == null ? AnswerRules.failed(bench.call(request), when) : unharmed;
        }
    }

    private static PluginCall working(PluginCall call) throws NotTriedException {
        if (!call.succeeded()) {
            throw new NotTriedException("CHECK fails right after ADD: " + call.told());
        }
        return call;
    }

    private static @Nullable String version(Workbench bench) {
        return Trials.versionFor(bench, Versions.WITH_CHECK);
    }
}
