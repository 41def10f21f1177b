package dev.vpccni.acceptance.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.acceptance.lab.LabUnderTest;
import dev.vpccni.acceptance.lab.LabUnderTest.PodOutcome;
import dev.vpccni.acceptance.lab.WantedLab;
import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Many pods at once, where EC2 takes its time: they wait for it, and none of them fails. */
class BurstTest {

    private static final Duration CALL = Duration.ofMillis(300);
    private static final Duration DEVICE = Duration.ofSeconds(2);

    /**
     * What nobody can avoid: an interface is made, is attached, and two seconds after EC2 has done
     * that there is a device. The emulator does at the end of a call's time what the call asks for.
     */
    private static final Duration LEAST = CALL.multipliedBy(2).plus(DEVICE);

    /** How many addresses a prefix has. */
    private static final int PREFIX = 16;

    private static final Duration SETTLES = Duration.ofSeconds(60);

    /** Making, attaching, and marking as to be deleted with the instance. */
    private static final int CALLS_FOR_AN_INTERFACE = 3;

    /** At tags of subnets, or at an interface, where that was done more than a minute ago. */
    private static final int LOOKS = 1;

    /**
     * The first interface's addresses are there. 50 pods need 36 more; an interface of an m5.xlarge
     * holds 14, and there is room for no fifth. 100 pods need 71 more; an interface of an
     * m5.4xlarge holds 29, and as many again stay warm.
     */
    @ParameterizedTest(name = "{1} pods at once on an {0}")
    @CsvSource({"m5.xlarge, 50, 14, 3", "m5.4xlarge, 100, 29, 4"})
    void allAreServedAndNoneFails(String type, int pods, int each, int more) throws Exception {
        WantedLab wanted = WantedLab.nodes(1, type).latency("call=300ms,device=2s");
        try (var lab = LabUnderTest.up(wanted)) {
            lab.await(
                    "a full first interface",
                    SETTLES,
                    // A call is counted a moment after what it does is seen.
                    () ->
                            lab.status("node-1").count("warm") == each
                                    && calls(lab).containsKey("AssignPrivateIpAddresses"));
            SortedMap<String, Long> before = calls(lab);

            List<PodOutcome> outcomes = lab.add("node-1", pods);

            long took = outcomes.stream().mapToLong(PodOutcome::millis).max().orElseThrow();
            lab.await(
                    more + " interfaces more",
                    SETTLES,
                    () -> lab.status("node-1").enis().size() == more + 1);
            lab.await(
                    "each of them to be marked",
                    SETTLES,
                    () -> since(before, lab, "ModifyNetworkInterfaceAttribute") == more);
            SortedMap<String, Long> made = since(before, lab);
            System.out.printf(
                    "%d pods at once on an %s: %d ms, least %d ms (%.2f), calls %s, failed %d%n",
                    pods,
                    type,
                    took,
                    LEAST.toMillis(),
                    (double) took / LEAST.toMillis(),
                    made,
                    outcomes.stream().filter(pod -> !pod.error().isEmpty()).count());
            assertThat(outcomes).hasSize(pods).allMatch(pod -> pod.error().isEmpty());
            assertThat(outcomes.stream().map(PodOutcome::address)).doesNotHaveDuplicates();
            assertThat(made.values().stream().mapToLong(Long::longValue).sum())
                    .as("EC2 calls: %s", made)
                    .isLessThanOrEqualTo((long) CALLS_FOR_AN_INTERFACE * more + LOOKS);
        }
    }

    /** One call brings an interface that is there as many prefixes as it has room for. */
    private static final Duration LEAST_WITH_PREFIXES = CALL;

    /**
     * What comes while a call is under way is asked for by the next, and one more keeps one warm.
     */
    private static final int MOST_CALLS_WITH_PREFIXES = 5;

    @ParameterizedTest(name = "{1} pods at once on an {0} with prefixes")
    @CsvSource({"m5.large, 110", "m5.4xlarge, 250"})
    void prefixesServeAllAndNoneFails(String type, int pods) throws Exception {
        WantedLab wanted =
                WantedLab.nodes(1, type)
                        .latency("call=300ms,device=2s")
                        .with("ENABLE_PREFIX_DELEGATION", "true")
                        .with("WARM_PREFIX_TARGET", "1");
        try (var lab = LabUnderTest.up(wanted)) {
            lab.await(
                    "a prefix",
                    SETTLES,
                    () -> prefixes(lab) == 1 && calls(lab).containsKey("AssignPrivateIpAddresses"));
            SortedMap<String, Long> before = calls(lab);

            List<PodOutcome> outcomes = lab.add("node-1", pods);

            long took = outcomes.stream().mapToLong(PodOutcome::millis).max().orElseThrow();
            int least = (pods + PREFIX - 1) / PREFIX;
            lab.await("prefixes for all", SETTLES, () -> prefixes(lab) >= least);
            SortedMap<String, Long> made = since(before, lab);
            System.out.printf(
                    "%d pods at once on an %s with prefixes: %d ms, least %d ms, calls %s,"
                            + " %d prefixes for %d, failed %d%n",
                    pods,
                    type,
                    took,
                    LEAST_WITH_PREFIXES.toMillis(),
                    made,
                    prefixes(lab),
                    least,
                    outcomes.stream().filter(pod -> !pod.error().isEmpty()).count());
            assertThat(outcomes).hasSize(pods).allMatch(pod -> pod.error().isEmpty());
            assertThat(outcomes.stream().map(PodOutcome::address)).doesNotHaveDuplicates();
            Long looks = made.remove("DescribeNetworkInterfaces");
            assertThat(looks == null ? 0 : looks).isLessThanOrEqualTo(LOOKS);
            assertThat(made.keySet()).containsExactly("AssignPrivateIpAddresses");
            assertThat(made.get("AssignPrivateIpAddresses"))
                    .isLessThanOrEqualTo(MOST_CALLS_WITH_PREFIXES);
        }
    }

    private static int prefixes(LabUnderTest lab) throws IOException, JsonException {
        return lab.status("node-1").enis().stream().mapToInt(eni -> eni.prefixes().size()).sum();
    }

    private static long since(SortedMap<String, Long> before, LabUnderTest lab, String action)
            throws IOException, JsonException {
        return since(before, lab).getOrDefault(action, 0L);
    }

    private static SortedMap<String, Long> since(SortedMap<String, Long> before, LabUnderTest lab)
            throws IOException, JsonException {
        var made = new TreeMap<String, Long>();
        calls(lab)
                .forEach((action, count) -> {
                    long since = count - before.getOrDefault(action, 0L);
                    if (since > 0) {
                        made.put(action, since);
                    }
                });
        return made;
    }

    private static SortedMap<String, Long> calls(LabUnderTest lab)
            throws IOException, JsonException {
        JsonObject ec2 = lab.ask(Map.of("verb", "calls")).objects("nodes").getFirst().object("ec2");
        var calls = new TreeMap<String, Long>();
        for (String action : ec2.names()) {
            calls.put(action, ec2.integer(action));
        }
        return calls;
    }
}
