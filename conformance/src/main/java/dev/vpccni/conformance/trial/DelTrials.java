package dev.vpccni.conformance.trial;

import dev.vpccni.conformance.bench.NotTriedException;
import dev.vpccni.conformance.bench.PluginContainer;
import dev.vpccni.conformance.bench.Workbench;
import dev.vpccni.conformance.judge.AnswerRules;
import dev.vpccni.conformance.judge.KernelRules;
import dev.vpccni.conformance.judge.PluginCall;
import dev.vpccni.conformance.judge.PodView;
import dev.vpccni.conformance.judge.Verdict;
import dev.vpccni.conformance.judge.Verdict.NotApplicable;
import java.io.IOException;
import java.util.SortedSet;

/** DEL: that it always succeeds, leaves nothing, and takes nothing that is another's. */
final class DelTrials {

    private static final int TIMES = 3;

    private DelTrials() {}

    /** A DEL that is made in its own way. */
    @FunctionalInterface
    private interface Way {
        PluginCall del(PluginContainer container) throws IOException, NotTriedException;
    }

    static Verdict afterAdd(Workbench bench) throws IOException, NotTriedException {
        try (PluginContainer container = bench.container()) {
            require(container.add());
            return AnswerRules.succeeded(container.del());
        }
    }

    static Verdict unplugged(Workbench bench) throws IOException, NotTriedException {
        if (bench.previous() != null) {
            return new NotApplicable("a chained plugin does not make the interface");
        }
        SortedSet<String> before = bench.host();
        try (PluginContainer container = bench.container()) {
            require(container.add());
            require(container.del());
            PodView pod = container.look();
            SortedSet<String> after = bench.host();
            return KernelRules.isUnplugged(before, after, pod, bench.interfaceName());
        }
    }

    static Verdict residue(Workbench bench) throws IOException, NotTriedException {
        SortedSet<String> before = bench.host();
        try (PluginContainer container = bench.container()) {
            require(container.add());
            require(container.del());
            container.removeNamespace();
            return KernelRules.nothingLeft(before, bench.hostWithout(before));
        }
    }

    static Verdict others(Workbench bench) throws IOException, NotTriedException {
        try (PluginContainer stays = bench.container();
                PluginContainer goes = bench.container()) {
            require(stays.add());
            SortedSet<String> before = bench.host();
            PodView inside = stays.look();
            require(goes.add());
            require(goes.del());
            goes.removeNamespace();
            SortedSet<String> after = bench.hostWithout(before);
            return KernelRules.nothingLost(before, after)
                    .then(
                            inside.equals(stays.look())
                                    ? Verdict.passed()
                                    : new Verdict.Failed(
                                            "the other container as it was, " + inside,
                                            stays.look().toString()));
        }
    }

    static Verdict repeated(Workbench bench) throws IOException, NotTriedException {
        try (PluginContainer container = bench.container()) {
            require(container.add());
            require(container.del());
            Verdict verdict = Verdict.passed();
            for (int time = 1; time < TIMES; time++) {
                verdict = verdict.then(AnswerRules.succeeded(container.del()));
            }
            return verdict;
        }
    }

    static Verdict withoutPrevious(Workbench bench) throws IOException, NotTriedException {
        return leaving(
                bench, container -> bench.call(container.delRequest().key("prevResult", null)));
    }

    static Verdict namespaceGone(Workbench bench) throws IOException, NotTriedException {
        return leaving(
                bench,
                container -> {
                    container.removeNamespace();
                    return bench.call(container.delRequest());
                });
    }

    static Verdict namespaceEmpty(Workbench bench) throws IOException, NotTriedException {
        return leaving(
                bench,
                container -> {
                    container.removeNamespace();
                    return bench.call(container.delRequest().with("CNI_NETNS", ""));
                });
    }

    static Verdict unknown(Workbench bench) throws IOException, NotTriedException {
        try (PluginContainer container = bench.container()) {
            return AnswerRules.succeeded(container.del());
        }
    }

    private static Verdict leaving(Workbench bench, Way way) throws IOException, NotTriedException {
        SortedSet<String> before = bench.host();
        try (PluginContainer container = bench.container()) {
            require(container.add());
            Verdict verdict = AnswerRules.succeeded(way.del(container));
            container.removeNamespace();
            return verdict.then(KernelRules.nothingLeft(before, bench.hostWithout(before)));
        }
    }

    private static void require(PluginCall call) throws NotTriedException {
        if (!call.succeeded()) {
            throw new NotTriedException("what comes before it failed: " + call.told());
        }
    }
}
