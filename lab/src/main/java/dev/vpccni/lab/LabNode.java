package dev.vpccni.lab;

import dev.vpccni.lab.node.NodeHost;
import dev.vpccni.vpc.Port;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One node of a lab with all that belongs to it.
 *
 * @param instanceType such as {@code c5.large}
 */
record LabNode(
        NodeHost node,
        LabCloud.Instance instance,
        String instanceType,
        Kubelet kubelet,
        NodeDaemon daemon) {

    private static final String COOLDOWN = "IP_COOLDOWN_PERIOD";
    private static final int DEFAULT_COOLDOWN_SECONDS = 30;

    String name() {
        return node.name();
    }

    /** Returns the node as {@code lab status} prints it. */
    Map<String, @Nullable Object> status(LabCloud cloud) throws IOException {
        CheckpointAddresses used =
                CheckpointAddresses.read(
                        node.files().checkpoint(), Instant.now().minus(cooldown()));
        var enis = new ArrayList<Map<String, @Nullable Object>>();
        for (Port port : cloud.interfaces(instance.id())) {
            var eni = new LinkedHashMap<String, @Nullable Object>();
            eni.put("id", port.eni().toString());
            eni.put("card", (long) port.card());
            eni.put("device", (long) port.device());
            eni.put("primary", port.card() == 0 && port.device() == 0);
            var held = new EniStatus(port, used);
            eni.put("addresses", held.addresses());
            eni.put("prefixes", held.prefixes());
            enis.add(eni);
        }
        var status = new LinkedHashMap<String, @Nullable Object>();
        status.put("name", name());
        status.put("instanceType", instanceType);
        status.put("zone", instance.zone());
        status.put("enis", enis);
        return status;
    }

    private Duration cooldown() {
        String seconds = node.environment().getOrDefault(COOLDOWN, "");
        return Duration.ofSeconds(
                seconds.matches("\\d{1,6}") ? Integer.parseInt(seconds) : DEFAULT_COOLDOWN_SECONDS);
    }
}
