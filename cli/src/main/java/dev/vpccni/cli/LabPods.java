package dev.vpccni.cli;

import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code vpc-cni lab pod}. */
@Command(
        name = "pod",
        description = "Start, stop and list pods: network namespaces that the plugins connect.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {LabPods.Add.class, LabPods.Remove.class, LabPods.Listing.class})
final class LabPods {

    /** {@code vpc-cni lab pod add}. */
    @Command(
            name = "add",
            description = {
                "Start pods on a node, all at once.",
                "Exits with 1 if one of them could not be connected; the reason is the plugin's."
            },
            mixinStandardHelpOptions = true)
    static final class Add implements Callable<Integer> {

        @Mixin private LabOption lab = new LabOption();

        @Mixin private OutputOption output = new OutputOption();

        @Option(names = "--node", required = true, paramLabel = "NODE", description = "Where.")
        private String node = "";

        @Option(
                names = "--count",
                paramLabel = "K",
                defaultValue = "1",
                description = "How many (default: ${DEFAULT-VALUE}).")
        private int count;

        @Option(
                names = "--name",
                paramLabel = "NAME",
                defaultValue = "pod-",
                description =
                        "Name of the one pod; several are called NAME-1, NAME-2, … (default: pod).")
        private String name = "";

        @Option(
                names = "--namespace",
                paramLabel = "NAMESPACE",
                defaultValue = "default",
                description = "Kubernetes namespace (default: ${DEFAULT-VALUE}).")
        private String namespace = "";

        @Option(
                names = "--annotation",
                paramLabel = "NAME=VALUE",
                description = {
                    "What the pod's object says to plugins, such as"
                            + " k8s.amazonaws.com/nicConfig=multi-nic-attachment for an address on"
                            + " each network card; may be repeated."
                })
        private Map<String, String> annotations = new TreeMap<>();

        @Override
        public Integer call() throws IOException, JsonException {
            var request = new LinkedHashMap<String, Object>();
            request.put("verb", "pod-add");
            request.put("node", node);
            request.put("count", (long) count);
            request.put("name", name);
            request.put("namespace", namespace);
            request.put("annotations", annotations);
            return report(lab.client().ask(request), output, "started");
        }
    }

    /** {@code vpc-cni lab pod rm}. */
    @Command(name = "rm", description = "Stop pods, all at once.", mixinStandardHelpOptions = true)
    static final class Remove implements Callable<Integer> {

        @Spec private CommandSpec spec = CommandSpec.create();

        @Mixin private LabOption lab = new LabOption();

        @Mixin private OutputOption output = new OutputOption();

        @Parameters(arity = "0..*", paramLabel = "NAME", description = "Which.")
        private List<String> names = new ArrayList<>();

        @Option(names = "--all", description = "All that there are.")
        private boolean all;

        @Override
        public Integer call() throws IOException, JsonException {
            if (all == !names.isEmpty()) {
                throw new ParameterException(
                        spec.commandLine(), "name pods to stop, or stop them with --all");
            }
            var request = new LinkedHashMap<String, Object>();
            request.put("verb", "pod-rm");
            request.put("names", names);
            request.put("all", all);
            return report(lab.client().ask(request), output, "stopped");
        }
    }

    /** {@code vpc-cni lab pod ls}. */
    @Command(
            name = "ls",
            aliases = "list",
            description = "List the pods that run.",
            mixinStandardHelpOptions = true)
    static final class Listing implements Callable<Integer> {

        @Mixin private LabOption lab = new LabOption();

        @Mixin private OutputOption output = new OutputOption();

        @Override
        public Integer call() throws IOException, JsonException {
            output.print(lab.client().ask(Map.of("verb", "pods")), Listing::draw);
            return 0;
        }

        private static String draw(JsonObject pods) throws JsonException {
            var lines = new ArrayList<String>();
            for (JsonObject pod : pods.objects("pods")) {
                lines.add(line(pod));
            }
            return lines.isEmpty() ? "no pods" : String.join("\n", lines);
        }
    }

    private static int report(JsonObject outcome, OutputOption output, String done)
            throws JsonException {
        output.print(outcome, answer -> draw(answer, done));
        return outcome.integer("failed") == 0 ? 0 : 1;
    }

    private static String draw(JsonObject outcome, String done) throws JsonException {
        var lines = new ArrayList<String>();
        long failed = outcome.integer("failed");
        List<JsonObject> pods = outcome.objects("pods");
        for (JsonObject pod : pods) {
            String error = pod.stringOrNull("error");
            lines.add(
                    error == null
                            ? line(pod) + "  " + pod.integer("milliseconds") + " ms"
                            : pod.string("name") + ": " + error);
        }
        lines.add(
                (pods.size() - failed)
                        + " "
                        + done
                        + (failed == 0 ? "" : ", " + failed + " failed")
                        + " in "
                        + outcome.integer("milliseconds")
                        + " ms");
        return String.join("\n", lines);
    }

    private static String line(JsonObject pod) throws JsonException {
        return "%-20s %-10s %s"
                .formatted(pod.string("name"), pod.string("node"), pod.string("address", "-"));
    }
}
