package dev.vpccni.conformance.trial;

import dev.vpccni.conformance.bench.NotTriedException;
import dev.vpccni.conformance.bench.PluginContainer;
import dev.vpccni.conformance.bench.PluginRequest;
import dev.vpccni.conformance.bench.Workbench;
import dev.vpccni.conformance.judge.AnswerRules;
import dev.vpccni.conformance.judge.KernelRules;
import dev.vpccni.conformance.judge.PluginCall;
import dev.vpccni.conformance.judge.Reply;
import dev.vpccni.conformance.judge.ResultRules;
import dev.vpccni.conformance.judge.Verdict;
import dev.vpccni.conformance.judge.Verdict.Failed;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Many calls at once, and calls that are killed. */
final class CrowdTrials {

    /** When ADDs are killed, in hundredths of the time that one takes. */
    private static final List<Integer> MOMENTS = List.of(5, 20, 35, 50, 65, 80, 95);

    private CrowdTrials() {}

    /** Something that is done with a container. */
    @FunctionalInterface
    private interface Deed {
        PluginCall on(PluginContainer container) throws IOException, NotTriedException;
    }

    /**
     * Has as many containers come and go as any trial does, so that what the plugin keeps for all
     * of them is there before anything is compared.
     */
    static void warmUp(Workbench bench) throws IOException, InterruptedException {
        var containers = new ArrayList<PluginContainer>();
        try {
            for (int each = 0; each <= bench.crowd(); each++) {
                containers.add(bench.container());
            }
            var _ = each(containers, PluginContainer::add);
        } catch (NotTriedException hangs) {
            // The trials will say so.
        } finally {
            close(containers);
        }
    }

    static Verdict parallel(Workbench bench)
            throws IOException, NotTriedException, InterruptedException {
        var containers = new ArrayList<PluginContainer>();
        try {
            for (int each = 0; each < bench.crowd(); each++) {
                containers.add(bench.container());
            }
            var addresses = new TreeSet<String>();
            int said = 0;
            Verdict verdict = Verdict.passed();
            for (PluginCall call : each(containers, PluginContainer::add)) {
                verdict = verdict.then(AnswerRules.succeeded(call));
                if (call.reply() instanceof Reply.Result result) {
                    List<String> given = ResultRules.addresses(result.object());
                    said += given.size();
                    addresses.addAll(given);
                }
            }
            if (bench.previous() == null && said != addresses.size()) {
                verdict =
                        verdict.then(
                                new Failed("an address of its own for each", "all: " + addresses));
            }
            for (PluginCall call : each(containers, PluginContainer::del)) {
                verdict = verdict.then(AnswerRules.succeeded(call));
            }
            return verdict;
        } finally {
            close(containers);
        }
    }

    static Verdict killed(Workbench bench) throws IOException, NotTriedException {
        SortedSet<String> before = bench.host();
        long nanos = duration(bench);
        Verdict verdict = Verdict.passed();
        for (int moment : MOMENTS) {
            try (PluginContainer container = bench.container()) {
                PluginRequest request = container.addRequest(bench.version());
                var _ = bench.killed(request, Duration.ofNanos(nanos * moment / 100));
                verdict = verdict.then(AnswerRules.succeeded(container.del()));
            }
        }
        return verdict.then(KernelRules.nothingLeft(before, bench.hostWithout(before)));
    }

    private static long duration(Workbench bench) throws IOException, NotTriedException {
        try (PluginContainer container = bench.container()) {
            PluginRequest request = container.addRequest(bench.version());
            long begin = System.nanoTime();
            PluginCall call = container.add(request);
            long nanos = System.nanoTime() - begin;
            if (!call.succeeded()) {
                throw new NotTriedException("ADD fails when it is not killed: " + call.told());
            }
            return nanos;
        }
    }

    private static List<PluginCall> each(List<PluginContainer> containers, Deed deed)
            throws IOException, NotTriedException, InterruptedException {
        try (var tasks = Executors.newFixedThreadPool(containers.size())) {
            var pending = new ArrayList<Future<PluginCall>>();
            for (PluginContainer container : containers) {
                pending.add(tasks.submit(() -> deed.on(container)));
            }
            var calls = new ArrayList<PluginCall>();
            for (Future<PluginCall> one : pending) {
                calls.add(one.get());
            }
            return calls;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof NotTriedException untried) {
                throw untried;
            }
            throw new IOException(e.getCause());
        }
    }

    private static void close(List<PluginContainer> containers) throws IOException {
        for (PluginContainer container : containers) {
            container.close();
        }
    }
}
