package dev.vpccni.cli;

import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code vpc-cni lab kubectl}. */
@Command(
        name = "kubectl",
        description = {
            "Run kubectl as the administrator of the lab's cluster, and exit as it does.",
            "Any other client does with KUBECONFIG as `lab status` names it."
        },
        mixinStandardHelpOptions = true)
final class LabKubectl implements Callable<Integer> {

    @Mixin private LabOption lab = new LabOption();

    @Parameters(
            arity = "0..*",
            paramLabel = "WORDS",
            description = "What kubectl is told; after --, if an option comes first.")
    private List<String> words = new ArrayList<>();

    /** Options after the first word are kubectl's. */
    @Spec
    void parse(CommandSpec spec) {
        var _ = spec.parser().stopAtPositional(true);
    }

    @Override
    public Integer call() throws IOException, InterruptedException, JsonException {
        JsonObject cluster = lab.client().ask(Map.of("verb", "cluster"));
        var all = new ArrayList<>(List.of(cluster.string("kubectl")));
        all.addAll(words);
        var builder = new ProcessBuilder(all).inheritIO();
        builder.environment().put("KUBECONFIG", cluster.string("kubeconfig"));
        Process process = builder.start();
        // What interrupts us interrupts it, too: whoever is at the terminal means both.
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
        return process.waitFor();
    }
}
