package dev.vpccni.lab;

import dev.vpccni.lab.node.NodeHost;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.InstanceType;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv6Address;
import dev.vpccni.vpc.Port;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One node of a lab with all that belongs to it.
 *
 * @param type of its instance
 */
record LabNode(
        NodeHost node,
        LabCloud.Instance instance,
        InstanceType type,
        Kubelet kubelet,
        NodeDaemon daemon) {

    private static final String COOLDOWN = "IP_COOLDOWN_PERIOD";
    private static final int DEFAULT_COOLDOWN_SECONDS = 30;
    private static final String PREFIXES = "ENABLE_PREFIX_DELEGATION";

    String name() {
        return node.name();
    }

    /** Returns the node as {@code lab status} prints it. */
    Map<String, @Nullable Object> status(LabCloud cloud) throws IOException {
        var enis = new ArrayList<Map<String, @Nullable Object>>();
        for (Port port : cloud.interfaces(instance.id())) {
            CheckpointAddresses used =
                    CheckpointAddresses.read(
                            node.files().checkpoint(port.card()), Instant.now().minus(cooldown()));
            var eni = new LinkedHashMap<String, @Nullable Object>();
            eni.put("id", port.eni().toString());
            eni.put("card", (long) port.card());
            eni.put("device", (long) port.device());
            eni.put("primary", port.card() == 0 && port.device() == 0);
            boolean excluded = used.excluded().contains(port.eni().value());
            eni.put("addresses", addresses(port, used));
            eni.put("prefixes", prefixes(port, used, excluded || !givesPrefixes()));
            if (excluded) {
                eni.put("excluded", true);
            }
            enis.add(eni);
        }
        var status = new LinkedHashMap<String, @Nullable Object>();
        status.put("name", name());
        status.put("instanceType", type.name());
        status.put("zone", instance.zone());
        status.put("enis", enis);
        return status;
    }

    /** Single addresses, and of prefixes those that a pod has or that cool. */
    private static List<Map<String, @Nullable Object>> addresses(
            Port port, CheckpointAddresses used) {
        var addresses = new ArrayList<Map<String, @Nullable Object>>();
        for (Ipv4Address address : port.addresses()) {
            boolean primary = addresses.isEmpty();
            addresses.add(address(address.toString(), primary, used));
        }
        for (Ipv6Address address : port.held().ipv6Addresses()) {
            addresses.add(
                    address(address.toString(), port.card() == 0 && port.device() == 0, used));
        }
        for (Cidr prefix : port.held().all()) {
            if (!prefix.isSingle()) {
                used.within(prefix).forEach(text -> addresses.add(address(text, false, used)));
            }
        }
        return addresses;
    }

    private static Map<String, @Nullable Object> address(
            String text, boolean primary, CheckpointAddresses used) {
        String pod = used.pods().get(text);
        String state =
                primary
                        ? "primary"
                        : pod != null
                                ? "assigned"
                                : used.cooling().contains(text) ? "cooling" : "warm";
        var address = new LinkedHashMap<String, @Nullable Object>();
        address.put("address", text);
        address.put("state", state);
        address.put("pod", pod);
        return address;
    }

    private static List<Map<String, @Nullable Object>> prefixes(
            Port port, CheckpointAddresses used, boolean drain) {
        boolean all = drain || used.leaving().contains(port.eni().value());
        var prefixes = new ArrayList<Map<String, @Nullable Object>>();
        for (Cidr prefix : port.held().all()) {
            if (!prefix.isSingle()) {
                long pods =
                        used.within(prefix).stream()
                                .filter(text -> used.pods().get(text) != null)
                                .count();
                var one = new LinkedHashMap<String, @Nullable Object>();
                one.put("prefix", prefix.toString());
                boolean leaving = all || used.leaving().contains(prefix.toString());
                one.put("state", leaving ? "leaving" : "serving");
                one.put("used", pods);
                prefixes.add(one);
            }
        }
        return prefixes;
    }

    /** Where not, prefixes that are there are left over, and go as their pods do. */
    private boolean givesPrefixes() {
        return !daemon.wasStarted() || LabSettings.isOn(daemon.environment(), PREFIXES);
    }

    private Duration cooldown() {
        String seconds = daemon.environment().getOrDefault(COOLDOWN, "");
        return Duration.ofSeconds(
                seconds.matches("\\d{1,6}") ? Integer.parseInt(seconds) : DEFAULT_COOLDOWN_SECONDS);
    }
}
