package dev.vpccni.acceptance.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.acceptance.lab.Ended;
import dev.vpccni.acceptance.lab.LabUnderTest;
import dev.vpccni.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Asks the cluster of a lab from this computer, as its administrator. */
record Kubectl(String program, String kubeconfig) {

    static Kubectl of(LabUnderTest lab) throws Exception {
        JsonObject cluster = lab.ask(Map.of("verb", "cluster"));
        return new Kubectl(cluster.string("kubectl"), cluster.string("kubeconfig"));
    }

    /** Runs it; it must succeed. */
    String must(String... words) throws Exception {
        return mustWith("", words);
    }

    /** Runs it with {@code input} on its standard input; it must succeed. */
    String mustWith(String input, String... words) throws Exception {
        Ended ended = runWith(input, words);
        assertThat(ended.status()).as(String.join(" ", words) + ": " + ended).isZero();
        return ended.out();
    }

    /** Returns the objects that {@code get} lists. */
    List<JsonObject> list(String... words) throws Exception {
        var all = new ArrayList<>(List.of("get", "-o", "json"));
        all.addAll(List.of(words));
        return JsonObject.parse(must(all.toArray(String[]::new))).objects("items");
    }

    /** Runs it, however that ends. */
    Ended run(String... words) throws Exception {
        return runWith("", words);
    }

    private Ended runWith(String input, String... words) throws Exception {
        var all = new ArrayList<>(List.of(program, "--kubeconfig=" + kubeconfig));
        all.addAll(List.of(words));
        return Ended.of(new ProcessBuilder(all), input);
    }
}
