package dev.vpccni.acceptance.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.json.JsonException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a node's kernel holds, as its tools print it: lines in order, by what was asked for. */
public final class KernelView {

    private static final List<String> QUESTIONS =
            List.of(
                    "ls /sys/class/net",
                    "ip -4 -br addr",
                    "ip -4 rule",
                    "ip -4 route show table all",
                    "ip -4 neigh show nud permanent",
                    "iptables-save -t nat",
                    "iptables-save -t mangle",
                    "ls /run/netns");

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration POLL = Duration.ofMillis(500);

    private KernelView() {}

    /** Waits until the kernel holds what it held; fails with the difference. */
    public static void awaitAsBefore(
            LabUnderTest lab, String node, SortedMap<String, List<String>> before)
            throws IOException, JsonException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!of(lab, node).equals(before) && System.nanoTime() < deadline) {
            Thread.sleep(POLL);
        }
        assertThat(of(lab, node)).as("the kernel of %s", node).isEqualTo(before);
    }

    /** Asks everything; IPv6 is left out, for its own addresses of links come when they like. */
    public static SortedMap<String, List<String>> of(LabUnderTest lab, String node)
            throws IOException, JsonException, InterruptedException {
        var answers = new TreeMap<String, List<String>>();
        for (String question : QUESTIONS) {
            Ended ended = lab.exec(node, question.split(" "));
            assertThat(ended.status()).as("%s: %s", question, ended).isZero();
            answers.put(
                    question,
                    ended.out()
                            .lines()
                            .filter(line -> !line.startsWith("#") && !line.startsWith(":"))
                            .map(String::strip)
                            .sorted()
                            .toList());
        }
        return answers;
    }
}
