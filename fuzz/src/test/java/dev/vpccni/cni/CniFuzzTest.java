package dev.vpccni.cni;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.vpccni.fuzz.Inputs;
import dev.vpccni.json.Json;
import dev.vpccni.json.JsonException;
import dev.vpccni.testing.SeededTest;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What a runtime gives a plugin: configurations, results, variables. */
final class CniFuzzTest {

    private static final Inputs CONFIGURATIONS = Inputs.of(CniFuzzTest.class, "configurations");
    private static final Inputs ARGUMENTS = Inputs.of(CniFuzzTest.class, "arguments");

    /** What comes on standard input, with a result of an ADD in it or not. */
    @FuzzTest
    void configurations(byte[] input) throws JsonException, CniException {
        NetworkConfig config;
        try {
            @Nullable Object tree = Json.parse(input);
            config = NetworkConfig.parse(tree);
        } catch (JsonException refused) {
            assertThat(refused.getMessage()).isNotEmpty();
            return;
        } catch (CniException refused) {
            assertThat(refused.error().code()).isIn(1, 6, 7);
            assertThat(Json.compact(refused.error().toTree())).isNotEmpty();
            return;
        }
        assertThat(config.name()).matches("[a-zA-Z0-9][a-zA-Z0-9_.-]*");
        CniResult result = config.previous();
        if (result != null) {
            again(config, result);
        }
    }

    /** What is read of a result, written and read again is the same. */
    private static void again(NetworkConfig config, CniResult result)
            throws JsonException, CniException {
        PodAttachment attachment = PodAttachment.find(result, "eth0");
        if (attachment != null) {
            assertThat(attachment.links()).isNotEmpty();
        }
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("cniVersion", CniVersion.V1_1_0.text());
        tree.put("name", config.name());
        tree.put("prevResult", result.toTree(CniVersion.V1_1_0));
        NetworkConfig read = NetworkConfig.parse(Json.parse(Json.compact(tree)));
        assertThat(read.previous()).isEqualTo(result);
    }

    /** Variables: {@code CNI_ARGS}, and the names. */
    @FuzzTest
    void arguments(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        try {
            CniArgs arguments = CniArgs.parse(text);
            assertThat(text).contains(arguments.uid(), arguments.infraContainerId());
        } catch (CniException refused) {
            assertThat(refused.error().code()).isEqualTo(4);
        }
        Map<String, String> environment = new TreeMap<>();
        environment.put("CNI_COMMAND", "DEL");
        environment.put("CNI_CONTAINERID", text);
        environment.put("CNI_IFNAME", text);
        environment.put("CNI_PATH", text);
        try {
            CniRequest request = CniRequest.parse(environment, Map.of("name", "n"));
            assertThat(request.interfaceName()).hasSizeBetween(1, 15);
        } catch (CniException refused) {
            assertThat(refused.error().code()).isEqualTo(4);
        }
    }

    @SeededTest(runs = 60)
    void damagedConfigurations(RandomGenerator random) {
        CONFIGURATIONS.damage(random, this::configurations);
    }

    @SeededTest(runs = 60)
    void damagedArguments(RandomGenerator random) {
        ARGUMENTS.damage(random, this::arguments);
    }
}
