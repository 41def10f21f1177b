package dev.vpccni.daemon;

import dev.vpccni.cni.CniCommand;
import dev.vpccni.cni.CniError;
import dev.vpccni.cni.CniException;
import dev.vpccni.cni.CniRequest;
import dev.vpccni.daemon.log.Log;
import dev.vpccni.daemon.log.LogLevel;
import dev.vpccni.json.Json;
import dev.vpccni.json.JsonException;
import dev.vpccni.linux.Descriptor;
import dev.vpccni.node.Failures;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.PodNamespace;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** From a request of the plugin to its answer. Safe for use by many threads. */
final class CniAnswerer {

    /** What wiring, checkpoint and answer take at worst, and so what is not spent on waiting. */
    private static final Duration RESERVE = Duration.ofMillis(500);

    private final CniVerbs verbs;
    private final Adoption adoption;
    private final Latencies latencies;
    private final Log log;

    /** Makes a pod's namespace of the two descriptors that came, and owns them from then on. */
    interface Adoption {
        PodNamespace adopt(String path, Descriptor namespace, Descriptor socket)
                throws HostException;
    }

    /** What became of a request: a frame for the plugin, and what the pod need not wait for. */
    static final class Answer {

        private final byte[] frame;
        private final Runnable logging;

        private Answer(byte[] frame, Runnable logging) {
            this.frame = frame;
            this.logging = logging;
        }

        byte[] frame() {
            return frame;
        }

        /** Logs what was done; for when the frame is on its way. */
        void log() {
            logging.run();
        }
    }

    CniAnswerer(CniVerbs verbs, Adoption adoption, Latencies latencies, Log log) {
        this.verbs = verbs;
        this.adoption = adoption;
        this.latencies = latencies;
        this.log = log;
    }

    /**
     * Carries out {@code request}. Never fails: what goes wrong is in the answer.
     *
     * @param descriptors that came with it; they are closed here
     */
    Answer answer(ShimProtocol.Request request, List<Descriptor> descriptors) {
        String what = request.environment().getOrDefault("CNI_COMMAND", "?");
        try {
            CniRequest parsed = parse(request);
            what = describe(parsed);
            String output = carryOut(parsed, request, descriptors);
            long nanos = System.nanoTime() - request.startedNanos();
            latencies.record(parsed.command(), nanos);
            String done = what;
            return new Answer(
                    ShimProtocol.reply(0, output.getBytes(StandardCharsets.UTF_8)),
                    () -> log(parsed.command(), done, nanos));
        } catch (CniException e) {
            // Runtimes ask for the status every few seconds, and its reason is logged when it
            // changes.
            if (!what.startsWith(CniCommand.STATUS.name())) {
                log.warn(what + " failed: " + e.error().message() + "; " + e.error().details());
            }
            return refusal(e.error());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return refusal(new CniError.TryAgainLater("the daemon is stopping", "try again"));
        } catch (RuntimeException e) {
            log.error(what + " failed by a fault of the daemon", e);
            return refusal(
                    new CniError.Failed("a fault of the daemon: " + e, "see the daemon's log"));
        } finally {
            descriptors.forEach(Descriptor::close);
        }
    }

    private static Answer refusal(CniError error) {
        return new Answer(error(error), () -> {});
    }

    /** Returns the frame that tells of {@code error}. */
    static byte[] error(CniError error) {
        String text = Json.indented(error.toTree(), 4);
        return ShimProtocol.reply(1, text.getBytes(StandardCharsets.UTF_8));
    }

    private static CniRequest parse(ShimProtocol.Request request) throws CniException {
        try {
            return CniRequest.parse(request.environment(), Json.parse(request.input()));
        } catch (JsonException e) {
            throw new CniException(new CniError.MalformedInput(String.valueOf(e.getMessage())), e);
        }
    }

    private String carryOut(
            CniRequest parsed, ShimProtocol.Request request, List<Descriptor> descriptors)
            throws CniException, InterruptedException {
        switch (parsed.command()) {
            case ADD -> {
                try (PodNamespace namespace = namespace(parsed, descriptors)) {
                    var result = verbs.add(parsed, namespace, patience(request));
                    return Json.indented(result.toTree(parsed.config().version()), 4);
                }
            }
            case CHECK -> {
                try (PodNamespace namespace = namespace(parsed, descriptors)) {
                    verbs.check(parsed, namespace);
                }
            }
            case DEL -> verbs.del(parsed);
            case GC -> verbs.gc(parsed);
            case STATUS -> verbs.status();
            case VERSION -> {
                // The plugin answers that one itself.
            }
        }
        return "";
    }

    private PodNamespace namespace(CniRequest parsed, List<Descriptor> descriptors)
            throws CniException {
        if (descriptors.size() != ShimProtocol.DESCRIPTORS) {
            throw new CniException(
                    new CniError.UnknownContainer(
                            parsed.namespacePath(), "the plugin could not open it"));
        }
        try {
            return adoption.adopt(
                    parsed.namespacePath(),
                    own(descriptors.getFirst()),
                    own(descriptors.getLast()));
        } catch (HostException e) {
            throw Failures.of(e);
        }
    }

    private static Descriptor own(Descriptor descriptor) {
        return Descriptor.own(descriptor.release());
    }

    private static Duration patience(ShimProtocol.Request request) {
        long end = request.startedNanos() + request.deadlineMillis() * 1_000_000L;
        long left = end - System.nanoTime() - RESERVE.toNanos();
        return Duration.ofNanos(Math.max(0, left));
    }

    private void log(CniCommand command, String what, long nanos) {
        if (log.writes(LogLevel.INFO) && command != CniCommand.STATUS) {
            log.info(what + " done in " + nanos / 1_000 + " us");
        }
    }

    private static String describe(CniRequest request) {
        return request.command().concernsContainer()
                ? request.command() + " " + request.key() + " (" + request.args().pod() + ")"
                : request.command() + " " + request.config().name();
    }
}
