package dev.vpccni.cli;

import dev.vpccni.json.JsonException;
import dev.vpccni.lab.StatusPicture;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code vpc-cni lab status}. */
@Command(
        name = "status",
        description = {
            "Show nodes, their interfaces, and what each address is used for.",
            "As JSON: {\"nodes\":[{\"name\",\"instanceType\",\"zone\",\"enis\":[{\"id\",\"card\","
                    + "\"device\",\"primary\",\"addresses\":[{\"address\",\"state\",\"pod\"}],"
                    + "\"prefixes\":[{\"prefix\",\"state\",\"used\"}]}]}]}, where the state of an"
                    + " address is primary, assigned, warm or cooling, and that of a prefix serving"
                    + " or leaving. Of prefixes, those addresses are listed that a pod has or that"
                    + " cool.",
            "With Kubernetes each node has a \"kubernetesName\", and there is \"kubernetes\":"
                    + " {\"version\",\"kubeconfig\",\"kubectl\",\"programs\":{MACHINE:[...]}},"
                    + " where programs are those that run."
        },
        mixinStandardHelpOptions = true)
final class LabStatus implements Callable<Integer> {

    @Mixin private LabOption lab = new LabOption();

    @Mixin private OutputOption output = new OutputOption();

    @Override
    public Integer call() throws IOException, JsonException {
        output.print(
                lab.client().ask(Map.of("verb", "status")),
                new StatusPicture(LabCommand.style())::draw);
        return 0;
    }
}
