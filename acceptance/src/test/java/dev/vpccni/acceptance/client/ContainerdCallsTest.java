package dev.vpccni.acceptance.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.acceptance.lab.Ended;
import dev.vpccni.acceptance.lab.LabUnderTest;
import dev.vpccni.acceptance.lab.Plugin;
import dev.vpccni.acceptance.lab.Plugin.Container;
import dev.vpccni.acceptance.lab.Residue;
import dev.vpccni.acceptance.lab.WantedLab;
import dev.vpccni.json.JsonObject;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * What containerd 2.4 sends for a pod of Kubernetes 1.34, as it came on a node of the lab's
 * cluster: variables and input, of which only the container and its namespace are others here. For
 * a network of version 0.4.0 it does not send STATUS.
 */
final class ContainerdCallsTest {

    private static final String NODE = "node-1";
    private static final String FOLDER = "containerd-2.4/";

    @Test
    void podsComeAndGo() throws Exception {
        WantedLab wanted =
                WantedLab.nodes(1, "c5.large")
                        .with("WARM_IP_TARGET", "1")
                        .with("MINIMUM_IP_TARGET", "5")
                        .with("IP_COOLDOWN_PERIOD", "0");
        try (var lab = LabUnderTest.up(wanted)) {
            Residue empty = Residue.of(lab, NODE);
            var plugin = new Plugin(lab, NODE);
            comesAndGoes(plugin, "0.4.0");
            comesAndGoes(plugin, "1.1.0");
            assertThat(plugin.run(variables("1.1.0/STATUS", ""), text("1.1.0/STATUS.json")))
                    .isEqualTo(new Ended(0, "", ""));
            assertThat(Residue.awaitNoPods(lab, NODE)).isEqualTo(empty);
        }
    }

    private static void comesAndGoes(Plugin plugin, String version) throws Exception {
        Container container = plugin.container("seen-" + version.replace('.', '-'));
        String namespace = container.namespace();

        Ended added =
                plugin.run(
                        variables(version + "/ADD", namespace), input(version + "/ADD", namespace));
        assertThat(added.status()).as(added.toString()).isZero();
        JsonObject result = JsonObject.parse(added.out());
        assertThat(result.string("cniVersion")).isEqualTo(version);
        assertThat(result.objects("ips").getFirst().string("address")).startsWith("10.0.");

        for (int i = 0; i < 2; i++) { // A kubelet that is not sure removes it once more.
            Ended removed =
                    plugin.run(
                            variables(version + "/DEL", namespace),
                            input(version + "/DEL", namespace));
            assertThat(removed).isEqualTo(new Ended(0, "", ""));
        }
        plugin.remove(container);
    }

    private static SortedMap<String, String> variables(String name, String namespace)
            throws Exception {
        var variables = new TreeMap<String, String>();
        for (String line : text(name + ".env").lines().toList()) {
            int equals = line.indexOf('=');
            variables.put(line.substring(0, equals), line.substring(equals + 1));
        }
        variables.put("CNI_NETNS", namespace);
        return variables;
    }

    /** The namespace is in the result of the ADD, too, which DEL has. */
    private static String input(String name, String namespace) throws Exception {
        String seen =
                text(name + ".env")
                        .lines()
                        .filter(line -> line.startsWith("CNI_NETNS="))
                        .findFirst()
                        .orElseThrow()
                        .substring("CNI_NETNS=".length());
        return text(name + ".json").replace(seen, namespace);
    }

    private static String text(String name) throws Exception {
        try (InputStream in =
                Objects.requireNonNull(
                        ContainerdCallsTest.class.getResourceAsStream(FOLDER + name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
