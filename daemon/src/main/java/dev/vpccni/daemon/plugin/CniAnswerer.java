package dev.vpccni.daemon.plugin;

import dev.vpccni.cni.CniCommand;
import dev.vpccni.cni.CniError;
import dev.vpccni.cni.CniException;
import dev.vpccni.cni.CniRequest;
import dev.vpccni.cni.CniResult;
import dev.vpccni.daemon.timing.Latencies;
import dev.vpccni.daemon.timing.Stage;
import dev.vpccni.daemon.timing.StageTimes;
import dev.vpccni.host.NamespaceParameters;
import dev.vpccni.json.Json;
import dev.vpccni.linux.Descriptor;
import dev.vpccni.model.AttachmentKey;
import dev.vpccni.node.pod.Failures;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.PodNamespace;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Carries out the plugin's calls by the verbs. Safe for use by many threads. */
public final class CniAnswerer implements Answerer {

    /** What wiring, checkpoint and answer take at worst, and so what is not spent on waiting. */
    private static final Duration RESERVE = Duration.ofMillis(500);

    /** Characters of what was wrong, which may repeat all that came; nobody reads more. */
    private static final int TEXT_MAX = 4096;

    private final CniVerbs verbs;
    private final CniVerbs.Egress egress;
    private final Adoption adoption;
    private final Latencies latencies;
    private final CallLog log;
    private final AddsUnderWay adds = new AddsUnderWay();

    /** Makes a pod's namespace of the two descriptors that came, and owns them from then on. */
    @FunctionalInterface
    public interface Adoption {

        /**
         * Takes the descriptors over, also when it throws.
         *
         * @param parameters who sets kernel parameters inside, or null if nobody does
         */
        PodNamespace adopt(
                String path,
                Descriptor namespace,
                Descriptor socket,
                @Nullable NamespaceParameters parameters)
                throws HostException;
    }

    /**
     * @param verbs of the plugin that connects
     * @param egress those of the plugin that is chained behind it
     */
    public CniAnswerer(
            CniVerbs verbs,
            CniVerbs.Egress egress,
            Adoption adoption,
            Latencies latencies,
            CallLog log) {
        this.verbs = verbs;
        this.egress = egress;
        this.adoption = adoption;
        this.latencies = latencies;
        this.log = log;
    }

    @Override
    public boolean takesLong(Call call) {
        return (call.isAdd() && verbs.addWaits())
                || call.command().equals(CniCommand.GC.name())
                || call.isLikelyEgress(); // iptables(8) takes its time
    }

    /** Never fails: what goes wrong is in the answer. */
    @Override
    public CniAnswer answer(Call call) {
        String what = call.command();
        StageTimes times = call.times();
        times.enter(Stage.PARSE, System.nanoTime());
        try {
            CniRequest parsed = call.parse();
            what = describe(parsed);
            boolean chained = parsed.config().egress() != null;
            String output = chained ? carryOutEgress(parsed, call) : carryOut(parsed, call);
            long nanos = System.nanoTime() - call.startedNanos();
            if (!chained) {
                latencies.record(parsed.command(), nanos);
            }
            String done = what;
            return new CniAnswer(
                    ShimProtocol.reply(0, output.getBytes(StandardCharsets.UTF_8)),
                    () -> log(parsed.command(), done, nanos, times));
        } catch (CniException e) {
            complain(what, e.error(), call);
            return refusal(e.error());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return refusal(new CniError.TryAgainLater("the daemon is stopping", "try again"));
        } catch (RuntimeException e) {
            log.error(shorter(what) + " failed by a fault of the daemon", e);
            return refusal(
                    new CniError.Failed("a fault of the daemon: " + e, "see the daemon's log"));
        }
    }

    /** Returns the answer that tells of {@code error}. */
    static CniAnswer refusal(CniError error) {
        Map<String, Object> tree = new LinkedHashMap<>(error.toTree());
        tree.replaceAll((_, value) -> value instanceof String text ? shorter(text) : value);
        byte[] text = Json.indented(tree, 4).getBytes(StandardCharsets.UTF_8);
        return new CniAnswer(ShimProtocol.reply(1, text), () -> {});
    }

    private String carryOut(CniRequest parsed, Call call)
            throws CniException, InterruptedException {
        StageTimes times = call.times();
        switch (parsed.command()) {
            case ADD -> {
                PodNamespace namespace = call.keep(namespace(parsed, call));
                times.enter(Stage.LEDGER, System.nanoTime());
                CniResult result = add(parsed, namespace, call);
                times.enter(Stage.ENCODE, System.nanoTime());
                return Json.indented(result.toTree(parsed.config().version()), 4);
            }
            case CHECK -> {
                PodNamespace namespace = call.keep(namespace(parsed, call));
                times.enter(Stage.LEDGER, System.nanoTime());
                verbs.check(parsed, namespace);
            }
            case DEL -> {
                times.enter(Stage.LEDGER, System.nanoTime());
                verbs.del(parsed);
            }
            case GC -> verbs.gc(parsed);
            case STATUS -> verbs.status();
            case VERSION -> {
                // The plugin answers that one itself.
            }
        }
        times.enter(Stage.ENCODE, System.nanoTime());
        return "";
    }

    private String carryOutEgress(CniRequest parsed, Call call)
            throws CniException, InterruptedException {
        switch (parsed.command()) {
            case ADD -> {
                PodNamespace namespace = call.keep(namespace(parsed, call));
                return Json.indented(egress.add(parsed, namespace), 4);
            }
            case CHECK -> egress.check(parsed, call.keep(namespace(parsed, call)));
            case DEL -> egress.del(parsed);
            case GC -> egress.gc(parsed);
            case STATUS -> egress.status(parsed);
            case VERSION -> {
                // The plugin answers that one itself.
            }
        }
        return "";
    }

    /** Connects a container, unless its caller goes away while it waits for an address. */
    private CniResult add(CniRequest parsed, PodNamespace namespace, Call call)
            throws CniException, InterruptedException {
        AttachmentKey key = parsed.key();
        adds.begin(key, call);
        try {
            // Verbs know attachments and not callers: one that waits its turn behind another ADD
            // of the same attachment must not end the other one's wait.
            call.stopBy(() -> {
                if (adds.hasTurn(key, call)) {
                    verbs.dismiss(key);
                }
            });
            long left = call.deadlineNanos() - System.nanoTime() - RESERVE.toNanos();
            return verbs.add(parsed, namespace, Duration.ofNanos(Math.max(0, left)));
        } finally {
            adds.end(key, call);
        }
    }

    private PodNamespace namespace(CniRequest parsed, Call call) throws CniException {
        List<Descriptor> descriptors = call.descriptors();
        if (descriptors.size() != ShimProtocol.DESCRIPTORS) {
            throw new CniException(
                    new CniError.UnknownContainer(
                            parsed.namespacePath(), "the plugin could not open it"));
        }
        try {
            return adoption.adopt(
                    parsed.namespacePath(),
                    own(descriptors.getFirst()),
                    own(descriptors.getLast()),
                    call.orders());
        } catch (HostException e) {
            throw Failures.of(e);
        }
    }

    private static Descriptor own(Descriptor descriptor) {
        return Descriptor.own(descriptor.release());
    }

    private void log(CniCommand command, String what, long nanos, StageTimes times) {
        if (command != CniCommand.STATUS) {
            log.info(shorter(what) + " done in " + nanos / 1_000 + " us: " + times);
        }
    }

    private void complain(String what, CniError error, Call call) {
        if (call.isCallerGone()) {
            log.info(shorter(what) + " ended, because its caller has gone");
        } else if (!call.command().equals(CniCommand.STATUS.name())) {
            // Runtimes ask for the status every few seconds, and its reason is logged when it
            // changes.
            log.warn(shorter(what + " failed: " + error.message() + "; " + error.details()));
        }
    }

    private static String shorter(String text) {
        return text.length() <= TEXT_MAX ? text : text.substring(0, TEXT_MAX) + "…";
    }

    private static String describe(CniRequest request) {
        String command = (request.config().egress() == null ? "" : "egress ") + request.command();
        return request.command().concernsContainer()
                ? command + " " + request.key() + " (" + request.args().pod() + ")"
                : command + " " + request.config().name();
    }
}
