package dev.vpccni.acceptance.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import java.io.IOException;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What the kernel says of who has which address, whatever the daemon believes. */
public final class KernelWitness {

    private static final Pattern ROUTE =
            Pattern.compile("^(\\S+) dev (eni\\S+) scope link", Pattern.MULTILINE);

    private static final Pattern RULE =
            Pattern.compile("^512:\\s+from all to (\\S+) lookup main", Pattern.MULTILINE);

    private KernelWitness() {}

    /** Returns the pods that run, and the address that each was told. */
    public static SortedMap<String, String> running(LabUnderTest lab)
            throws IOException, JsonException {
        var running = new TreeMap<String, String>();
        for (JsonObject pod : lab.ask(Map.of("verb", "pods")).objects("pods")) {
            running.put(pod.string("name"), pod.string("address"));
        }
        return running;
    }

    /**
     * Asserts that each pod has the address that it was told, that it alone has it, and that the
     * node keeps nothing of other pods.
     */
    public static void assertEachHasItsOwn(
            LabUnderTest lab, String node, SortedMap<String, String> running)
            throws IOException, JsonException, InterruptedException {
        assertThat(running.values()).doesNotHaveDuplicates();
        for (var pod : running.entrySet()) {
            String inside =
                    lab.exec(pod.getKey(), "ip", "-4", "-o", "address", "show", "eth0").out();
            assertThat(inside).as(pod.getKey()).contains(" " + pod.getValue() + "/32 ");
        }
        var routes = new TreeMap<String, String>();
        matches(ROUTE, lab.exec(node, "ip", "-4", "route").out())
                .forEach(route -> routes.put(route.group(1), route.group(2)));
        assertThat(routes.keySet()).containsExactlyInAnyOrderElementsOf(running.values());
        assertThat(routes.values()).doesNotHaveDuplicates();
        assertThat(
                        matches(RULE, lab.exec(node, "ip", "-4", "rule").out())
                                .map(rule -> rule.group(1)))
                .containsExactlyInAnyOrderElementsOf(running.values());
    }

    private static Stream<MatchResult> matches(Pattern pattern, String text) {
        return pattern.matcher(text).results();
    }
}
