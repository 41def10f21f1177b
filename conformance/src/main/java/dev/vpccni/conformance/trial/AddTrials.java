package dev.vpccni.conformance.trial;

import dev.vpccni.conformance.bench.NotTriedException;
import dev.vpccni.conformance.bench.PluginContainer;
import dev.vpccni.conformance.bench.PluginRequest;
import dev.vpccni.conformance.bench.Workbench;
import dev.vpccni.conformance.judge.AnswerRules;
import dev.vpccni.conformance.judge.KernelRules;
import dev.vpccni.conformance.judge.PluginCall;
import dev.vpccni.conformance.judge.PodView;
import dev.vpccni.conformance.judge.PodView.PodLink;
import dev.vpccni.conformance.judge.Reply;
import dev.vpccni.conformance.judge.ResultRules;
import dev.vpccni.conformance.judge.Verdict;
import dev.vpccni.conformance.judge.Verdict.Failed;
import dev.vpccni.conformance.judge.Verdict.NotApplicable;
import dev.vpccni.conformance.judge.Verdict.Passed;
import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** ADD: more than once, where it cannot be, and among what it does not know. */
final class AddTrials {

    private static final String SECOND = "net1";
    private static final int VARIABLES = 200;

    private static final Verdict CHAINED =
            new NotApplicable("a chained plugin does not make the interface");

    private AddTrials() {}

    /**
     * "A runtime should not call ADD twice", and "if an interface of the requested name already
     * exists in the container, the plugin must return with an error": but one that says the same
     * again after a call whose answer was lost has broken nothing.
     */
    static Verdict twice(Workbench bench) throws IOException, NotTriedException {
        if (bench.previous() != null) {
            return CHAINED;
        }
        try (PluginContainer container = bench.container()) {
            JsonObject first = container.added();
            PodView before = container.look();
            PluginCall again = bench.call(container.addRequest(bench.version()));
            if (again.succeeded() && again.reply() instanceof Reply.Result second) {
                List<String> given = ResultRules.addresses(second.object());
                if (!given.equals(ResultRules.addresses(first))) {
                    return new Failed(
                            "an error, or " + ResultRules.addresses(first) + " again",
                            again.told());
                }
            }
            PodView after = container.look();
            boolean whole = before.links().equals(after.links());
            return AnswerRules.succeeded(again) instanceof Verdict.NotTried untried
                    ? untried
                    : whole
                            ? Verdict.passed()
                            : new Failed(
                                    "the first ADD's interfaces as they were, " + before.links(),
                                    "after the second " + after.links());
        }
    }

    static Verdict nameTaken(Workbench bench) throws IOException, NotTriedException {
        if (bench.previous() != null) {
            return CHAINED;
        }
        try (PluginContainer container = bench.container()) {
            String name = bench.interfaceName();
            container.ip(
                    "link add " + name + " type veth peer name other",
                    "address add 203.0.113.7/32 dev " + name);
            PodView before = container.look();
            PluginCall call = bench.call(container.addRequest(bench.version()));
            Verdict refused =
                    AnswerRules.failed(call, "since " + name + " is there, and is not its own");
            boolean kept = before.links().equals(container.look().links());
            Verdict verdict =
                    refused.then(
                            kept
                                    ? Verdict.passed()
                                    : new Failed(
                                            "somebody else's interface as it was",
                                            "links " + container.look().links()));
            container.ip("link del " + name);
            var _ = container.del();
            return verdict;
        }
    }

    /**
     * A container "may be added to a specific network more than once only if each addition is done
     * with a different interface name": what no plugin has to be able to do, but whoever cannot has
     * to say so, and to leave the first interface alone.
     */
    static Verdict secondInterface(Workbench bench) throws IOException, NotTriedException {
        if (bench.previous() != null) {
            return CHAINED;
        }
        try (PluginContainer container = bench.container()) {
            var _ = container.added();
            PodLink first = container.look().links().get(bench.interfaceName());
            if (first == null) {
                throw new NotTriedException("there is no first interface");
            }
            PluginCall call =
                    container.add(container.addRequest(bench.version()).with("CNI_IFNAME", SECOND));
            PodView pod = container.look();
            Verdict kept =
                    first.equals(pod.links().get(bench.interfaceName()))
                            ? Verdict.passed()
                            : new Failed(
                                    "the first interface as it was, " + first,
                                    "links " + pod.links());
            if (AnswerRules.succeeded(call) instanceof Failed) {
                return kept.then(new Passed("refused: " + call.told()));
            }
            return AnswerRules.succeeded(call).then(KernelRules.isUp(pod, SECOND)).then(kept);
        }
    }

    static Verdict noNamespace(Workbench bench) throws IOException, NotTriedException {
        try (PluginContainer container = bench.container()) {
            PluginRequest request =
                    container
                            .addRequest(bench.version())
                            .with("CNI_NETNS", container.namespace() + "-is-not-there");
            return AnswerRules.failed(
                    bench.call(request), "since there is no namespace " + "at CNI_NETNS");
        }
    }

    static Verdict unknownKeys(Workbench bench) throws IOException, NotTriedException {
        try (PluginContainer container = bench.container()) {
            PluginRequest request =
                    container
                            .addRequest(bench.version())
                            .key("conformance.vpccni.dev/unknown", Map.of("a", List.of(1L, "b")))
                            .key("args", Map.of("cni", Map.of("unknown", "x")));
            baseline(bench);
            return AnswerRules.passedOver(container.add(request));
        }
    }

    static Verdict noise(Workbench bench) throws IOException, NotTriedException {
        try (PluginContainer container = bench.container()) {
            PluginRequest request = container.addRequest(bench.version());
            String arguments = request.environment().getOrDefault("CNI_ARGS", "");
            request =
                    request.with("CNI_ARGS", arguments + ";UnknownToAll=1")
                            .with("CNI_UNKNOWN", "=;=")
                            .with("TRACEPARENT", "no trace")
                            .with("LANG", "xx_YY.nothing")
                            .with("HTTP_PROXY", "http://192.0.2.1:9")
                            .with("TMPDIR", "/nowhere");
            for (int each = 0; each < VARIABLES; each++) {
                request = request.with("NOISE_" + each, "x".repeat(each));
            }
            baseline(bench);
            return AnswerRules.succeeded(container.add(request));
        }
    }

    static Verdict chain(Workbench bench) throws IOException, NotTriedException {
        JsonObject previous = bench.previous();
        if (previous == null) {
            return new NotApplicable("no --prev-result: it is tried as the first of its chain");
        }
        try (PluginContainer container = bench.container()) {
            PluginRequest request = container.addRequest(bench.version());
            Object given = request.config().get("prevResult");
            PluginCall call = container.add(request);
            if (given instanceof Map<?, ?> tree
                    && call.reply() instanceof Reply.Result result
                    && call.succeeded()) {
                return ResultRules.keeps(of(tree), result.object());
            }
            throw new NotTriedException("ADD gave no result: " + call.told());
        }
    }

    /** What fails without the disturbance, too, is not the disturbance's fault. */
    private static void baseline(Workbench bench) throws IOException, NotTriedException {
        try (PluginContainer container = bench.container()) {
            PluginCall call = container.add();
            if (!call.succeeded()) {
                throw new NotTriedException("ADD fails without it, too: " + call.told());
            }
        }
    }

    private static JsonObject of(Map<?, ?> tree) throws NotTriedException {
        try {
            return JsonObject.of(tree, "prevResult");
        } catch (JsonException e) {
            throw new NotTriedException(String.valueOf(e.getMessage()));
        }
    }
}
