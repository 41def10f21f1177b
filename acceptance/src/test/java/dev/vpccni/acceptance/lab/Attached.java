package dev.vpccni.acceptance.lab;

import dev.vpccni.json.Json;
import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the runtime remembers of a pod's attachment, which is what it takes to ask the plugin about
 * it again.
 *
 * @param environment what the plugin is told in variables, but for the verb
 * @param input what it is told on its standard input
 */
public record Attached(String node, List<String> environment, String input) {

    /** Reads libcni's cache on {@code node}. */
    public static Attached of(LabUnderTest lab, String node, String pod)
            throws IOException, JsonException, InterruptedException {
        Ended cache =
                lab.exec(
                        node, "sh", "-c", "for f in /var/lib/cni/results/*; do cat $f; echo; done");
        for (String line : cache.out().lines().toList()) {
            JsonObject entry = JsonObject.parse(line);
            if (entry.list("cniArgs").contains(List.of("K8S_POD_NAME", pod))) {
                return of(node, entry, pod);
            }
        }
        throw new IOException("no result is cached of " + pod + " on " + node);
    }

    /** Returns this with a result that the runtime remembers, or none if it is null. */
    public Attached withPrevious(@Nullable String result) throws JsonException {
        var config = new TreeMap<String, @Nullable Object>();
        JsonObject known = JsonObject.parse(input);
        for (String name : known.names()) {
            config.put(name, known.value(name));
        }
        config.remove("prevResult");
        if (result != null) {
            config.put("prevResult", Json.parse(result));
        }
        return new Attached(node, environment, Json.compact(config));
    }

    /** Executes the plugin once more, as the runtime would. */
    public Ended plugin(LabUnderTest lab, String verb)
            throws IOException, JsonException, InterruptedException {
        String words = String.join(" ", environment);
        return lab.execWith(
                input,
                node,
                "sh",
                "-c",
                "exec env -i CNI_COMMAND=" + verb + " " + words + " /opt/cni/bin/aws-cni");
    }

    private static Attached of(String node, JsonObject entry, String pod) throws JsonException {
        String plugins =
                new String(
                        Base64.getDecoder().decode(entry.string("config")), StandardCharsets.UTF_8);
        var config = new TreeMap<String, @Nullable Object>();
        if (Json.parse(plugins) instanceof List<?> list
                && list.getFirst() instanceof Map<?, ?> us) {
            us.forEach((name, value) -> config.put(String.valueOf(name), value));
        }
        config.put("runtimeConfig", entry.value("capabilityArgs"));
        config.put("name", entry.string("networkName"));
        config.put("cniVersion", entry.object("result").string("cniVersion"));
        return new Attached(
                node,
                List.of(
                        "CNI_CONTAINERID=" + entry.string("containerId"),
                        "CNI_NETNS=" + entry.string("netns"),
                        "CNI_IFNAME=" + entry.string("ifName"),
                        "CNI_PATH=/opt/cni/bin",
                        "'CNI_ARGS=IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME="
                                + pod
                                + "'"),
                Json.compact(config));
    }
}
