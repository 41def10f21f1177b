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

/** {@code vpc-cni lab calls}. */
@Command(
        name = "calls",
        description = {
            "Show how often each node called EC2 and metadata so far, by action, and what failed.",
            "As JSON: {\"nodes\":[{\"name\",\"ec2\":{ACTION:COUNT},\"ec2Failed\":{ACTION:COUNT},"
                    + "\"ec2Failures\":{ACTION:{CODE:COUNT}},\"metadata\":{PATH:COUNT},"
                    + "\"metadataFailures\":{PATH:{STATUS:COUNT}}}]}; failed ones are counted in"
                    + " ec2 and metadata, too."
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
            draw("EC2", node.object("ec2"), node.object("ec2Failures"), lines);
            draw("metadata", node.object("metadata"), node.object("metadataFailures"), lines);
        }
        return String.join("\n", lines);
    }

    private static void draw(
            String service, JsonObject counts, JsonObject failures, List<String> lines)
            throws JsonException {
        if (counts.names().isEmpty()) {
            lines.add("  " + service + ": none");
        }
        for (String action : counts.names()) {
            lines.add(
                    "  %-8s  %5d  %s%s"
                            .formatted(
                                    service,
                                    counts.integer(action),
                                    action,
                                    failures.has(action) ? text(failures.object(action)) : ""));
        }
    }

    private static String text(JsonObject codes) throws JsonException {
        var parts = new ArrayList<String>();
        for (String code : codes.names()) {
            parts.add(codes.integer(code) + " " + code);
        }
        return "  (failed: " + String.join(", ", parts) + ")";
    }
}
