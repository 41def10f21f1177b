package dev.vpccni.cli;

import dev.vpccni.json.JsonException;
import dev.vpccni.lab.ConnectivityPicture;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code vpc-cni lab connectivity}. */
@Command(
        name = "connectivity",
        description = {
            "Have each pod and node connect to every other one, to a service endpoint in the VPC, to"
                    + " the premises and to the internet, and show which address each was seen with.",
            "As JSON: {\"rows\":[{\"from\",\"kind\",\"address\",\"results\":[{\"to\",\"address\","
                    + "\"seen\"}]}]}, where seen is null if nothing arrived."
        },
        mixinStandardHelpOptions = true)
final class LabConnectivity implements Callable<Integer> {

    @Mixin private LabOption lab = new LabOption();

    @Mixin private OutputOption output = new OutputOption();

    @Override
    public Integer call() throws IOException, JsonException {
        output.print(
                lab.client().ask(Map.of("verb", "connectivity")),
                new ConnectivityPicture(LabCommand.style())::draw);
        return 0;
    }
}
