package dev.vpccni.node.egress;

import dev.vpccni.cni.CniCommand;
import dev.vpccni.cni.CniException;
import dev.vpccni.cni.CniRequest;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Requests to the plugin, as a runtime makes them. */
final class EgressRequests {

    static final Map<String, Object> PREVIOUS =
            Map.of(
                    "cniVersion",
                    "1.1.0",
                    "interfaces",
                    List.of(Map.of("name", "enic440f455693")),
                    "routes",
                    List.of(Map.of("dst", "::/0")));

    private final Map<String, Object> config = new LinkedHashMap<>();

    /** Requests that are in order. */
    EgressRequests() {
        config.put("cniVersion", "1.1.0");
        config.put("name", "aws-cni");
        config.put("type", "egress-cni");
        config.put("mtu", "1500");
        config.put("enabled", "true");
        config.put("nodeIP", "10.0.0.10");
        config.put("randomizeSNAT", "none");
        config.put("prevResult", PREVIOUS);
        config.put("ipam", ipam("169.254.172.0/22"));
    }

    static Map<String, Object> ipam(String subnet) {
        return Map.of(
                "type",
                "host-local",
                "dataDir",
                "/run/egress",
                "ranges",
                List.of(List.of(Map.of("subnet", subnet))));
    }

    EgressRequests with(String key, @Nullable Object value) {
        config.remove(key);
        if (value != null) {
            config.put(key, value);
        }
        return this;
    }

    /** Lists the pod's interface in the result, as after an ADD. */
    EgressRequests afterAdd() {
        return with(
                "prevResult",
                Map.of("cniVersion", "1.1.0", "interfaces", List.of(Map.of("name", "v4if0"))));
    }

    CniRequest of(CniCommand command, String container) throws CniException {
        return of(command, container, "eth0");
    }

    CniRequest of(CniCommand command, String container, String interfaceName) throws CniException {
        var environment = new TreeMap<String, String>();
        environment.put("CNI_COMMAND", command.name());
        environment.put("CNI_CONTAINERID", container);
        environment.put("CNI_IFNAME", interfaceName);
        environment.put("CNI_NETNS", "/run/netns/x");
        environment.put("CNI_PATH", "/opt/cni/bin");
        return CniRequest.parse(environment, config);
    }

    /** Returns a GC that keeps {@code valid} containers. */
    CniRequest gc(String... valid) throws CniException {
        with(
                "cni.dev/valid-attachments",
                Arrays.stream(valid)
                        .map(each -> Map.of("containerID", each, "ifname", "eth0"))
                        .toList());
        return of(CniCommand.GC, "");
    }
}
