package dev.vpccni.conformance.trial;

import dev.vpccni.conformance.bench.NotTriedException;
import dev.vpccni.conformance.bench.PluginContainer;
import dev.vpccni.conformance.bench.PluginRequest;
import dev.vpccni.conformance.bench.Workbench;
import dev.vpccni.conformance.judge.AnswerRules;
import dev.vpccni.conformance.judge.KernelRules;
import dev.vpccni.conformance.judge.PluginCall;
import dev.vpccni.conformance.judge.PodView;
import dev.vpccni.conformance.judge.Verdict;
import dev.vpccni.conformance.judge.Verdict.Failed;
import dev.vpccni.conformance.judge.Versions;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/** GC and STATUS, which concern no container. */
final class NodeTrials {

    private static final String VALID = "cni.dev/valid-attachments";

    private NodeTrials() {}

    /** The namespace of what is not valid has gone: "plugins may assume" so. */
    static Verdict removes(Workbench bench) throws IOException, NotTriedException {
        if (!bench.supports(Versions.WITH_GC)) {
            return AnswerRules.needs("GC", Versions.WITH_GC);
        }
        try (PluginContainer stays = bench.container();
                PluginContainer goes = bench.container()) {
            var _ = stays.added(Versions.WITH_GC);
            SortedSet<String> before = bench.host();
            var _ = goes.added(Versions.WITH_GC);
            goes.removeNamespace();
            return AnswerRules.succeeded(gc(bench, stays))
                    .then(KernelRules.nothingLeft(before, bench.hostWithout(before)));
        }
    }

    static Verdict keeps(Workbench bench) throws IOException, NotTriedException {
        if (!bench.supports(Versions.WITH_GC)) {
            return AnswerRules.needs("GC", Versions.WITH_GC);
        }
        try (PluginContainer stays = bench.container()) {
            SortedSet<String> others = bench.host();
            var _ = stays.added(Versions.WITH_GC);
            // What others have on the host may go at any time, as links of ended namespaces do.
            SortedSet<String> its = new TreeSet<>(bench.host());
            its.removeAll(others);
            PodView inside = stays.look();
            PluginCall call = gc(bench, stays);
            if (!call.succeeded()) {
                throw new NotTriedException("GC failed: " + call.told());
            }
            PodView after = stays.look();
            return KernelRules.nothingLost(its, bench.host())
                    .then(
                            inside.equals(after)
                                    ? Verdict.passed()
                                    : new Failed(
                                            "the valid container as it was, " + inside,
                                            after.toString()));
        }
    }

    static Verdict status(Workbench bench) throws IOException, NotTriedException {
        if (!bench.supports(Versions.WITH_GC)) {
            return AnswerRules.needs("STATUS", Versions.WITH_GC);
        }
        return AnswerRules.status(bench.call(bench.request("STATUS").version(Versions.WITH_GC)));
    }

    private static PluginCall gc(Workbench bench, PluginContainer valid)
            throws IOException, NotTriedException {
        PluginRequest request =
                bench.request("GC")
                        .version(Versions.WITH_GC)
                        .key(
                                VALID,
                                List.of(
                                        Map.of(
                                                "containerID",
                                                valid.id(),
                                                "ifname",
                                                bench.interfaceName())));
        return bench.call(request);
    }
}
