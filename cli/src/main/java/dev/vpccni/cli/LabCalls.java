package dev.vpccni.cli;

import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code vpc-cni lab calls}. */
@Command(
        name = "calls",
        description = {
            "Show how often each node called EC2 and metadata so far, by action.",
            "As JSON: {\"nodes\":[{\"name\",\"ec2\":{ACTION:COUNT},\"ec2Failed\":{ACTION:COUNT},"
                    + "\"metadata\":{PATH:COUNT}}]}; failed ones are counted in ec2, too."
        },
        mixinStandardHelpOptions = true)
final class LabCalls implements Callable<Integer> {

    @Mixin private LabOption lab = new LabOption();

    @Mixin private OutputOption output = new OutputOption();

    @Override
    public Integer call() throws IOException, JsonException {
        output.print(lab.client().ask(Map.of("verb", "calls")), LabCalls::draw);
        return 0;
    }

    private static String draw(JsonObject calls) throws JsonException {
        var lines = new ArrayList<String>();
        for (JsonObject node : calls.objects("nodes")) {
            lines.add(node.string("name"));
            draw("EC2", node.object("ec2"), node.object("ec2Failed"), lines);
            draw("metadata", node.object("metadata"), null, lines);
        }
        return String.join("\n", lines);
    }

    private static void draw(
            String service, JsonObject counts, @Nullable JsonObject failed, List<String> lines)
            throws JsonException {
        if (counts.names().isEmpty()) {
            lines.add("  " + service + ": none");
        }
        for (String action : counts.names()) {
            long lost = failed == null ? 0 : failed.integer(action, 0);
            lines.add(
                    "  %-8s  %5d  %s%s"
                            .formatted(
                                    service,
                                    counts.integer(action),
                                    action,
                                    lost == 0 ? "" : "  (" + lost + " failed)"));
        }
    }
}
