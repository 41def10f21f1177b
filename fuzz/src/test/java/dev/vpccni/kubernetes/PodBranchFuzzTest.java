package dev.vpccni.kubernetes;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.vpccni.fuzz.Inputs;
import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import dev.vpccni.testing.SeededTest;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** What a controller, or anybody who may change pods, has written into a pod's annotation. */
final class PodBranchFuzzTest {

    private static final Inputs INPUTS = Inputs.of(PodBranchFuzzTest.class, "annotations");

    /** An annotation tells of an interface that can be, or is named as garbage in few words. */
    @FuzzTest
    void annotations(byte[] input) throws JsonException {
        Map<String, ?> pod =
                Map.of(
                        "metadata",
                        Map.of("annotations", Map.of(PodBranch.NAME, new String(input, UTF_8))),
                        "spec",
                        Map.of(
                                "containers",
                                List.of(
                                        Map.of(
                                                "resources",
                                                Map.of("limits", Map.of(PodBranch.NAME, "1"))))));
        switch (PodBranch.read(JsonObject.of(pod, ""))) {
            case PodBranch.Given(var branch) -> assertThat(branch.vlan()).isBetween(1, 4094);
            case PodBranch.Unreadable(String reason) ->
                    assertThat(reason).isNotEmpty().hasSizeLessThanOrEqualTo(PodBranch.REASON_MAX);
            case PodBranch.None _, PodBranch.Awaited _ ->
                    throw new AssertionError("it asks for one, and has an annotation");
        }
    }

    @SeededTest(runs = 10)
    void damagedAnnotations(RandomGenerator random) {
        INPUTS.damage(random, this::annotations);
    }
}
