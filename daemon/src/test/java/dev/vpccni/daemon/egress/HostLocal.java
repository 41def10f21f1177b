package dev.vpccni.daemon.egress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.json.Json;
import dev.vpccni.node.port.EgressAddresses.Owner;
import dev.vpccni.node.port.EgressAddresses.Pool;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** The program host-local, of the containernetworking plugins, at work on a folder. */
final class HostLocal {

    private static final String PROGRAM = "/usr/lib/cni/host-local";

    private final Pool pool;

    HostLocal(Pool pool) {
        this.pool = pool;
    }

    /** Returns the address that it gives, such as {@code 169.254.172.2}. */
    String add(Owner owner) throws IOException, InterruptedException {
        String said = run("ADD", owner);
        return said.replaceAll("(?s).*\"address\": \"([^/]*)/.*", "$1");
    }

    void del(Owner owner) throws IOException, InterruptedException {
        run("DEL", owner);
    }

    private String run(String verb, Owner owner) throws IOException, InterruptedException {
        var builder = new ProcessBuilder(PROGRAM).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment()
                .putAll(
                        Map.of(
                                "CNI_COMMAND",
                                verb,
                                "CNI_CONTAINERID",
                                owner.containerId(),
                                "CNI_IFNAME",
                                owner.interfaceName(),
                                "CNI_NETNS",
                                "/var/run/netns/none",
                                "CNI_PATH",
                                "/usr/lib/cni"));
        Process process = builder.start();
        try (var input = process.getOutputStream()) {
            input.write(config().getBytes(StandardCharsets.UTF_8));
        }
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
        return said;
    }

    private String config() {
        Path data = Objects.requireNonNull(pool.folder().getParent());
        String network = String.valueOf(pool.folder().getFileName());
        Map<String, Object> ipam =
                Map.of(
                        "type",
                        "host-local",
                        "dataDir",
                        data.toString(),
                        "ranges",
                        List.of(List.of(Map.of("subnet", pool.range().toString()))));
        return Json.compact(
                Map.of("cniVersion", "1.0.0", "name", network, "type", "x", "ipam", ipam));
    }
}
