package dev.vpccni.lab;

import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import dev.vpccni.lab.node.NodeHost;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What one can ask of a lab, but for its end. */
final class LabVerbs {

    private final Lab lab;

    LabVerbs(Lab lab) {
        this.lab = lab;
    }

    /**
     * Does as {@code request} says.
     *
     * @throws IOException if that is not possible: with the reason
     * @throws JsonException if the request is none
     */
    Map<String, @Nullable Object> carryOut(JsonObject request) throws IOException, JsonException {
        return switch (request.string("verb")) {
            case "status" -> lab.status();
            case "subnets" -> lab.subnets();
            case "calls" -> lab.calls();
            case "pods" -> pods();
            case "pod-add" -> add(request);
            case "pod-rm" -> remove(request);
            case "daemon" -> daemon(request);
            case "enter" -> enter(request);
            case "cluster" -> Lab.describe(lab.cluster());
            case "program" -> program(request);
            case "reboot" -> {
                lab.reboot(lab.machine(request.string("node")));
                yield new LinkedHashMap<>();
            }
            case "refuse" -> {
                lab.refuse(request.strings("actions"), request.string("code"));
                yield new LinkedHashMap<>();
            }
            case "image" -> {
                lab.cluster().importImage(Path.of(request.string("file")));
                yield new LinkedHashMap<>();
            }
            case "connectivity" -> Connectivity.measure(lab).asMap();
            default -> throw new IOException("no such request: " + request.string("verb"));
        };
    }

    private Map<String, @Nullable Object> pods() {
        var pods = new ArrayList<Map<String, @Nullable Object>>();
        for (Pod pod : lab.pods().running().values()) {
            pods.add(describe(pod));
        }
        return new LinkedHashMap<>(Map.of("pods", pods));
    }

    private Map<String, @Nullable Object> add(JsonObject request)
            throws IOException, JsonException {
        long begin = System.nanoTime();
        List<Pods.Outcome> outcomes =
                lab.pods()
                        .add(
                                lab.machine(request.string("node")),
                                Math.toIntExact(request.integer("count", 1)),
                                request.string("namespace", "default"),
                                request.string("name", "pod"),
                                annotations(request));
        return outcomes(outcomes, begin);
    }

    private static SortedMap<String, String> annotations(JsonObject request) throws JsonException {
        var annotations = new TreeMap<String, String>();
        JsonObject given = request.objectOrNull("annotations");
        if (given != null) {
            for (String name : given.names()) {
                annotations.put(name, given.string(name));
            }
        }
        return annotations;
    }

    private Map<String, @Nullable Object> remove(JsonObject request)
            throws IOException, JsonException {
        long begin = System.nanoTime();
        List<String> names =
                request.truth("all", false)
                        ? List.copyOf(lab.pods().running().keySet())
                        : request.strings("names");
        return outcomes(lab.pods().remove(names), begin);
    }

    private Map<String, @Nullable Object> daemon(JsonObject request)
            throws IOException, JsonException {
        NodeDaemon daemon = lab.machine(request.string("node")).daemon();
        switch (request.string("action")) {
            case "start" -> {
                daemon.start(environment(request));
                daemon.awaitReady();
            }
            case "stop" -> daemon.stop();
            case "kill" -> daemon.kill();
            default -> throw new IOException("no such action: " + request.string("action"));
        }
        return new LinkedHashMap<>(Map.of("running", daemon.isAlive()));
    }

    private Map<String, @Nullable Object> program(JsonObject request)
            throws IOException, JsonException {
        String machine = request.string("machine");
        String program = request.string("program");
        switch (request.string("action")) {
            case "start" -> lab.cluster().start(machine, program);
            case "stop" -> lab.cluster().end(machine, program, true);
            case "kill" -> lab.cluster().end(machine, program, false);
            default -> throw new IOException("no such action: " + request.string("action"));
        }
        return new LinkedHashMap<>();
    }

    private static SortedMap<String, String> environment(JsonObject request) throws JsonException {
        var variables = new TreeMap<String, String>();
        JsonObject given = request.objectOrNull("environment");
        if (given != null) {
            for (String name : given.names()) {
                variables.put(name, given.string(name));
            }
        }
        return variables;
    }

    /** The words and variables with which one runs a program on a node, or in a pod. */
    private Map<String, @Nullable Object> enter(JsonObject request)
            throws IOException, JsonException {
        String where = request.string("where");
        List<String> words = request.strings("words");
        Pod pod = lab.pods().running().get(where);
        NodeHost node = pod == null ? lab.host(where) : lab.pods().machine(pod).node();
        var reply = new LinkedHashMap<String, @Nullable Object>();
        reply.put(
                "words",
                pod == null ? node.enter(words) : node.enterPod(pod.networkNamespace(), words));
        reply.put("environment", node.personsEnvironment());
        return reply;
    }

    private static Map<String, @Nullable Object> outcomes(List<Pods.Outcome> outcomes, long begin) {
        var pods = new ArrayList<Map<String, @Nullable Object>>();
        long failed = 0;
        for (Pods.Outcome outcome : outcomes) {
            Map<String, @Nullable Object> pod = describe(outcome.pod());
            pod.put("milliseconds", outcome.millis());
            pod.put("error", outcome.error());
            failed += outcome.error() == null ? 0 : 1;
            pods.add(pod);
        }
        var reply = new LinkedHashMap<String, @Nullable Object>();
        reply.put("pods", pods);
        reply.put("failed", failed);
        reply.put("milliseconds", (System.nanoTime() - begin) / 1_000_000);
        return reply;
    }

    private static Map<String, @Nullable Object> describe(Pod pod) {
        var described = new LinkedHashMap<String, @Nullable Object>();
        described.put("name", pod.name());
        described.put("namespace", pod.kubernetesNamespace());
        described.put("node", pod.node());
        described.put("address", pod.address());
        return described;
    }
}
