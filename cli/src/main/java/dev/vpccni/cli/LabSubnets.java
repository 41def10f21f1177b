package dev.vpccni.cli;

import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code vpc-cni lab subnets}. */
@Command(
        name = "subnets",
        description = {
            "Show the subnets, those of nodes first, and what each has left.",
            "As JSON: {\"subnets\":[{\"id\",\"zone\",\"cidr\",\"ipv6Cidr\",\"pods\",\"free\","
                    + "\"freePrefixes\"}]}, where pods tells a subnet of --pod-subnet, free counts"
                    + " IPv4 addresses and freePrefixes whole /28."
        },
        mixinStandardHelpOptions = true)
final class LabSubnets implements Callable<Integer> {

    @Mixin private LabOption lab = new LabOption();

    @Mixin private OutputOption output = new OutputOption();

    @Override
    public Integer call() throws IOException, JsonException {
        output.print(lab.client().ask(Map.of("verb", "subnets")), LabSubnets::draw);
        return 0;
    }

    private static String draw(JsonObject reply) throws JsonException {
        var lines = new ArrayList<String>();
        for (JsonObject subnet : reply.objects("subnets")) {
            String ipv6 = subnet.stringOrNull("ipv6Cidr");
            lines.add(
                    "%s  %s  %-18s  %5d free, %4d /28%s%s"
                            .formatted(
                                    subnet.string("id"),
                                    subnet.string("zone"),
                                    subnet.string("cidr"),
                                    subnet.integer("free"),
                                    subnet.integer("freePrefixes"),
                                    ipv6 == null ? "" : "  " + ipv6,
                                    subnet.truth("pods", false) ? "  for pods" : ""));
        }
        return String.join("\n", lines);
    }
}
